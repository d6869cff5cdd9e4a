import { expect, test } from "vitest";
import { contrast, inkOn, readable } from "./colours";

test("contrast is that of WCAG", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrast("#123456", "#123456")).toBe(1);
});

test("ink is what is read better", () => {
  expect(inkOn("#ffffff")).toBe("#000000");
  expect(inkOn("#1d4ed8")).toBe("#ffffff");
});

test("what can be read stays as it is", () => {
  expect(readable("#1d4ed8", "#ffffff", 4.5)).toBe("#1d4ed8");
});

test.each([
  ["#ffd100", "#ffffff"],
  ["#1a1a1a", "#121212"],
  ["#888888", "#ffffff"],
])("%s becomes readable on %s", (colour, ground) => {
  const shade = readable(colour, ground, 6);
  expect(shade).not.toBe(colour);
  expect(contrast(shade, ground)).toBeGreaterThanOrEqual(6);
});
