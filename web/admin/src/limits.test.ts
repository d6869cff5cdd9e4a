import { expect, test } from "vitest";
import { limitOf } from "./limits";

test("a limit may be written with marks between its thousands, or not at all", () => {
  expect(["", " ", "0", "5000", "5,000", "5 000"].map(limitOf)).toEqual([null, null, 0, 5000, 5000, 5000]);
});

test("what is no number, or beyond any, is no limit", () => {
  expect(["many", "-1", "1e3", "1000000001"].map(limitOf)).toEqual([undefined, undefined, undefined, undefined]);
});
