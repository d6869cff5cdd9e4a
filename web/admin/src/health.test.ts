import { expect, test } from "vitest";
import { ageOf, octets } from "./health";

test("the age of a message is told in seconds, and never below none", () => {
  expect(ageOf("2027-01-12T09:00:00Z", "2027-01-12T09:01:30Z")).toBe(90);
  expect(ageOf("2027-01-12T09:01:30Z", "2027-01-12T09:00:00Z")).toBe(0);
});

test("octets are told in a unit that can be read", () => {
  expect([0, 999, 1_000, 41_300_000_000].map((count) => octets(count, "en"))).toEqual(["0 byte", "999 byte", "1 kB", "41.3 GB"]);
});
