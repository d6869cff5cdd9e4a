/** Who is not mailed any more. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import type { MaybeRefOrGetter } from "vue";
import { usePaged, useStep } from "./paged";

export type Entry = Schemas["Entry"];
export type Cause = Schemas["Cause"];
export type Imported = Schemas["Imported"];

export const CAUSES = ["unsubscribed", "complained", "bounced", "other"] as const satisfies readonly Cause[];

/** Whose list, "" for that of everybody; and of which cause. */
export interface Narrowed {
  organizer: string;
  kind?: Cause;
}

const KEYS = ["suppression", "standing", "audit"];

/** A list, by address. */
export function useSuppression(search: MaybeRefOrGetter<Narrowed>) {
  return usePaged("suppression", search, (asked, after) =>
    data(api.GET("/api/v1/suppression", { params: { query: { ...asked, limit: 100, after } } })),
  );
}

/** Whether an address is mailed, and why not. */
export function useStanding() {
  return useStep(["standing"], (email: string) => data(api.GET("/api/v1/suppression/{email}", { params: { path: { email } } })));
}

/** Mail somebody no more. */
export function useSuppress() {
  return useStep(KEYS, ({ organizer, ...body }: { organizer: string; email: string; reason: string }) =>
    data(api.POST("/api/v1/suppression", { params: { query: { organizer } }, body })),
  );
}

/** Mail nobody on a list any more; the list goes as it is. */
export function useSuppressList() {
  return useStep(KEYS, ({ organizer, reason, list }: { organizer: string; reason: string; list: Blob }) =>
    data(
      api.POST("/api/v1/suppression/import", {
        params: { query: { organizer, reason } },
        body: list as unknown as string,
        bodySerializer: (body: unknown) => body as Blob,
        headers: { "Content-Type": "text/csv" },
      }),
    ),
  );
}

/** Let somebody be mailed again. */
export function useReadmit() {
  return useStep(KEYS, ({ organizer, ...body }: { organizer: string; email: string; reason: string; despite: Cause | null }) =>
    data(api.POST("/api/v1/suppression/readmit", { params: { query: { organizer } }, body })),
  );
}
