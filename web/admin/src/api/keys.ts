/** API keys. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import { usePaged, useStep } from "./paged";

export type Key = Schemas["Key"];
export type KeyBody = Schemas["KeyBody"];
export type Scope = Schemas["Scope"];

export const SCOPES = [
  "events:read",
  "events:write",
  "invitations:send",
  "attendees:read",
  "webhooks",
  "keys",
  "suppression",
  "operations",
] as const satisfies readonly Scope[];

/** All keys, oldest first. */
export function useKeys() {
  return usePaged("keys", {}, (_, after) => data(api.GET("/api/v1/keys", { params: { query: { limit: 100, after } } })));
}

/** Make one; the answer has its secret. */
export function useMakeKey() {
  return useStep(["keys", "audit"], (body: KeyBody) => data(api.POST("/api/v1/keys", { body })));
}

/** Take one back. */
export function useRemoveKey() {
  return useStep(["keys", "audit"], (id: string) => data(api.DELETE("/api/v1/keys/{id}", { params: { path: { id } } })));
}
