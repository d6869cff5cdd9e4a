/** A button that opens a form of two fields and asks for the invite; what stood inside is for pages without script. */
import { ask, Fault } from "./ask";
import { sheet } from "./style";
import { wordsOf } from "./words";

/** The server that this file came from, with a slash at the end. */
const SERVER = import.meta.url.replace(/[?#].*/, "").replace(/[^/]*$/, "");

export class InviteButton extends HTMLElement {
  #isBusy = false;
  #parts?: ReturnType<typeof parts>;

  connectedCallback() {
    if (this.#parts) return;
    if (!this.#event) return console.error('<invite-button> needs the event’s id: event="…"');
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [sheet()];
    const words = wordsOf(this.getAttribute("words"));
    this.#parts = parts({ ...words, open: this.getAttribute("label") || this.textContent?.trim() || words.open });
    const { open, form, status } = this.#parts;
    open.onclick = () => this.#show(!!form.hidden);
    form.onsubmit = (submitted) => {
      submitted.preventDefault();
      void this.#send();
    };
    form.onkeydown = (key) => {
      if (key.key === "Escape") this.#show(false);
    };
    root.append(open, form, status);
  }

  get #event() {
    return this.getAttribute("event") ?? "";
  }

  get #server() {
    return this.getAttribute("server")?.replace(/\/*$/, "/") || SERVER;
  }

  get #asking() {
    const { email, name } = this.#parts!;
    const origin = this.getAttribute("data-origin") || "button";
    return { email: email.value.trim(), name: name.value.trim(), origin, ticket: this.getAttribute("ticket") ?? "" };
  }

  #show(isOpen: boolean) {
    const { open, form, email } = this.#parts!;
    form.hidden = !isOpen;
    open.setAttribute("aria-expanded", `${isOpen}`);
    (isOpen ? email : open).focus();
  }

  /** Nothing is disabled meanwhile, which would lose the focus; a second press does nothing. */
  async #send() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { send, status, words } = this.#parts!;
    this.#fail("");
    send.textContent = status.textContent = words.sending;
    try {
      const told = await ask(this.#server, this.#event, this.#asking, () => {
        status.textContent = words.proving;
      });
      this.#succeed(told);
    } catch (error) {
      status.textContent = "";
      this.#fail(error instanceof Fault && error.message ? error.message : words.failed, error);
    }
    send.textContent = words.send;
    this.#isBusy = false;
  }

  #succeed(told: string) {
    const { open, form, status, words } = this.#parts!;
    form.hidden = open.hidden = true;
    status.replaceChildren(made("strong", {}, words.done), told);
    status.focus();
    this.dispatchEvent(new CustomEvent("invite-asked", { bubbles: true, composed: true }));
  }

  /** The words, and the way by our own page, which needs nothing of this one; "" takes both away. */
  #fail(words: string, error?: unknown) {
    const { alert, page, email } = this.#parts!;
    const isAddress = error instanceof Fault && error.isAddress;
    alert.textContent = words;
    alert.hidden = !words;
    page.hidden = !words || isAddress;
    page.href = `${this.#server}e/${encodeURIComponent(this.#event)}/invite?${new URLSearchParams(this.#asking)}`;
    email.ariaInvalid = isAddress ? "true" : null;
    if (isAddress) email.focus();
  }
}

function parts(words: ReturnType<typeof wordsOf>) {
  const text = { part: "input", type: "text", maxlength: "320" };
  const email = made("input", { ...text, type: "email", autocomplete: "email", required: "", "aria-describedby": "alert" });
  const name = made("input", { ...text, autocomplete: "name" });
  const send = made("button", { part: "button send" }, words.send);
  const alert = made("p", { part: "error", id: "alert", role: "alert", hidden: "" });
  const page = made("a", { part: "link", target: "_blank", rel: "noopener", hidden: "" }, words.page);
  const form = made(
    "form",
    { part: "form", id: "form", hidden: "" },
    made("label", { part: "label" }, words.email, email),
    made("label", { part: "label" }, words.name, name),
    send,
    alert,
    page,
  );
  const open = made("button", { part: "button", type: "button", "aria-expanded": "false", "aria-controls": "form" }, words.open);
  const status = made("p", { part: "status", role: "status", tabindex: "-1" });
  return { words, open, form, email, name, send, alert, page, status };
}

/** An element from nothing but strings: no HTML is parsed, so that pages with Trusted Types may have it. */
function made<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
}
