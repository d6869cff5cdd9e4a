/** An event as a form has it, and what the API is told of it. */
import type { EventDetail, EventPatch } from "@invited/shared/api/events";
import { ownZone, wall } from "@invited/shared/format/times";
import { ONCE, repeatOf, rulesOf, type Repeat } from "./recurrence";

export interface Draft {
  subject: string;
  isAllDay: boolean;
  startDate: string;
  startTime: string;
  /** The last day of whole days, which the API tells exclusively. */
  endDate: string;
  endTime: string;
  zone: string;
  location: string;
  body: string;
  repeat: Repeat;
}

/** What every event has that is told by the form. */
export interface Told {
  subject: string;
  start: string;
  end: string;
  time_zone: string | null;
  location: string;
  body: string;
  recurrence?: { rules: string[] };
}

/** A new event: tomorrow evening, in the viewer's zone. */
export function fresh(now = new Date(), zone = ownZone()): Draft {
  const tomorrow = wall(new Date(now.getTime() + 86_400_000), zone).slice(0, 10);
  const times = { startDate: tomorrow, startTime: "18:00", endDate: tomorrow, endTime: "19:00" };
  return { subject: "", isAllDay: false, ...times, zone, location: "", body: "", repeat: { ...ONCE } };
}

/** The event as the form shows it, in its own zone. */
export function draftOf(event: EventDetail): Draft {
  const zone = event.time_zone ?? ownZone();
  const common = { subject: event.subject, location: event.location, body: event.body, zone };
  const repeat = { ...repeatOf(event.recurrence?.rules ?? [], event.time_zone) };
  if (event.all_day) {
    const last = shifted(event.end, -1);
    return { ...common, isAllDay: true, startDate: event.start, startTime: "18:00", endDate: last, endTime: "19:00", repeat };
  }
  const [start, end] = [event.start, event.end].map((at) => wall(new Date(at), zone).split("T"));
  const times = { startDate: start![0]!, startTime: start![1]!.slice(0, 5), endDate: end![0]!, endTime: end![1]!.slice(0, 5) };
  return { ...common, isAllDay: false, ...times, repeat };
}

/** What the API is told of the whole event. */
export function told(draft: Draft): Told {
  const zone = draft.isAllDay ? null : draft.zone;
  const rules = rulesOf(draft.repeat, zone);
  return {
    subject: draft.subject.trim(),
    start: draft.isAllDay ? draft.startDate : `${draft.startDate}T${draft.startTime}`,
    end: draft.isAllDay ? shifted(draft.endDate, 1) : `${draft.endDate}T${draft.endTime}`,
    time_zone: zone,
    location: draft.location.trim(),
    body: draft.body,
    ...(rules && { recurrence: { rules } }),
  };
}

/** What the API is told of a change: only what differs; start, end and zone go together. */
export function patch(before: Draft, after: Draft): EventPatch {
  const [old, now] = [told(before), told(after)];
  const changed: EventPatch = {};
  for (const name of ["subject", "location", "body"] as const) if (old[name] !== now[name]) changed[name] = now[name];
  if (old.start !== now.start || old.end !== now.end || old.time_zone !== now.time_zone)
    Object.assign(changed, { start: now.start, end: now.end, time_zone: now.time_zone });
  if (now.recurrence && JSON.stringify(old.recurrence) !== JSON.stringify(now.recurrence)) {
    // Further dates and dates left out are not named, and stay.
    changed.recurrence = now.recurrence as EventPatch["recurrence"];
  }
  return changed;
}

/** What is wrong with a draft, by the name of its field; empty where nothing is. */
export function faults(draft: Draft): Partial<Record<keyof Draft, string>> {
  const found: Partial<Record<keyof Draft, string>> = {};
  if (!draft.subject.trim()) found.subject = "subject";
  if (!draft.startDate || (!draft.isAllDay && !draft.startTime)) found.startDate = "start";
  const isBefore = draft.isAllDay
    ? draft.endDate < draft.startDate
    : `${draft.endDate}T${draft.endTime}` <= `${draft.startDate}T${draft.startTime}`;
  if (isBefore) found.endDate = "end";
  if (draft.repeat.every !== "once" && draft.repeat.ends === "until" && draft.repeat.until < draft.startDate) found.repeat = "until";
  return found;
}

/** So many days later; no date stays none. */
export function shifted(date: string, days: number): string {
  return date && new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
