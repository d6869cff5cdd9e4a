/** The custom element <invite-button event="…">, for any page: docs/embed.md. */
import { InviteButton } from "./element";

if (!customElements.get("invite-button")) customElements.define("invite-button", InviteButton);
