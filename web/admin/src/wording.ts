/** A domain's own phrases, within what it chose for its mails. */
import type { Branding, BrandingBody } from "./api/branding";

type Phrases = Record<string, string>;

/** Those phrases that say something, and something else than usual. */
export function changedOf(usual: Phrases, now: Phrases): Phrases {
  return Object.fromEntries(Object.entries(now).filter(([key, phrase]) => phrase.trim() && phrase !== usual[key]));
}

/** What was chosen, with these phrases for one mail and all else as it is. */
export function withWording(branding: Branding, mail: string, phrases: Phrases): BrandingBody {
  const others = Object.entries(branding.wording ?? {}).filter(([name]) => name !== mail);
  const wording = Object.fromEntries(Object.keys(phrases).length ? [...others, [mail, phrases]] : others);
  return { name: branding.name, color: branding.color, footer: branding.footer, wording, logo: null };
}
