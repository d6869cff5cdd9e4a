/** Webhooks, and what became of their calls. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import { useQuery } from "@tanstack/vue-query";
import { toValue, type MaybeRefOrGetter } from "vue";
import { usePaged, useStep } from "./paged";

export type Webhook = Schemas["Webhook"];
export type WebhookBody = Schemas["WebhookBody"];
export type WebhookChange = Schemas["WebhookChange"];
export type Delivery = Schemas["Delivery"];
export type FactKind = Schemas["FactKind"];

type Id = MaybeRefOrGetter<string>;

/** What can be listened to. */
export const KINDS = [
  "event.created",
  "event.updated",
  "event.cancelled",
  "invitation.added",
  "invitation.sent",
  "invitation.failed",
  "invitation.dropped",
  "invitation.withdrawn",
  "delivery.bounced",
  "delivery.complained",
  "receipt.recorded",
  "stranger.arrived",
  "stranger.admitted",
  "stranger.refused",
  "job.paused",
  "job.done",
  "approval.waiting",
  "unsubscribed",
] as const satisfies readonly FactKind[];

const KEYS = ["webhooks", "webhook", "deliveries", "audit"];
const POLL = 4_000;
const of = (id: Id) => ({ params: { path: { id: toValue(id) } } });

/** Those of the domain, or of one organizer. */
export function useWebhooks(organizer: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ["webhooks", organizer],
    queryFn: () => data(api.GET("/api/v1/webhooks", { params: { query: { organizer: toValue(organizer) } } })),
  });
}

/** One of them. */
export function useWebhook(id: Id) {
  return useQuery({ queryKey: ["webhook", id], queryFn: () => data(api.GET("/api/v1/webhooks/{id}", of(id))) });
}

/** Have an address called; the answer has its secret. */
export function useAddWebhook() {
  return useStep(KEYS, (body: WebhookBody) => data(api.POST("/api/v1/webhooks", { body })));
}

/** Change what it listens to, or whether it is called. */
export function useChangeWebhook(id: Id) {
  return useStep(KEYS, (body: WebhookChange) => data(api.PATCH("/api/v1/webhooks/{id}", { ...of(id), body })));
}

/** Call it no more, and forget its log. */
export function useRemoveWebhook(id: Id) {
  return useStep(["webhooks", "audit"], () => data(api.DELETE("/api/v1/webhooks/{id}", of(id))));
}

/** Give it a new secret. */
export function useRotate(id: Id) {
  return useStep(KEYS, () => data(api.POST("/api/v1/webhooks/{id}/rotate", of(id))));
}

/** Call it once for a test. */
export function usePing(id: Id) {
  return useStep(KEYS, () => data(api.POST("/api/v1/webhooks/{id}/ping", of(id))));
}

/** Its calls, newest first, looked at again while one waits. */
export function useDeliveries(id: Id) {
  return usePaged("deliveries", id, (asked, after) =>
    data(api.GET("/api/v1/webhooks/{id}/deliveries", { params: { path: { id: asked }, query: { limit: 50, after } } })),
  );
}

/** One call with what was sent, asked for once it is wanted; looked at again while it waits. */
export function useDelivery(id: Id, delivery: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ["deliveries", id, delivery],
    queryFn: () =>
      data(
        api.GET("/api/v1/webhooks/{id}/deliveries/{delivery}", {
          params: { path: { id: toValue(id), delivery: toValue(delivery) } },
        }),
      ),
    refetchInterval: (query) => (query.state.data?.state === "waiting" ? POLL : false),
  });
}

/** Make one call again, or all that failed since an instant. */
export function useReplayCalls(id: Id) {
  return useStep(KEYS, (body: { delivery: string } | { since: string }) =>
    data(api.POST("/api/v1/webhooks/{id}/replay", { ...of(id), body: { after: "", ...body } })),
  );
}
