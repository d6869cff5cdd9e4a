/** Puts an app together: router, data, words and looks, the same for both. */
import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createApp, type Component } from "vue";
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { Problem } from "../api/client";
import { vuetify } from "./theme";
import { words } from "./words";

export function start(root: Component, base: string, routes: RouteRecordRaw[], own: object): void {
  const router = createRouter({ history: createWebHistory(base), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } });
  const queryClient = new QueryClient({
    defaultOptions: { queries: { retry: (count, error) => count < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500) } },
  });
  createApp(root).use(router).use(VueQueryPlugin, { queryClient }).use(words(own)).use(vuetify).mount("#app");
}
