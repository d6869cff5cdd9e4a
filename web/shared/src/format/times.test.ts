import { expect, test } from "vitest";
import { day, instant } from "./times";

test("an instant is told in the zone that is asked for", () => {
  expect(instant("2026-12-24T18:00:00+01:00", "en-GB", "America/New_York")).toBe("24 Dec 2026, 12:00");
});

test("a whole day is the same day in every zone", () => {
  expect(day("2026-12-24", "en-GB")).toBe("24 Dec 2026");
});
