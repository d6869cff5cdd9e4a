/** The attendees of an event: pages of many, and all that happened to one. */
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { api, data, type Schemas } from "./client";
import type { operations } from "./schema";

export type Attendee = Schemas["Attendee"];
export type AttendeeSearch = NonNullable<operations["attendees_api_v1_events__id__attendees_get"]["parameters"]["query"]>;
export type AttendeeLife = Schemas["AttendeeLife"];
export type AttendeeOrder = "remind" | "withdraw";
export type Step = Schemas["StepTaken"];

type Id = MaybeRefOrGetter<string>;

const PAGE = 100;

/** Those that are looked for, page by page; a page may hold none and yet not be the last. */
export function useAttendees(id: Id, search: MaybeRefOrGetter<AttendeeSearch>) {
  return useInfiniteQuery({
    queryKey: ["event", id, "attendees", search],
    initialPageParam: "",
    // What was scrolled through is not asked for again whenever the window is looked at.
    refetchOnWindowFocus: false,
    staleTime: 60_000,
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/v1/events/{id}/attendees", {
          params: { path: { id: toValue(id) }, query: { ...toValue(search), limit: PAGE, after: pageParam } },
        }),
      ),
    getNextPageParam: (last) => last.next,
  });
}

/** One attendee and their whole life; asked for again every `refetchInterval` ms. */
export function useAttendee(id: Id, token: Id, refetchInterval: () => number | false = () => false) {
  return useQuery({
    queryKey: ["event", id, "attendee", token],
    refetchInterval: computed(refetchInterval),
    queryFn: () =>
      data(api.GET("/api/v1/events/{id}/attendees/{token}", { params: { path: { id: toValue(id), token: toValue(token) } } })),
  });
}

/** Send one attendee the invite once more, or take it back from them for good. */
export function useAttendeeOrder(id: Id, token: Id) {
  return useMutation({
    mutationFn: (order: AttendeeOrder) =>
      data(
        api.POST(`/api/v1/events/{id}/attendees/{token}/${order}` as "/api/v1/events/{id}/attendees/{token}/remind", {
          params: { path: { id: toValue(id), token: toValue(token) } },
        }),
      ),
  });
}

/** A mail behind a step: as it came, or `isReassembled`; some steps have several `parts`. */
export interface StepMail {
  text: string;
  isReassembled: boolean;
  parts: number;
}

/** One of the mails behind a step, at its `path`. */
export function useStepMail(path: MaybeRefOrGetter<string>, part: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["mail", path, part],
    staleTime: Infinity,
    enabled: computed(() => Boolean(toValue(path))),
    queryFn: () => mail(toValue(path), toValue(part)),
  });
}

async function mail(path: string, part: number): Promise<StepMail> {
  const [, id, token, number] = /events\/([^/]+)\/attendees\/([^/]+)\/steps\/(\d+)\/mail$/.exec(path) ?? [];
  const { data: text, response } = await api.GET("/api/v1/events/{id}/attendees/{token}/steps/{number}/mail", {
    params: { path: { id: id ?? "", token: token ?? "", number: Number(number) }, query: { part } },
    parseAs: "text",
  });
  const { headers } = response;
  return {
    text: String(text),
    isReassembled: headers.get("X-Invited-Mail") === "reassembled",
    parts: Number(headers.get("X-Invited-Parts") ?? 1),
  };
}
