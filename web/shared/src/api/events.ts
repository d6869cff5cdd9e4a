/** Events: one, pages of many, and what their organizer does with them. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { api, data, type Schemas } from "./client";
import type { operations } from "./schema";

export type EventDetail = Schemas["EventDetail"];
export type EventSummary = Schemas["EventSummary"];
export type EventPatch = Schemas["EventPatch"];
export type Preview = Schemas["Preview"];
export type NewEvent = operations["create_api_v1_events_post"]["requestBody"]["content"]["application/json"];
export type EventSearch = NonNullable<operations["organizer_events_api_v1_organizers__organizer__events_get"]["parameters"]["query"]>;

type Id = MaybeRefOrGetter<string>;

const PAGE = 50;

const of = (id: Id) => ({ params: { path: { id: toValue(id) } } });

/** One event with all its parts. */
export function useEvent(id: Id) {
  return useQuery({ queryKey: ["event", id], queryFn: () => data(api.GET("/api/v1/events/{id}", of(id))) });
}

/** An organizer's events, page by page; nothing is asked for before the organizer is known. */
export function useOrganizersEvents(organizer: MaybeRefOrGetter<string | undefined>, search: MaybeRefOrGetter<EventSearch>) {
  return useInfiniteQuery({
    queryKey: ["events", organizer, search],
    enabled: computed(() => Boolean(toValue(organizer))),
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/v1/organizers/{organizer}/events", {
          params: { path: { organizer: toValue(organizer) ?? "" }, query: { ...toValue(search), limit: PAGE, after: pageParam } },
        }),
      ),
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}

/** Create an event. */
export function useCreate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: NewEvent) => (await data(api.POST("/api/v1/events", { body }))) as EventDetail,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["events"] }),
  });
}

/** What a change would do, without doing it. */
export function usePreview(id: Id) {
  return useMutation({ mutationFn: (body: EventPatch) => data(api.POST("/api/v1/events/{id}/preview", { ...of(id), body })) });
}

/** Change an event. */
export function useChange(id: Id) {
  return useDeed(id, (body: EventPatch) => data(api.PATCH("/api/v1/events/{id}", { ...of(id), body })));
}

/** What a cancel would do, without doing it. */
export function useCancelPreview(id: Id) {
  return useQuery({
    queryKey: ["event", id, "cancel"],
    staleTime: 0,
    queryFn: () => data(api.POST("/api/v1/events/{id}/cancel/preview", { ...of(id), body: { comment: "" } })),
  });
}

/** Cancel an event and say why. */
export function useCancel(id: Id) {
  return useDeed(id, (comment: string) => data(api.POST("/api/v1/events/{id}/cancel", { ...of(id), body: { comment } })));
}

/** The invite as a guest gets it, and what calendars will mind of it; `version` says of which state of the event. */
export function useInvitePreview(id: Id, version: Id) {
  return useQuery({
    // Not among what is asked for anew with every step: there is no invite any more once the step is a cancel.
    queryKey: ["invite", id, version],
    placeholderData: keepPreviousData,
    queryFn: () => data(api.GET("/api/v1/events/{id}/invite", of(id))),
  });
}

/** A step that changes the event: everything known of it is asked for anew. */
export function useDeed<T, R>(id: Id, mutationFn: (wanted: T) => Promise<R>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["event", toValue(id)] }),
        queries.invalidateQueries({ queryKey: ["events"] }),
      ]),
  });
}
