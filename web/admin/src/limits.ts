/** A limit as it is typed. */

const MOST = 1_000_000_000;

/** The number that stands there, null for none of one's own; undefined for what is no limit. */
export function limitOf(text: string): number | null | undefined {
  const plain = text.replace(/[\s.,'’]/g, "");
  if (!plain) return null;
  return /^\d+$/.test(plain) && Number(plain) <= MOST ? Number(plain) : undefined;
}
