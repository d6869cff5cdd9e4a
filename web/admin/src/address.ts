/** What a list is narrowed to stands in the address of its page, so that it can be shared and back leads to it. */
import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter } from "vue-router";

export type Changed = Record<string, string | undefined>;

/** The page's query, one text per name, "" where there is none; and how to change some of it. */
export function useAddress(): { asked: ComputedRef<(name: string) => string>; show: (changed: Changed) => void } {
  const route = useRoute();
  const router = useRouter();
  const asked = computed(() => {
    const { query } = route;
    return (name: string) => textOf(query, name);
  });
  const show = (changed: Changed) => void router.replace({ query: merged(route.query, changed) });
  return { asked, show };
}

/** One text of a query; "" for what is not there, or there several times. */
export function textOf(query: Record<string, unknown>, name: string): string {
  const value = query[name];
  return typeof value === "string" ? value : "";
}

/** `query` with some of it changed; what is empty goes. */
export function merged(query: Record<string, unknown>, changed: Changed): Record<string, string> {
  const all = { ...query, ...changed };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => typeof value === "string" && value)) as Record<string, string>;
}

/** One of the words that a filter knows; undefined for any other. */
export function oneOf<T extends string>(words: readonly T[], text: string): T | undefined {
  return words.find((word) => word === text);
}

/** The first instant of a day (`2027-01-12`) by the viewer's clock, or of the day after it; undefined for no day. */
export function startOf(day: string, isNext = false): string | undefined {
  const [year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)?.slice(1).map(Number) ?? [];
  if (!year || !month || !date) return undefined;
  const at = new Date(year, month - 1, date + (isNext ? 1 : 0));
  return at.getMonth() === month - 1 || isNext ? at.toISOString() : undefined;
}
