/** The figures of the domain, and of one organizer; and how each recipient domain fares. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import { useQuery } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { usePaged } from "./paged";

export type Overall = Schemas["OverallFigures"];
export type Correspondent = Schemas["CorrespondentFigures"];

const POLL = 10_000;

/** Everybody's figures, looked at again every 10 s. */
export function useDomainFigures() {
  return useQuery({
    queryKey: ["figures"],
    queryFn: () => data(api.GET("/api/v1/domain/statistics")),
    refetchInterval: POLL,
  });
}

/** The figures of all events of one organizer. */
export function useOrganizerFigures(organizer: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ["figures", organizer],
    queryFn: () =>
      data(api.GET("/api/v1/organizers/{organizer}/statistics", { params: { path: { organizer: toValue(organizer) } } })),
  });
}

/** Recipient domains by name, all or the silent ones. */
export function useCorrespondents(search: MaybeRefOrGetter<{ silent: boolean }>) {
  return usePaged("correspondents", search, ({ silent }, after) =>
    data(api.GET("/api/v1/domain/domains", { params: { query: { silent, limit: 100, after } } })),
  );
}
