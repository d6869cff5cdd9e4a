/** Instants in the viewer's own zone and language, and an event's times beside them in the event's zone. */

/** What of an event tells when it takes place. */
export interface Planned {
  start: string;
  end: string;
  all_day: boolean;
  time_zone?: string | null;
}

/** A date and time; `zone` is an IANA name, the viewer's own where it is left out. */
export function instant(value: string, locale: string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(new Date(value));
}

/** A whole day as the API tells it, `2026-12-24`: the same day wherever it is read. */
export function day(value: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(dayOf(value));
}

/** From when to when, in `zone`; whole days are the same in every zone. */
export function span(event: Planned, locale: string, zone = ownZone()): string {
  if (event.all_day) {
    const last = new Date(dayOf(event.end).getTime() - 86_400_000);
    return new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" }).formatRange(dayOf(event.start), last);
  }
  const style = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: zone }).formatRange(new Date(event.start), new Date(event.end));
}

/** The event's own zone, where its clock shows another time than the viewer's; else null. */
export function otherZone(event: Planned, own = ownZone()): string | null {
  if (event.all_day || !event.time_zone || event.time_zone === own) return null;
  return instant(event.start, "en", event.time_zone) === instant(event.start, "en", own) ? null : event.time_zone;
}

/** The viewer's zone, an IANA name. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The instant at which a clock of `zone` shows this date and time (`2026-12-24`, `18:30`). */
export function instantOf(date: string, time: string, zone: string): Date {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  let found = wanted;
  // Twice: the first guess may lie on the other side of a change of the clocks.
  for (let round = 0; round < 2; round++) found += wanted - Date.parse(`${wall(new Date(found), zone)}Z`);
  return new Date(found);
}

/** What a clock of `zone` shows at an instant: `2026-12-24T18:30:00`. */
export function wall(at: Date, zone: string): string {
  const style = { dateStyle: "short", timeStyle: "medium", timeZone: zone } as const;
  return new Intl.DateTimeFormat("sv-SE", style).format(at).replace(" ", "T");
}

function dayOf(value: string): Date {
  return new Date(`${value}T00:00:00Z`);
}
