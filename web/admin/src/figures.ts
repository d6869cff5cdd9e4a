/** The domain's figures as tiles and charts show them. */
import type { Overall } from "./api/figures";

export const MAIL = ["sent", "bounced", "complained", "failed"] as const;

/** What of the mail is told, in its order: what nobody has to know of is left out where it is none. */
export function mailOf(figures: Pick<Overall, (typeof TOLD)[number]>): { name: (typeof TOLD)[number]; count: number }[] {
  return TOLD.map((name) => ({ name, count: figures[name] })).filter(({ name, count }) => count || ALWAYS.has(name));
}

const TOLD = [
  "invitations",
  "delivered",
  "queued",
  "failed",
  "bounced",
  "complained",
  "dropped",
  "withdrawn",
  "reminders",
  "strangers",
] as const;
const ALWAYS = new Set<string>(["invitations", "delivered", "bounced"]);
