/** Proofs of work in ALTCHA's second format: a counter for which PBKDF2 of nonce and counter begins with a prefix. */

export interface Challenge {
  parameters: { algorithm: string; nonce: string; salt: string; cost: number; keyLength: number; keyPrefix: string };
  signature: string;
}

/** Tries at once. Web Crypto works outside of the page's own thread, so the page stays quick. */
const AT_ONCE = 8;
/**
 * The solution in Base64, as the API takes it. Throws where the page has no Web Crypto (no HTTPS) or none is found.
 * A prefix of one octet takes 256 tries on average; `most` are too few for one challenge in 10^16.
 */
export async function prove(challenge: Challenge, most = 10_000): Promise<string> {
  for (let counter = 0; counter < most; counter += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, (_, n) => derived(challenge, counter + n));
    const keys = await Promise.all(tries);
    const at = keys.findIndex((key) => key.startsWith(challenge.parameters.keyPrefix));
    if (at >= 0) return btoa(JSON.stringify({ challenge, solution: { counter: counter + at, derivedKey: keys[at] } }));
  }
  throw new Error("no solution");
}

async function derived({ parameters: told }: Challenge, counter: number): Promise<string> {
  const nonce = octets(told.nonce);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const way = { name: "PBKDF2", hash: told.algorithm.slice(7), salt: octets(told.salt), iterations: told.cost };
  return hex(await crypto.subtle.deriveBits(way, key, told.keyLength * 8));
}

const octets = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));
const hex = (bits: ArrayBuffer) => Array.from(new Uint8Array(bits), (octet) => octet.toString(16).padStart(2, "0")).join("");
