/** The figures of an event, live. */
import { useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter } from "vue";
import { api, data, type Schemas } from "./client";

export type Figures = Schemas["Figures"];
export type Reconfirmation = Schemas["Reconfirmation"];

const POLL = 5_000;

/** The figures as they stand. */
export function useFigures(id: MaybeRefOrGetter<string>, refetchInterval: () => number | false = () => false) {
  return useQuery({
    queryKey: ["event", id, "figures"],
    queryFn: () => data(api.GET("/api/v1/events/{id}/statistics", { params: { path: { id: toValue(id) } } })),
    refetchInterval: computed(refetchInterval),
  });
}

/** The same as they move: pushed by the server, asked for every few seconds where no stream comes through. */
export function useLiveFigures(id: MaybeRefOrGetter<string>) {
  const queries = useQueryClient();
  const isLive = ref(false);
  let stream: EventSource | undefined;

  function follow(event: string): void {
    stream?.close();
    stream = new EventSource(`/api/v1/events/${encodeURIComponent(event)}/live`);
    stream.addEventListener("open", () => (isLive.value = true));
    stream.addEventListener("error", () => (isLive.value = false));
    stream.addEventListener("figures", (told) => queries.setQueryData(["event", event, "figures"], JSON.parse(told.data)));
  }

  watch(() => toValue(id), follow, { immediate: true });
  onScopeDispose(() => stream?.close());
  return { figures: useFigures(id, () => (isLive.value ? false : POLL)), isLive };
}

/** Who said yes, no or maybe before the last change of the plan, and what they say now. */
export function useReconfirmation(id: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ["event", id, "reconfirmation"],
    queryFn: () => data(api.GET("/api/v1/events/{id}/reconfirmation", { params: { path: { id: toValue(id) } } })),
  });
}
