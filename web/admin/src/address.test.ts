import { expect, test } from "vitest";
import { merged, oneOf, startOf, textOf } from "./address";

test("a query gives texts, and nothing for what is no text", () => {
  expect([textOf({ q: "a" }, "q"), textOf({ q: ["a", "b"] }, "q"), textOf({}, "q")]).toEqual(["a", "", ""]);
});

test("what is emptied goes from the address, and the rest stays", () => {
  expect(merged({ q: "a", state: "past" }, { q: undefined })).toEqual({ state: "past" });
  expect(merged({ q: "a" }, { state: "past", sort: "" })).toEqual({ q: "a", state: "past" });
});

test("only words that are known filter", () => {
  expect([oneOf(["a", "b"], "b"), oneOf(["a", "b"], "c")]).toEqual(["b", undefined]);
});

test("a day begins and ends by the viewer's clock", () => {
  expect(startOf("2027-01-12")).toBe(new Date(2027, 0, 12).toISOString());
  expect(startOf("2027-01-31", true)).toBe(new Date(2027, 1, 1).toISOString());
  expect(startOf("soon")).toBeUndefined();
  expect(startOf("2027-02-31")).toBeUndefined();
});
