/** Lists that come in pages, and steps after which some of what is known is asked for anew. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";

interface Page {
  next: string | null;
}

/** What is known under `key`, page by page, as `search` narrows it. */
export function usePaged<P extends Page, S>(key: string, search: MaybeRefOrGetter<S>, fetch: (search: S, after: string) => Promise<P>) {
  return useInfiniteQuery({
    queryKey: computed((): unknown[] => [key, toValue(search)]),
    initialPageParam: "",
    queryFn: ({ pageParam }) => fetch(toValue(search), pageParam),
    getNextPageParam: (last: P) => last.next,
    placeholderData: keepPreviousData,
  });
}

/** A step after which what is known under `keys` is asked for anew. */
export function useStep<T, R>(keys: string[], mutationFn: (wanted: T) => Promise<R>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
}
