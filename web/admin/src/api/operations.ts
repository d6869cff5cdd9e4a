/** How the server fares, and what it wants in DNS. */
import { api, data, type Schemas } from "@invited/shared/api/client";
import { useQuery } from "@tanstack/vue-query";

export type Health = Schemas["Health"];
export type DnsRecord = Schemas["DnsRecord"];

const POLL = 5_000;

/** How it fares, looked at again every 5 s. */
export function useHealth() {
  return useQuery({ queryKey: ["health"], queryFn: () => data(api.GET("/api/v1/health")), refetchInterval: POLL });
}

/** The records to publish, and how they stand in DNS. */
export function useDnsRecords() {
  return useQuery({
    queryKey: ["dns"],
    // DNS keeps its answers for minutes, and asking takes seconds.
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    queryFn: () => data(api.GET("/api/v1/domain/dns", { params: { query: { look: true } } })),
  });
}
