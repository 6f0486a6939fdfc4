import type { components } from "@propusk-id/client";

/** A sign-in whose password was right, and what is left of it. */
export interface SignIn {
  token: string;
  steps: components["schemas"]["Step"][];
}

/**
 * What survives a reload of the page, and no longer than its tab: a token in localStorage would wait there for every
 * script of the site, for good.
 */
interface Saved {
  /** The sign-up that is under way. */
  registration?: string;
  /** The right to set its password. */
  completion?: { token: string; contact: string };
  /** The sign-in that is under way. */
  signIn?: SignIn;
  /** The token of who is signed in. */
  token?: string;
}

const place = "propusk-example";

export function saved(): Saved {
  return JSON.parse(sessionStorage.getItem(place) ?? "{}") as Saved;
}

/** Keeps this and nothing else. */
export function save(all: Saved): void {
  sessionStorage.setItem(place, JSON.stringify(all));
}
