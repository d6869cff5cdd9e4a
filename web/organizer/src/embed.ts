/** The code that puts a button on a page, or a link into a newsletter: docs/embed.md. */

/** What an organizer chooses for their button. */
export interface Button {
  label: string;
  accent: string;
  onAccent: string;
  radius: number;
  origin: string;
}

/** The tools whose merge tags are known, and what they fill in. */
export const TOOLS = {
  mailchimp: "email=*|EMAIL|*&name=*|FNAME|*",
  klaviyo: "email={{ email|urlencode }}&name={{ first_name|default:''|urlencode }}",
  sendgrid: "email={{email}}&name={{first_name}}",
  hubspot: "email={{ contact.email|urlencode }}&name={{ contact.firstname|urlencode }}",
} as const;
export type Tool = keyof typeof TOOLS;

/** The page on which anybody asks for an invite; `page` is the event's public page. */
export function invitePage(page: string, origin: string): string {
  return `${page}/invite?origin=${encodeURIComponent(origin).replaceAll("%3A", ":")}`;
}

/** The element, its script and, inside, the link for readers without script; the server is that of `page`. */
export function elementCode(event: string, page: string, button: Button): string {
  const origin = button.origin === "button" ? "" : ` data-origin="${escaped(button.origin)}"`;
  return [
    `<script type="module" src="${new URL(page).origin}/button.js"></script>`,
    `<style>invite-button { --invite-accent: ${button.accent}; --invite-on-accent: ${button.onAccent}; --invite-radius: ${button.radius}px; }</style>`,
    "",
    `<invite-button event="${escaped(event)}"${origin}>`,
    `  ${linkCode(page, button.origin, button.label)}`,
    "</invite-button>",
  ].join("\n");
}

/** A link that needs nothing of the page it stands on. */
export function linkCode(page: string, origin: string, label: string): string {
  return `<a href="${escaped(invitePage(page, origin))}">${escaped(label)}</a>`;
}

/** The address behind a button of a mailing, which the tool fills in for each reader. */
export function mailingLink(page: string, tool: Tool): string {
  return `${invitePage(page, `link:${tool}`)}&${TOOLS[tool]}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
