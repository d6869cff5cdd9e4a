/** Who did what in the domain. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import type { MaybeRefOrGetter } from "vue";
import { usePaged } from "./paged";

export type AuditEntry = Schemas["AuditEntry"];

export interface AuditSearch {
  event: string;
  actor: string;
  action: string;
}

/** What is done is named by what it is done to: an action of each kind begins so. */
export const ACTIONS = [
  "event.",
  "job.",
  "approval.",
  "stranger.",
  "organizer.",
  "suppression.",
  "key.",
  "session.",
  "webhook.",
  "branding.",
  "template.",
  "dead-letter.",
  "schedule.",
  "mail.",
] as const;

/** The log, newest first. */
export function useDomainAudit(search: MaybeRefOrGetter<AuditSearch>) {
  return usePaged("audit", search, (asked, after) =>
    data(api.GET("/api/v1/domain/audit", { params: { query: { ...asked, limit: 50, after } } })),
  );
}
