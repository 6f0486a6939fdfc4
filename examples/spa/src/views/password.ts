import { ProblemError, read } from "@propusk-id/client";
import { api } from "../api.js";
import { form } from "../form.js";
import { keepSignIn } from "../signedIn.js";
import type { Next, View } from "../view.js";

/** The password, and with it the account: who has just chosen it is signed in with it. */
export function passwordView(id: string, { token, contact }: { token: string; contact: string }, next: Next): View {
  const sheet = form([
    {
      name: "password", label: "Password", type: "password", autocomplete: "new-password",
      hint: "Long, and not made of your name or phone.",
    },
  ], "Create the account", async ({ password }, key) => {
    await read(api.POST("/v1/registrations/{registrationId}:complete", {
      params: { path: { registrationId: id }, header: { "Idempotency-Key": key } }, body: { completionToken: token, password },
    }));
    await signIn(contact, password);
    await next();
  });
  return { title: "Choose a password", content: [sheet] };
}

/** The account is made, whatever comes of this: who is refused here signs in on the next page. */
async function signIn(login: string, password: string): Promise<void> {
  try {
    keepSignIn(await read(api.POST("/v1/sessions", { body: { login, password } })));
  } catch (failure) {
    if (!(failure instanceof ProblemError)) throw failure;
  }
}
