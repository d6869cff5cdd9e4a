import { expect, test } from "vitest";
import { instantAt, originOf } from "./sending";

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
