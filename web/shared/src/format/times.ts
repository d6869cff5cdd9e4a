/** Instants in the viewer's own zone and language, and an event's times beside them in the event's zone. */

/** A date and time; `zone` is an IANA name, the viewer's own where it is left out. */
export function instant(value: string, locale: string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(new Date(value));
}

/** A whole day as the API tells it, `2026-12-24`: the same day wherever it is read. */
export function day(value: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${value}T00:00:00Z`));
}
