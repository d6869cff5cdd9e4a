/** Who looks at this page. */
import { useQuery } from "@tanstack/vue-query";
import { api, data } from "./client";

/** Role, address, scopes and limits of whoever is signed in. */
export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: () => data(api.GET("/api/v1/me")), staleTime: 300_000 });
}
