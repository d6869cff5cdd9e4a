/** Every page of the panel; each is loaded when it is first looked at. */
import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/", name: "overview", component: () => import("./views/OverviewView.vue") },
  { path: "/events", name: "events", component: () => import("./views/EventsView.vue") },
  { path: "/organizers", name: "organizers", component: () => import("./views/OrganizersView.vue") },
  { path: "/organizers/:address", name: "organizer", props: true, component: () => import("./views/OrganizerView.vue") },
  { path: "/jobs", name: "jobs", component: () => import("./views/JobsView.vue") },
  { path: "/deliverability", name: "deliverability", component: () => import("./views/DeliverabilityView.vue") },
  { path: "/dns", name: "dns", component: () => import("./views/DnsView.vue") },
  { path: "/suppression", name: "suppression", component: () => import("./views/SuppressionView.vue") },
  { path: "/branding", name: "branding", component: () => import("./views/BrandingView.vue") },
  { path: "/templates", name: "templates", component: () => import("./views/TemplatesView.vue") },
  { path: "/templates/:name", name: "template", props: true, component: () => import("./views/TemplateView.vue") },
  { path: "/keys", name: "keys", component: () => import("./views/KeysView.vue") },
  { path: "/webhooks", name: "webhooks", component: () => import("./views/WebhooksView.vue") },
  { path: "/webhooks/:id", name: "webhook", props: true, component: () => import("./views/WebhookView.vue") },
  { path: "/dead-letters", name: "dead-letters", component: () => import("./views/DeadLettersView.vue") },
  { path: "/dead-letters/:id", name: "dead-letter", props: true, component: () => import("./views/DeadLetterView.vue") },
  { path: "/audit", name: "audit", component: () => import("./views/AuditView.vue") },
  { path: "/sessions", name: "sessions", component: () => import("./views/SessionsView.vue") },
  { path: "/health", name: "health", component: () => import("./views/HealthView.vue") },
  { path: "/:rest(.*)*", name: "not-found", component: () => import("@invited/shared/components/NotFound.vue") },
];
