/** Every page of the app; each is loaded when it is first looked at. */
import type { RouteRecordRaw } from "vue-router";

/** The tabs of an event, in their order: route names and the last part of their paths. */
export const TABS = ["overview", "attendees", "send", "button", "report", "settings", "activity"] as const;

export const routes: RouteRecordRaw[] = [
  { path: "/", name: "events", component: () => import("./views/EventsView.vue") },
  { path: "/events/new", name: "new-event", component: () => import("./views/NewEventView.vue") },
  {
    path: "/events/:id",
    component: () => import("./views/EventView.vue"),
    props: true,
    children: [
      { path: "", name: "overview", props: true, component: () => import("./views/event/OverviewTab.vue") },
      {
        path: "attendees",
        name: "attendees",
        props: true,
        component: () => import("./views/event/AttendeesTab.vue"),
        children: [{ path: ":token", name: "attendee", props: true, component: () => import("./views/event/AttendeeView.vue") }],
      },
      { path: "send", name: "send", props: true, component: () => import("./views/event/SendTab.vue") },
      { path: "button", name: "button", props: true, component: () => import("./views/event/ButtonTab.vue") },
      { path: "report", name: "report", props: true, component: () => import("./views/event/ReportTab.vue") },
      { path: "settings", name: "settings", props: true, component: () => import("./views/event/SettingsTab.vue") },
      { path: "edit", name: "edit", props: true, component: () => import("./views/event/EditView.vue") },
      { path: "cancel", name: "cancel", props: true, component: () => import("./views/event/CancelView.vue") },
      { path: "activity", name: "activity", props: true, component: () => import("./views/event/ActivityTab.vue") },
    ],
  },
  { path: "/:rest(.*)*", name: "not-found", component: () => import("@invited/shared/components/NotFound.vue") },
];
