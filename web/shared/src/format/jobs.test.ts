import { expect, test } from "vitest";
import type { Job } from "../api/jobs";
import { again, done, lasting } from "./jobs";

const job = (more: object) => ({ state: "running", invitations: 10, queued: 5, failed: 1, dropped: 2, list: null, ...more }) as Job;

test("a job is as far as its list is read and its mails are out", () => {
  expect(done(job({}))).toBe(50);
  expect(done(job({ list: { size: 100, read: 50 } }))).toBe(25);
  expect(done(job({ invitations: 0, queued: 0 }))).toBe(0);
  expect(done(job({ state: "done", invitations: 0, queued: 0 }))).toBe(100);
});

test("whoever failed or was left out can be sent to again", () => {
  expect(again(job({}))).toBe(3);
});

test("a time that is left is told in two units", () => {
  expect(lasting(0, "en")).toBe("0 sec");
  expect(lasting(59.2, "en")).toBe("1 min");
  expect(lasting(7_530, "en")).toBe("2 hr, 5 min");
  expect(lasting(3_600, "en")).toBe("1 hr");
});
