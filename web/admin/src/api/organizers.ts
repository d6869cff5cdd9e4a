/** The organizers, and on what terms they are here. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import { useQuery } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { usePaged, useStep } from "./paged";

export type Terms = Schemas["Terms"];
export type TermsBody = Schemas["TermsBody"];

type Address = MaybeRefOrGetter<string>;

const of = (organizer: Address) => ({ params: { path: { organizer: toValue(organizer) } } });
const CHANGED = ["organizers", "organizer", "audit", "jobs"];

/** Those that are looked for, by address. */
export function useOrganizers(search: MaybeRefOrGetter<{ q: string; suspended: boolean }>) {
  return usePaged("organizers", search, (asked, after) =>
    data(api.GET("/api/v1/domain/organizers", { params: { query: { ...asked, limit: 50, after } } })),
  );
}

/** One organizer. */
export function useOrganizer(organizer: Address) {
  return useQuery({
    queryKey: ["organizer", organizer],
    queryFn: () => data(api.GET("/api/v1/domain/organizers/{organizer}", of(organizer))),
  });
}

/** Set limits, and whether they may send to lists. */
export function useSetTerms(organizer: Address) {
  return useStep(CHANGED, (body: TermsBody) => data(api.PATCH("/api/v1/domain/organizers/{organizer}", { ...of(organizer), body })));
}

/** Refuse whatever they do, for a reason that they are told. */
export function useSuspend(organizer: Address) {
  return useStep(CHANGED, (reason: string) =>
    data(api.POST("/api/v1/domain/organizers/{organizer}/suspend", { ...of(organizer), body: { reason } })),
  );
}

/** Let them go on. */
export function useReadmitOrganizer(organizer: Address) {
  return useStep(CHANGED, () => data(api.POST("/api/v1/domain/organizers/{organizer}/readmit", of(organizer))));
}
