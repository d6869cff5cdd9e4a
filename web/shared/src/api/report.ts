/** The report of an event: mailed to its organizer. */
import { useMutation } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { api, data } from "./client";

/** Where the report is, to be saved. */
export function reportPath(id: string): string {
  return `/api/v1/events/${encodeURIComponent(id)}/report`;
}

/** Mail the report to the event's organizer. */
export function useMailReport(id: MaybeRefOrGetter<string>) {
  return useMutation({
    mutationFn: () => data(api.POST("/api/v1/events/{id}/report", { params: { path: { id: toValue(id) } } })),
  });
}
