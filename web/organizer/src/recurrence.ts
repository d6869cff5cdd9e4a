/** How an event repeats: simple rules as a form has them and in words; anything else is left as it is. */
import { day, instantOf, wall } from "@invited/shared/format/times";

export const EVERY = ["once", "daily", "weekly", "monthly", "yearly", "other"] as const;
export type Every = (typeof EVERY)[number];

/** What the form knows of a rule: `other` is one that it cannot tell, which stays as it is. */
export interface Repeat {
  every: Every;
  ends: "never" | "count" | "until";
  count: number;
  /** The last day, `2027-01-12`. */
  until: string;
}

export const ONCE: Repeat = { every: "once", ends: "never", count: 10, until: "" };

/** The form's choice that says what these rules say; `zone` is null for whole days. */
export function repeatOf(rules: string[], zone: string | null): Repeat {
  if (!rules.length) return ONCE;
  const { FREQ, COUNT, UNTIL, WKST: _week, ...more } = parts(rules[0]!);
  const every = EVERY.find((each) => each === FREQ?.toLowerCase());
  if (rules.length > 1 || !every || Object.keys(more).length) return { ...ONCE, every: "other" };
  if (COUNT) return { ...ONCE, every, ends: "count", count: Number(COUNT) };
  if (UNTIL) return { ...ONCE, every, ends: "until", until: untilDay(UNTIL, zone) };
  return { ...ONCE, every };
}

/** The rules of a choice; null for `other`, whose rules stay. UNTIL of timed events is UTC (RFC 5545 §3.3.10). */
export function rulesOf(repeat: Repeat, zone: string | null): string[] | null {
  if (repeat.every === "other") return null;
  if (repeat.every === "once") return [];
  const rule = `FREQ=${repeat.every.toUpperCase()}`;
  if (repeat.ends === "count") return [`${rule};COUNT=${repeat.count}`];
  if (repeat.ends !== "until" || !repeat.until) return [rule];
  if (zone === null) return [`${rule};UNTIL=${repeat.until.replaceAll("-", "")}`];
  const last = instantOf(repeat.until, "23:59", zone).toISOString();
  return [`${rule};UNTIL=${last.replace(/[-:]/g, "").slice(0, 13)}00Z`];
}

/** Rules in words, as far as they are simple. */
export function repeats(rules: string[], t: (key: string, named: Record<string, unknown>) => string, locale: string): string {
  const repeat = repeatOf(rules, "UTC");
  const named = { count: repeat.count, until: repeat.until && day(repeat.until, locale) };
  const how = t(`repeat.${repeat.every === "once" ? "other" : repeat.every}`, named);
  return repeat.ends === "never" || repeat.every === "other" ? how : `${how}, ${t(`repeat.told.${repeat.ends}`, named)}`;
}

function parts(rule: string): Partial<Record<string, string>> {
  return Object.fromEntries(rule.split(";").map((part) => part.split("=", 2) as [string, string]));
}

function untilDay(until: string, zone: string | null): string {
  const date = `${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`;
  if (!until.endsWith("Z") || zone === null) return date;
  const time = `${until.slice(9, 11)}:${until.slice(11, 13)}:${until.slice(13, 15)}`;
  return wall(new Date(`${date}T${time}Z`), zone).slice(0, 10);
}
