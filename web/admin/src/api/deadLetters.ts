/** The messages that could not be handled. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import { useQuery } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { usePaged, useStep } from "./paged";

export type DeadLetter = Schemas["DeadLetter"];

const KEYS = ["dead-letters", "health", "audit"];

/** Newest first, of one kind or all. */
export function useDeadLetters(kind: MaybeRefOrGetter<string>) {
  return usePaged("dead-letters", kind, (asked, after) =>
    data(api.GET("/api/v1/dead-letters", { params: { query: { kind: asked, limit: 50, after } } })),
  );
}

/** One whole. */
export function useDeadLetter(id: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ["dead-letter", id],
    queryFn: () => data(api.GET("/api/v1/dead-letters/{id}", { params: { path: { id: toValue(id) } } })),
  });
}

/** Try one again. */
export function useReplay() {
  return useStep(KEYS, (id: string) => data(api.POST("/api/v1/dead-letters/{id}/replay", { params: { path: { id } } })));
}

/** Try all of a kind again. */
export function useReplayKind() {
  return useStep(KEYS, (kind: string) => data(api.POST("/api/v1/dead-letters/replay", { body: { kind } })));
}

/** Throw one away, for a reason. */
export function useDiscard() {
  return useStep(KEYS, ({ id, reason }: { id: string; reason: string }) =>
    data(api.POST("/api/v1/dead-letters/{id}/discard", { params: { path: { id } }, body: { reason } })),
  );
}
