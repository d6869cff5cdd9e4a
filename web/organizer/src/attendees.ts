/** What a list of attendees can be narrowed to, and how that stands in the address of the page. */
import type { Attendee, AttendeeSearch } from "@invited/shared/api/attendees";

export const ANSWER_FILTERS = ["accepted", "tentative", "declined", "delegated", "none"] as const;
export const STATES = ["queued", "sent", "failed", "returned", "bounced", "complained", "withdrawn", "dropped"] as const;

/** Whether there is an invite to be taken back: nothing final has become of it. */
export function mayBeWithdrawn(guest: { state: Attendee["state"] }): boolean {
  return ["queued", "sent", "returned"].includes(guest.state);
}

/** Pages in a row without anybody before somebody is asked whether to look further: each is a look at 5,000. */
export const PATIENCE = 10;

/** The search that a page's query stands for; what it does not know is left out. */
export function searchOf(query: Record<string, unknown>): AttendeeSearch {
  const text = (name: string) => (typeof query[name] === "string" && query[name] ? query[name] : undefined);
  const found: AttendeeSearch = {
    q: text("q"),
    answer: ANSWER_FILTERS.find((each) => each === query.answer),
    state: STATES.find((each) => each === query.state),
    origin: text("origin"),
    domain: text("domain"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** How many of the last pages held nobody. */
export function barren(pages: readonly { attendees: readonly unknown[] }[]): number {
  const last = pages.findLastIndex((page) => page.attendees.length > 0);
  return pages.length - 1 - last;
}
