/** The organizer's app: their events, who comes, and what to do about it. */
import { start } from "@invited/shared/app/start";
import App from "./App.vue";
import words from "./locales/en.json";
import { routes } from "./routes";

start(App, "/app/", routes, words);
