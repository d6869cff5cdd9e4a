/** Events: one, and pages of many. */
import { useQuery } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { api, data, type Schemas } from "./client";

export type EventDetail = Schemas["EventDetail"];
export type EventSummary = Schemas["EventSummary"];

/** One event with all its parts. */
export function useEvent(id: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ["event", id],
    queryFn: () => data(api.GET("/api/v1/events/{id}", { params: { path: { id: toValue(id) } } })),
  });
}
