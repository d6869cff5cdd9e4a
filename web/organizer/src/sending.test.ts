import type { Job } from "@invited/shared/api/jobs";
import { expect, test } from "vitest";
import { again, done, instantAt, lasting, originOf } from "./sending";

const job = (more: object) => ({ state: "running", invitations: 10, queued: 5, failed: 1, dropped: 2, list: null, ...more }) as Job;

test("a channel is the list, or a name of one's own", () => {
  expect(originOf("  ")).toBe("list");
  expect(originOf("Spring Mailing")).toBe("link:spring-mailing");
  expect(originOf("größe")).toBeNull();
  expect(originOf("x".repeat(41))).toBeNull();
});

test("a time is told as an instant, no time as none", () => {
  expect(instantAt("")).toBeNull();
  expect(instantAt("soon")).toBeNull();
  expect(instantAt("2027-01-12T08:00")).toBe(new Date(2027, 0, 12, 8).toISOString());
});

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
