/** What a dead letter's message says, as a page shows it. */

/** JSON text in lines; as it is where it is none. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** How many people the message is about, 0 where it does not say: whoever it names by token or address. */
export function reachOf(body: string): number {
  try {
    const told = JSON.parse(body) as Record<string, unknown> | null;
    const named = told?.tokens ?? told?.attendees;
    if (Array.isArray(named)) return named.length;
    return told && ("token" in told || "address" in told) ? 1 : 0;
  } catch {
    return 0;
  }
}
