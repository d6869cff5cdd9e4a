/** Asking for an invite by the public API, with a proof of work where one is needed. */
import { prove } from "./proof";

/** Who asks, and what the page knows of them; `origin` is the channel that the answer counts for. */
export interface Asking {
  email: string;
  name: string;
  origin: string;
  ticket: string;
}

/** What the server does not do, in its own words. `isAddress`: the address is at fault. */
export class Fault extends Error {
  constructor(
    detail: string,
    readonly isAddress = false,
  ) {
    super(detail);
  }
}

interface Told {
  type?: string;
  detail?: string;
  remedy?: string;
  errors?: { pointer?: string }[];
}

/**
 * Ask for the invite to an event; the sentence to show. `server` ends with a slash; `onProof` is called before the
 * second that a proof of work takes. Throws Fault.
 */
export async function ask(server: string, event: string, asking: Asking, onProof: () => void): Promise<string> {
  const base = `${server}api/v1/public/events/${encodeURIComponent(event)}/`;
  let [isDone, told] = await post(base, asking);
  if (told.type === "/problems/challenge-needed") {
    onProof();
    const [isGiven, challenge] = await answered(fetch(`${base}challenge`, QUIET));
    if (!isGiven) throw fault(challenge);
    [isDone, told] = await post(base, { ...asking, altcha: await prove(challenge as never) });
  }
  if (!isDone) throw fault(told);
  return told.detail ?? "";
}

/** No cookie and no address of the page goes along: the server asks for neither. */
const QUIET: RequestInit = { credentials: "omit", referrerPolicy: "no-referrer" };

function post(base: string, body: object): Promise<[boolean, Told]> {
  const headers = { "Content-Type": "application/json" };
  return answered(fetch(`${base}invitations`, { ...QUIET, method: "POST", headers, body: JSON.stringify(body) }));
}

async function answered(answer: Promise<Response>): Promise<[boolean, Told]> {
  const response = await answer;
  return [response.ok, await response.json()];
}

function fault(told: Told): Fault {
  const isAddress = !!told.errors?.some((error) => error.pointer?.endsWith("/email"));
  return new Fault([told.detail, told.remedy].filter(Boolean).join(" "), isAddress);
}
