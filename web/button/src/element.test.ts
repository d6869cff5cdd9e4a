import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "./button";

const ASKED = { confirmation: false, detail: "The invite is on its way." };
const fetched = vi.fn();

beforeEach(() => vi.stubGlobal("fetch", fetched));
afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  fetched.mockReset();
});

const answer = (status: number, body: object) => new Response(JSON.stringify(body), { status });

/** A button on the page, with the parts that people use. */
function given(attributes: Record<string, string>, inside = "") {
  const element = document.createElement("invite-button");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.innerHTML = inside;
  document.body.append(element);
  const find = <T extends HTMLElement>(what: string) => element.shadowRoot?.querySelector<T>(what) as T;
  return {
    element,
    find,
    open: find<HTMLButtonElement>("button"),
    form: find<HTMLFormElement>("form"),
    async submit(email: string) {
      find<HTMLInputElement>("input").value = email;
      find<HTMLFormElement>("form").dispatchEvent(new Event("submit", { cancelable: true }));
      await vi.waitFor(() => expect(find("[part~=send]").textContent).toBe("Send me the invite"));
    },
  };
}

const SERVER = { event: "event1", server: "https://invites.example" };

test("opens and closes, and says so", () => {
  const { open, form } = given(SERVER);
  expect([form.hidden, open.getAttribute("aria-expanded")]).toEqual([true, "false"]);
  open.click();
  expect([form.hidden, open.getAttribute("aria-expanded")]).toEqual([false, "true"]);
  form.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect([form.hidden, open.getAttribute("aria-expanded")]).toEqual([true, "false"]);
});

test("is called as the link inside it, or by its label", () => {
  expect(given(SERVER, '<a href="/e/event1/invite"> Add the game </a>').open.textContent).toBe("Add the game");
  expect(given({ ...SERVER, label: "Come!" }, "<a>x</a>").open.textContent).toBe("Come!");
  expect(given(SERVER).open.textContent).toBe("Get the invite");
});

test("without an event the link stays, and the page's author is told", () => {
  const told = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(given({}, "<a>x</a>").element.shadowRoot).toBe(null);
  expect(told.mock.lastCall?.[0]).toContain("event=");
  told.mockRestore();
});

test("asks with channel and ticket, without cookies, and shows what the server says", async () => {
  fetched.mockResolvedValue(answer(202, ASKED));
  const heard = vi.fn();
  document.body.addEventListener("invite-asked", heard);
  const { open, find, submit, form } = given({ ...SERVER, "data-origin": "link:radio", ticket: "t" });
  open.click();
  await submit(" ada@fans.example ");
  const [url, request] = fetched.mock.lastCall!;
  expect(url).toBe("https://invites.example/api/v1/public/events/event1/invitations");
  expect(request.credentials).toBe("omit");
  expect(JSON.parse(request.body)).toEqual({ email: "ada@fans.example", name: "", origin: "link:radio", ticket: "t" });
  expect(find("[role=status]").textContent).toBe("Check your inboxThe invite is on its way.");
  expect([form.hidden, open.hidden, heard.mock.calls.length]).toEqual([true, true, 1]);
});

test("a fault of the address is told at the address", async () => {
  const problem = { detail: "This is no mail address.", remedy: "Please check it.", errors: [{ pointer: "#/email" }] };
  fetched.mockResolvedValue(answer(422, problem));
  const { find, submit } = given(SERVER);
  await submit("ada@fans");
  expect(find("[role=alert]").textContent).toBe("This is no mail address. Please check it.");
  expect(find("input").ariaInvalid).toBe("true");
  expect(find("a").hidden).toBe(true);
});

test("any other fault leads to the event's own page, with what was typed", async () => {
  fetched.mockRejectedValue(new TypeError("no network"));
  const { find, submit } = given(SERVER);
  await submit("a+b@fans.example");
  expect(find("[role=alert]").textContent).toContain("try again");
  const link = find<HTMLAnchorElement>("a");
  expect(link.hidden).toBe(false);
  expect(link.href).toBe("https://invites.example/e/event1/invite?email=a%2Bb%40fans.example&name=&origin=button&ticket=");
});

test("a challenge that cannot be fetched is told in the server's words", async () => {
  fetched.mockResolvedValueOnce(answer(403, { type: "/problems/challenge-needed", detail: "Many ask." }));
  fetched.mockResolvedValueOnce(answer(403, { detail: "This site may not ask." }));
  const { find, submit } = given(SERVER);
  await submit("ada@fans.example");
  expect(fetched.mock.lastCall?.[0]).toMatch(/event1\/challenge$/);
  expect(find("[role=alert]").textContent).toBe("This site may not ask.");
});

test("its words may be others, and unreadable ones are left", () => {
  expect(given({ ...SERVER, words: '{"email": "Ihre Adresse"}' }).find("label").textContent).toBe("Ihre Adresse");
  expect(given({ ...SERVER, words: "{" }).find("label").textContent).toBe("Your mail address");
});
