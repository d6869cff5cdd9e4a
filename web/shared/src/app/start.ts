/** Puts an app together: router, data, words and looks, the same for both. */
import { MutationCache, QueryCache, QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createApp, type Component } from "vue";
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { Problem } from "../api/client";
import { wearBrand } from "./brand";
import { signIn, wayBack } from "./signIn";
import { vuetify } from "./theme";
import { words } from "./words";

const CLIENT_ERRORS = { from: 400, below: 500 };

/** `base` is the path that the app is served under, `/app/`. */
export function start(root: Component, base: string, routes: RouteRecordRaw[], own: object): void {
  const back = wayBack();
  if (back && back !== location.pathname + location.search) return location.replace(back);
  void wearBrand();
  const router = createRouter({
    history: createWebHistory(base),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  });
  createApp(root).use(router).use(VueQueryPlugin, { queryClient: queries() }).use(words(own)).use(vuetify).mount("#app");
}

function queries(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: onEnded }),
    mutationCache: new MutationCache({ onError: onEnded }),
    defaultOptions: { queries: { staleTime: 5_000, retry: (count, error) => count < 2 && !isOurs(error) } },
  });
}

/** Whoever is not signed in any more is asked to. */
function onEnded(error: Error): void {
  if (error instanceof Problem && error.status === 401) signIn();
}

/** Whether to ask again would change nothing. */
function isOurs(error: Error): boolean {
  return error instanceof Problem && error.status >= CLIENT_ERRORS.from && error.status < CLIENT_ERRORS.below;
}
