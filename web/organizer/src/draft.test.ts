import type { EventDetail } from "@invited/shared/api/events";
import { expect, test } from "vitest";
import { draftOf, faults, fresh, patch, told } from "./draft";

const GAME = {
  subject: "Home opener",
  start: "2027-04-02T19:05:00-07:00",
  end: "2027-04-02T22:05:00-07:00",
  all_day: false,
  time_zone: "America/Los_Angeles",
  location: "Oracle Park",
  body: "Gates open at 17:30.",
  recurrence: null,
} as EventDetail;

test("an event is shown by its own clock and told as it is", () => {
  const draft = draftOf(GAME);
  expect([draft.startDate, draft.startTime, draft.endTime]).toEqual(["2027-04-02", "19:05", "22:05"]);
  expect(told(draft)).toMatchObject({ start: "2027-04-02T19:05", end: "2027-04-02T22:05", time_zone: "America/Los_Angeles" });
});

test("nothing changed is nothing to tell", () => {
  expect(patch(draftOf(GAME), draftOf(GAME))).toEqual({});
});

test("only what changed is told, but a time is told whole", () => {
  const draft = { ...draftOf(GAME), location: "Elsewhere", startTime: "18:05" };
  expect(patch(draftOf(GAME), draft)).toEqual({
    location: "Elsewhere",
    start: "2027-04-02T18:05",
    end: "2027-04-02T22:05",
    time_zone: "America/Los_Angeles",
  });
});

test("the last of whole days is shown, and told exclusively", () => {
  const fair = { ...GAME, start: "2027-04-02", end: "2027-04-05", all_day: true, time_zone: null } as EventDetail;
  expect(draftOf(fair).endDate).toBe("2027-04-04");
  expect(told(draftOf(fair))).toMatchObject({ start: "2027-04-02", end: "2027-04-05", time_zone: null });
});

test("a rule that the form cannot tell stays as it is", () => {
  const rules = { rules: ["FREQ=MONTHLY;BYDAY=2TU"], rdates: [], exdates: [], exceptions: [] };
  const draft = draftOf({ ...GAME, recurrence: rules } as EventDetail);
  expect(draft.repeat.every).toBe("other");
  expect(told(draft).recurrence).toBeUndefined();
  expect(patch(draft, { ...draft, repeat: { ...draft.repeat, every: "once" } })).toEqual({ recurrence: { rules: [] } });
});

test("a repetition until a day includes that day, whatever the zone", () => {
  const draft = { ...draftOf(GAME), repeat: { every: "weekly", ends: "until", count: 10, until: "2027-04-30" } as const };
  expect(told(draft).recurrence).toEqual({ rules: ["FREQ=WEEKLY;UNTIL=20270501T065900Z"] });
  const again = { ...GAME, recurrence: { ...told(draft).recurrence, rdates: [], exdates: [], exceptions: [] } } as EventDetail;
  expect(draftOf(again).repeat.until).toBe("2027-04-30");
});

test("a new event is whole but for its subject", () => {
  const draft = fresh(new Date("2027-01-12T22:30:00Z"), "Europe/Paris");
  expect(draft.startDate).toBe("2027-01-13");
  expect(faults(draft)).toEqual({ subject: "subject" });
});

test("an event does not end before it starts", () => {
  const draft = { ...draftOf(GAME), endDate: "2027-04-01" };
  expect(faults(draft)).toEqual({ endDate: "end" });
  expect(faults({ ...draft, isAllDay: true, endDate: draft.startDate })).toEqual({});
});
