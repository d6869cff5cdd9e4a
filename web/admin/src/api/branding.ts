/** What mails, pages and apps look like, and the mails' templates. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { useStep } from "./paged";

export type Branding = Schemas["Branding"];
export type BrandingBody = Schemas["BrandingBody"];
export type Sources = Schemas["Sources"];
export type Draft = Schemas["Draft"];
export type TemplateItem = Schemas["TemplateItem"];

type Name = MaybeRefOrGetter<string>;

/** The kinds of an invite's mail; every other mail has one. */
export const KINDS = ["invitation", "reminder", "updated", "cancelled", "withdrawn"] as const;
export type Kind = (typeof KINDS)[number];

/** What was chosen, and the version it has: two admins may change it at the same time. */
export interface Held {
  branding: Branding;
  etag: string;
}

const held = (answer: { data?: Branding; response: Response }): Held => ({
  branding: answer.data as Branding,
  etag: answer.response.headers.get("etag") ?? "",
});
const of = (name: Name) => ({ path: { name: toValue(name) } });

/** What was chosen for the domain. */
export function useBranding() {
  return useQuery({ queryKey: ["branding"], queryFn: async () => held(await api.GET("/api/v1/domain/branding")) });
}

/** Choose anew; refused where somebody else did since `etag`. */
export function useBrand() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, etag }: { body: BrandingBody; etag: string }) =>
      held(await api.PUT("/api/v1/domain/branding", { params: { header: { "If-Match": etag } }, body })),
    onSuccess: (now) => {
      queries.setQueryData(["branding"], now);
      return queries.invalidateQueries({ queryKey: ["audit"] });
    },
  });
}

/** Every mail. */
export function useTemplates() {
  return useQuery({ queryKey: ["templates"], queryFn: () => data(api.GET("/api/v1/domain/templates")) });
}

/** One mail's templates and phrases. */
export function useTemplate(name: Name) {
  return useQuery({
    queryKey: ["template", name],
    queryFn: () => data(api.GET("/api/v1/domain/templates/{name}", { params: of(name) })),
  });
}

/** The mail as a draft makes it, with an example's values. */
export function usePreview(name: Name) {
  return useMutation({
    mutationFn: ({ draft, kind }: { draft: Draft; kind: Kind }) =>
      data(api.POST("/api/v1/domain/templates/{name}/preview", { params: { ...of(name), query: { kind } }, body: draft })),
  });
}

const CHANGED = ["templates", "template", "audit"];

/** Use these templates from now on. */
export function useStoreTemplate(name: Name) {
  return useStep(CHANGED, (body: Sources) => data(api.PUT("/api/v1/domain/templates/{name}", { params: of(name), body })));
}

/** Use the usual ones again. */
export function useRemoveTemplate(name: Name) {
  return useStep(CHANGED, () => data(api.DELETE("/api/v1/domain/templates/{name}", { params: of(name) })));
}

/** Mail oneself an example as it is sent now. */
export function useTestMail(name: Name) {
  return useMutation({
    mutationFn: (kind: Kind) => data(api.POST("/api/v1/domain/templates/{name}/test", { params: { ...of(name), query: { kind } } })),
  });
}
