/** The one way to the server: our API, typed by its own OpenAPI document. */
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** What the server says of a request that it did not carry out (RFC 9457), with the step to take next. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly remedy: string,
    readonly type: string,
    /** Each fault of an invalid request, and where it is. */
    readonly faults: { detail: string; pointer?: string; parameter?: string }[] = [],
  ) {
    super(detail);
  }
}

const raise: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    const told = await response.clone().json().catch(() => ({}));
    throw new Problem(
      response.status,
      told.title ?? response.statusText,
      told.detail ?? "",
      told.remedy ?? "",
      told.type ?? "",
      told.errors ?? [],
    );
  },
  onError() {
    return new Problem(0, "No connection", "The server cannot be reached.", "Please check the network and try again.", "");
  },
};

/** Every call either gives the data of its answer or throws a Problem; the session's cookie says who calls. */
export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
api.use(raise);

/** The data of an answer that went well: a Problem was thrown otherwise. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
