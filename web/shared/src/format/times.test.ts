import { expect, test } from "vitest";
import { day, instant, instantOf, otherZone, span, wall } from "./times";

const GAME = { start: "2026-12-24T18:00:00+01:00", end: "2026-12-24T21:00:00+01:00", all_day: false, time_zone: "Europe/Paris" };
const FAIR = { start: "2026-12-24", end: "2026-12-27", all_day: true, time_zone: null };

test("an instant is told in the zone that is asked for", () => {
  expect(instant("2026-12-24T18:00:00+01:00", "en-GB", "America/New_York")).toBe("24 Dec 2026, 12:00");
});

test("a whole day is the same day in every zone", () => {
  expect(day("2026-12-24", "en-GB")).toBe("24 Dec 2026");
});

test("the end of one day is not told twice", () => {
  expect(span(GAME, "en-GB", "Europe/Paris")).toMatch(/^Thu, 24 Dec 2026, 18:00\s?–\s?21:00$/);
});

test("the exclusive end of whole days is the day before", () => {
  expect(span(FAIR, "en-GB")).toMatch(/^Thursday\s24(\sDecember)?\s–\sSaturday\s26\sDecember\s2026$/);
});

test("the event's zone is told only where its clock differs", () => {
  expect(otherZone(GAME, "America/New_York")).toBe("Europe/Paris");
  expect(otherZone(GAME, "Europe/Berlin")).toBeNull();
  expect(otherZone(FAIR, "America/New_York")).toBeNull();
});

test("a clock's time is the right instant, on either side of a change of the clocks", () => {
  expect(instantOf("2027-03-27", "23:30", "Europe/Paris").toISOString()).toBe("2027-03-27T22:30:00.000Z");
  expect(instantOf("2027-03-28", "03:30", "Europe/Paris").toISOString()).toBe("2027-03-28T01:30:00.000Z");
  expect(wall(new Date("2027-03-28T01:30:00Z"), "Europe/Paris")).toBe("2027-03-28T03:30:00");
});
