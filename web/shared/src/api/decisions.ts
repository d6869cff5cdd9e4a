/** What waits for the organizer's word: changes that reach many, and strangers; and what guests wrote. */
import { useInfiniteQuery, useQuery } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { api, data, type Schemas } from "./client";
import { useDeed } from "./events";

export type Approval = Schemas["Approval"];
export type Choice = Schemas["Choice"];
export type Stranger = Schemas["Stranger"];

type Id = MaybeRefOrGetter<string>;

const PAGE = 20;
const path = (id: Id) => ({ id: toValue(id) });

/** The changes of an event that wait or waited, newest first; asked for again every `refetchInterval` ms. */
export function useApprovals(id: Id, refetchInterval: () => number | false = () => false) {
  return useQuery({
    queryKey: ["event", id, "approvals"],
    refetchInterval: computed(refetchInterval),
    queryFn: () => data(api.GET("/api/v1/events/{id}/approvals", { params: { path: path(id) } })),
  });
}

/** Decide on a change that waits. */
export function useDecide(id: Id) {
  return useDeed(id, (said: { approval: string; choice: Choice }) =>
    data(api.POST("/api/v1/approvals/{id}", { params: { path: { id: said.approval } }, body: { choice: said.choice } })),
  );
}

/** Strangers about whom nothing is decided. */
export function useStrangers(id: Id) {
  return useInfiniteQuery({
    queryKey: ["event", id, "strangers"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/v1/events/{id}/strangers", {
          params: { path: path(id), query: { verdict: "waiting", limit: PAGE, after: pageParam } },
        }),
      ),
    getNextPageParam: (last) => last.next,
  });
}

/** Say whether a stranger may come. */
export function useVerdict(id: Id) {
  return useDeed(id, (said: { stranger: string; verdict: "accept" | "refuse" }) =>
    data(
      api.POST("/api/v1/events/{id}/strangers/{stranger}", {
        params: { path: { ...path(id), stranger: said.stranger } },
        body: { verdict: said.verdict },
      }),
    ),
  );
}

/** Comments of present answers. */
export function useComments(id: Id) {
  return useInfiniteQuery({
    queryKey: ["event", id, "comments"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      data(api.GET("/api/v1/events/{id}/comments", { params: { path: path(id), query: { limit: PAGE, after: pageParam } } })),
    getNextPageParam: (last) => last.next,
  });
}

/** Other times that guests ask for. */
export function useProposals(id: Id) {
  return useInfiniteQuery({
    queryKey: ["event", id, "proposals"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      data(api.GET("/api/v1/events/{id}/proposals", { params: { path: path(id), query: { limit: PAGE, after: pageParam } } })),
    getNextPageParam: (last) => last.next,
  });
}
