/** An event's own settings. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { api, type Schemas } from "./client";

export type Choices = Schemas["Choices"];
export type ChoicesBody = Schemas["ChoicesBody"];

/** What holds for the event, and the version it has: two people may change it at the same time. */
interface Held {
  choices: Choices;
  etag: string;
}

const held = (answer: { data?: Choices; response: Response }): Held => ({
  choices: answer.data as Choices,
  etag: answer.response.headers.get("etag") ?? "",
});

/** The settings that hold. */
export function useChoices(id: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ["event", id, "choices"],
    queryFn: async () => held(await api.GET("/api/v1/events/{id}/settings", { params: { path: { id: toValue(id) } } })),
  });
}

/** Change some of them; refused where somebody else did since `etag`. */
export function useChoose(id: MaybeRefOrGetter<string>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (wanted: { body: ChoicesBody; etag: string }) =>
      held(
        await api.PATCH("/api/v1/events/{id}/settings", {
          params: { path: { id: toValue(id) }, header: { "If-Match": wanted.etag } },
          body: wanted.body,
        }),
      ),
    onSuccess: (now) => queries.setQueryData(["event", toValue(id), "choices"], now),
    onError: () => queries.invalidateQueries({ queryKey: ["event", toValue(id), "choices"] }),
  });
}
