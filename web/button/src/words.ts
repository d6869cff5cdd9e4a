/** What the button says by itself; the attribute `words` replaces any, as JSON. What the server says comes from there. */
export const WORDS = {
  open: "Get the invite",
  email: "Your mail address",
  name: "Your name (optional)",
  send: "Send me the invite",
  sending: "Sending…",
  proving: "One moment, checking that you are no robot…",
  done: "Check your inbox",
  failed: "That did not work. Please try again in a moment.",
  page: "Ask on the event’s own page",
};

export type Words = typeof WORDS;

/** The words of an element: its own where they are readable, ours for the rest. */
export function wordsOf(given: string | null): Words {
  try {
    return { ...WORDS, ...JSON.parse(given ?? "{}") };
  } catch {
    return WORDS;
  }
}
