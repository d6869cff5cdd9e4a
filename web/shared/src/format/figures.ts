/** An event's figures as charts and tables show them. */
import type { Figures, Reconfirmation } from "../api/figures";

export const ANSWERS = ["accepted", "tentative", "declined"] as const;
export type Answer = (typeof ANSWERS)[number];

/** What of an event's figures, an organizer's or the domain's the charts show. */
export type Charted = Pick<Figures, "by_day" | "by_hour" | "by_origin" | "by_client" | "by_domain"> & Partial<Figures>;

type Tallies = Record<string, Record<string, number>>;

/** What a chart shows: for each label, the number of each answer, or of what else is counted. */
export interface Table<K extends string = Answer> {
  labels: string[];
  rows: Record<K, number[]>;
}

/** One row of a chart: its name in the table, what it is called, and a colour of the theme. */
export interface Series {
  name: string;
  label: string;
  color: string;
}

/** How many labels a chart has at most, before the rest are taken together. */
export const MOST = 12;

/** Present answers by the day or, where all came within two days, by the hour in which they came (UTC), without gaps. */
export function overTime(figures: Charted): Table {
  return timeline(figures, ANSWERS);
}

/** What is counted under these names, by day or hour (UTC), without gaps. */
export function timeline<K extends string>(figures: Charted, names: readonly K[]): Table<K> {
  const days = Object.keys(figures.by_day).sort();
  const isShort = days.length > 0 && distance(days[0]!, days.at(-1)!) < 2 * 24;
  const tallies = isShort ? figures.by_hour : figures.by_day;
  return table(steps(Object.keys(tallies).sort(), isShort ? 1 : 24), tallies, names);
}

/** Answers by origin, client, domain or date; the largest first, the rest together as `rest`. Dates stay in order. */
export function by(tallies: Tallies, rest: string, isInOrder = false): Table {
  const labels = Object.keys(tallies);
  const sorted = isInOrder ? labels.sort() : labels.sort((a, b) => total(tallies[b]!) - total(tallies[a]!) || (a < b ? -1 : 1));
  if (isInOrder || sorted.length <= MOST) return table(sorted, tallies, ANSWERS);
  const others: Record<string, number> = {};
  for (const label of sorted.slice(MOST - 1))
    for (const answer of ANSWERS) others[answer] = (others[answer] ?? 0) + (tallies[label]?.[answer] ?? 0);
  return table([...sorted.slice(0, MOST - 1), rest], { ...tallies, [rest]: others }, ANSWERS);
}

/** The rows of the report on who confirms again; `silent` is null for who had not answered before. */
export function again(report: Reconfirmation): { was: Answer | "none"; now: Record<Answer, number>; silent: number | null }[] {
  return [
    ...ANSWERS.map((was) => ({ was, now: report.was[was], silent: report.was[was].silent })),
    { was: "none" as const, now: report.new, silent: null },
  ];
}

/** Part of a whole in percent, 0 where there is none; to a tenth where a few would else seem nobody, or most all. */
export function percent(part: number, whole: number): number {
  if (!whole) return 0;
  const exact = (100 * part) / whole;
  const isNear = exact < 1 || exact > 99;
  return isNear ? Math.round(10 * exact) / 10 : Math.round(exact);
}

function table<K extends string>(labels: string[], tallies: Tallies, names: readonly K[]): Table<K> {
  const row = (name: K) => labels.map((label) => tallies[label]?.[name] ?? 0);
  return { labels, rows: Object.fromEntries(names.map((name) => [name, row(name)])) as Record<K, number[]> };
}

function total(tally: Record<string, number>): number {
  return ANSWERS.reduce((sum, answer) => sum + (tally[answer] ?? 0), 0);
}

/** Every day or hour from the first to the last. */
function steps(known: string[], hours: number): string[] {
  if (!known.length) return [];
  const size = known[0]!.length;
  const count = distance(known[0]!, known.at(-1)!) / hours;
  const first = moment(known[0]!);
  return Array.from({ length: count + 1 }, (_, n) => new Date(first + n * hours * 3_600_000).toISOString().slice(0, size));
}

function distance(from: string, to: string): number {
  return (moment(to) - moment(from)) / 3_600_000;
}

/** A label's instant: `2027-01-12`, or `2027-01-12T09`. */
export function moment(label: string): number {
  return Date.parse(label.length > 10 ? `${label}:00:00Z` : `${label}T00:00:00Z`);
}
