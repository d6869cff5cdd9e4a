/** What the forms of sending reckon: channels and times. */

const NAME = /^[a-z0-9][a-z0-9._-]{0,39}$/;

/** The channel that people are counted by: `list`, or `link:<name>` for a name of one's own; null for a bad name. */
export function originOf(name: string): string | null {
  const plain = name.trim().toLowerCase().replace(/\s+/g, "-");
  if (!plain) return "list";
  return NAME.test(plain) ? `link:${plain}` : null;
}

/** The instant of a date and time as the viewer's own clock shows it (`2027-01-12T08:00`); null for none. */
export function instantAt(local: string): string | null {
  const at = new Date(local);
  return local && !Number.isNaN(at.getTime()) ? at.toISOString() : null;
}
