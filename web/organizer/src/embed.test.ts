import { expect, test } from "vitest";
import { elementCode, linkCode, mailingLink } from "./embed";

const PAGE = "https://invites.example/e/abc";
const button = { label: 'Come & "see"', accent: "#1f5fbf", onAccent: "#ffffff", radius: 6, origin: "button" };

test("the element names the server, the event, its looks and a link for readers without script", () => {
  const code = elementCode("abc", PAGE, button);
  const page = new DOMParser().parseFromString(code, "text/html");
  expect(page.querySelector("script")?.getAttribute("src")).toBe("https://invites.example/button.js");
  const element = page.querySelector("invite-button");
  expect(element?.getAttribute("event")).toBe("abc");
  expect(element?.hasAttribute("data-origin")).toBe(false);
  expect(element?.textContent?.trim()).toBe('Come & "see"');
  expect(element?.querySelector("a")?.getAttribute("href")).toBe(`${PAGE}/invite?origin=button`);
  expect(code).toContain("--invite-accent: #1f5fbf");
});

test("another channel is told by the element and by its link", () => {
  const code = elementCode("abc", PAGE, { ...button, origin: "link:home" });
  expect(code).toContain('data-origin="link:home"');
  expect(code).toContain("/invite?origin=link:home");
});

test("a label cannot break out of the code", () => {
  expect(linkCode(PAGE, "page", "</a><script>")).not.toContain("<script>");
});

test("a mailing's link is filled in by the tool", () => {
  expect(mailingLink(PAGE, "mailchimp")).toBe(`${PAGE}/invite?origin=link:mailchimp&email=*|EMAIL|*&name=*|FNAME|*`);
});
