/**
 * How an account knows this browser again. It opens nothing: who has it still needs the password. So it may outlive the tab, and
 * has to outlive sign-outs, or every sign-in is one on a new device, of which the person is told.
 */
const place = "propusk-example-devices";

/** How many people's tokens are sent at most. */
const people = 5;

/** The tokens of the people who have signed in here; undefined: there are none. */
export function deviceToken(): string | undefined {
  return localStorage.getItem(place) ?? undefined;
}

/** Keeps what an account that did not know this browser has answered, in front of the others'. */
export function keepDevice(token: string): void {
  const before = deviceToken()?.split(".") ?? [];
  localStorage.setItem(place, [token, ...before].slice(0, people).join("."));
}
