import { expect, test } from "vitest";
import { barren, mayBeWithdrawn, searchOf } from "./attendees";

test("a page's address says who is looked for", () => {
  expect(searchOf({ q: "ada", answer: "none", state: "bounced", origin: "link:news", domain: "x.example" })).toEqual({
    q: "ada",
    answer: "none",
    state: "bounced",
    origin: "link:news",
    domain: "x.example",
  });
});

test("what nobody can look for is left out", () => {
  expect(searchOf({ q: "", answer: "perhaps", state: ["sent", "queued"], origin: null, other: "x" })).toEqual({});
});

test("pages without anybody are counted from the end", () => {
  const some = { attendees: [1] };
  const none = { attendees: [] };
  expect(barren([])).toBe(0);
  expect(barren([some])).toBe(0);
  expect(barren([none, some, none, none])).toBe(2);
  expect(barren([none])).toBe(1);
});

test("an invite is taken back only where one stands", () => {
  expect((["queued", "sent", "returned"] as const).every((state) => mayBeWithdrawn({ state }))).toBe(true);
  expect((["failed", "bounced", "complained", "withdrawn", "dropped"] as const).some((state) => mayBeWithdrawn({ state }))).toBe(false);
});
