/** The domain's admin panel: all events, all organizers, and how well the mail gets through. */
import { start } from "@invited/shared/app/start";
import App from "./App.vue";
import words from "./locales/en.json";
import { routes } from "./routes";

start(App, "/admin/", routes, words);
