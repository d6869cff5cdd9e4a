/** Who did what to an event. */
import { useInfiniteQuery } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { api, data } from "./client";

/** The event's log, newest first. */
export function useEventAudit(id: MaybeRefOrGetter<string>) {
  return useInfiniteQuery({
    queryKey: ["event", id, "audit"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/v1/events/{id}/audit", { params: { path: { id: toValue(id) }, query: { limit: 50, after: pageParam } } }),
      ),
    getNextPageParam: (last) => last.next,
  });
}
