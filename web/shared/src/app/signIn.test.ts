import { beforeEach, expect, test, vi } from "vitest";
import { signIn, wayBack } from "./signIn";

beforeEach(() => localStorage.clear());

test("whoever signs in comes back to where they were, once", () => {
  vi.stubGlobal("location", { pathname: "/app/events/abc", search: "?tab=1", assign: vi.fn() });
  signIn();
  expect(location.assign).toHaveBeenCalledWith("/sign-in");
  expect(wayBack()).toBe("/app/events/abc?tab=1");
  expect(wayBack()).toBeNull();
  vi.unstubAllGlobals();
});

test("nobody is sent to a page that is long left, or is no page of the apps", () => {
  localStorage.setItem("invited.back", JSON.stringify({ path: "/app/", until: 1_000 }));
  expect(wayBack(2_000)).toBeNull();
  localStorage.setItem("invited.back", JSON.stringify({ path: "//elsewhere.example", until: 3_000 }));
  expect(wayBack(2_000)).toBeNull();
});
