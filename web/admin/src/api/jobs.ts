/** The bulk sends of all events. */
import { api, data } from "@invited/shared/api/client";
import { isOver } from "@invited/shared/api/jobs";
import { useInfiniteQuery } from "@tanstack/vue-query";

const POLL = 5_000;

/** Newest first, looked at again while one is under way. */
export function useDomainJobs() {
  return useInfiniteQuery({
    queryKey: ["jobs"],
    initialPageParam: "",
    queryFn: ({ pageParam }) => data(api.GET("/api/v1/domain/jobs", { params: { query: { limit: 20, after: pageParam } } })),
    getNextPageParam: (last) => last.next,
    refetchInterval: (query) => (query.state.data?.pages.some((page) => page.jobs.some((job) => !isOver(job))) ? POLL : false),
  });
}
