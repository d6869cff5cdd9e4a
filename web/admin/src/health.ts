/** What the page on the server's health reckons. */

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Seconds between two instants, never less than none: clocks differ. */
export function ageOf(since: string, now: string): number {
  return Math.max(0, (Date.parse(now) - Date.parse(since)) / 1000);
}

/** A number of octets in the largest unit that leaves one at least. */
export function octets(count: number, locale: string): string {
  const step = count < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(count) / 3));
  const style = { style: "unit", unit: UNITS[step], unitDisplay: "short", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale, style).format(count / 1000 ** step);
}
