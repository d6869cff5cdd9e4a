/** The organizer's app: their events, who comes, and what to do about it. */
import { start } from "@invited/shared/app/start";
import App from "./App.vue";
import words from "./locales/en.json";

start(App, "/app/", [{ path: "/", component: () => import("./views/EventsView.vue") }], words);
