import { expect, test } from "vitest";
import type { Branding } from "./api/branding";
import { changedOf, withWording } from "./wording";

test("only phrases that differ from the usual are a domain's own", () => {
  expect(changedOf({ hello: "Hello", bye: "Bye", thanks: "Thanks" }, { hello: "Hi", bye: "Bye", thanks: " " })).toEqual({ hello: "Hi" });
});

const branding = { name: "Club", color: "#112233", footer: "", wording: { created: { a: "b" }, digest: { c: "d" } } } as unknown as Branding;

test("the phrases of other mails stay, and the logo, too", () => {
  const body = withWording(branding, "created", { a: "x" });
  expect(body).toEqual({ name: "Club", color: "#112233", footer: "", wording: { created: { a: "x" }, digest: { c: "d" } }, logo: null });
});

test("a mail without phrases of its own is not named", () => {
  expect(withWording(branding, "created", {}).wording).toEqual({ digest: { c: "d" } });
});
