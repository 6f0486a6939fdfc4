import type { components } from "@propusk-id/client";
import { keepDevice } from "./device.js";
import { save } from "./saved.js";

/** Keeps what a sign-in was answered: a session, or the steps that are left. */
export function keepSignIn({ token, deviceToken, signInToken, steps }: components["schemas"]["Session"]): void {
  if (deviceToken !== undefined) keepDevice(deviceToken);
  if (token !== undefined) save({ token });
  else if (signInToken !== undefined) save({ signIn: { token: signInToken, steps: steps ?? [] } });
}
