/** Where somebody is signed in. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import { useQuery } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { useStep } from "./paged";

export type Session = Schemas["Session"];

/** One's own sessions with "", else those of this person. */
export function useSessions(address: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ["sessions", address],
    queryFn: () => data(api.GET("/api/v1/sessions", { params: { query: { address: toValue(address) } } })),
  });
}

/** Sign out in one browser. */
export function useEndSession() {
  return useStep(["sessions", "audit"], (id: string) => data(api.DELETE("/api/v1/sessions/{id}", { params: { path: { id } } })));
}

/** Sign out everywhere. */
export function useEndSessions() {
  return useStep(["sessions", "audit"], (address: string) => data(api.DELETE("/api/v1/sessions", { params: { query: { address } } })));
}
