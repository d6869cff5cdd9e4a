/** The way to the sign-in page, and back to where somebody was when their session ended. */

const KEPT = "invited.back";
const MINUTES = 30;

/** Leave for the sign-in page; whoever signs in there within half an hour comes back to this page. */
export function signIn(): void {
  const back = { path: location.pathname + location.search, until: Date.now() + MINUTES * 60_000 };
  localStorage.setItem(KEPT, JSON.stringify(back));
  location.assign("/sign-in");
}

/** The page somebody had left to sign in, told once; null where there is none. */
export function wayBack(now = Date.now()): string | null {
  const kept = localStorage.getItem(KEPT);
  localStorage.removeItem(KEPT);
  const back = kept ? (JSON.parse(kept) as { path: string; until: number }) : null;
  return back && back.until > now && /^\/(app|admin)(\/|$)/.test(back.path) ? back.path : null;
}

/** End this browser's session. */
export async function signOut(): Promise<void> {
  await fetch("/sign-out", { method: "POST", credentials: "same-origin", redirect: "manual" });
  location.assign("/sign-in");
}
