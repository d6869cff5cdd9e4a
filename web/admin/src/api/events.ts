/** All events of the domain. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import type { operations } from "@invited/shared/api/schema";
import type { MaybeRefOrGetter } from "vue";
import { usePaged } from "./paged";

export type EventSummary = Schemas["EventSummary"];
export type EventSearch = Omit<NonNullable<operations["domain_events_api_v1_domain_events_get"]["parameters"]["query"]>, "limit" | "after">;

/** The events that are looked for. */
export function useDomainEvents(search: MaybeRefOrGetter<EventSearch>) {
  return usePaged("events", search, (asked, after) =>
    data(api.GET("/api/v1/domain/events", { params: { query: { ...asked, limit: 50, after } } })),
  );
}
