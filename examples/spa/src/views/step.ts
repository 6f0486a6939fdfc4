import { type components, newIdempotencyKey, ProblemError, read } from "@propusk-id/client";
import { api } from "../api.js";
import { button, element } from "../dom.js";
import { form, isRefused, wordsOf } from "../form.js";
import type { SignIn } from "../saved.js";
import { keepSignIn } from "../signedIn.js";
import type { Next, View } from "../view.js";

type Step = components["schemas"]["Step"];

/** What asks for the code of a step. A passkey is not among them: it belongs to the installation's host, and this page is on another. */
const labels: Partial<Record<Step["kind"], string>> = {
  SMS_CODE: "Code from the text message",
  TOTP: "Code from your authenticator app",
  BACKUP_CODE: "Backup code",
};

/** One of the ways to prove who it is beside the password. The others are offered below it. */
export function stepView(signIn: SignIn, next: Next, startAgain: (why?: string) => void, chosen?: string): View {
  const possible = signIn.steps.filter(({ kind }) => labels[kind] !== undefined);
  const step = possible.find(({ stepId }) => stepId === chosen) ?? possible[0];
  if (step === undefined) return unknown(startAgain);
  const sheet = form([
    { name: "code", label: labels[step.kind] ?? "Code", autocomplete: "one-time-code" },
  ], "Continue", async ({ code }, key) => {
    try {
      keepSignIn(await read(api.POST("/v1/sessions:completeStep", {
        params: { header: { "Idempotency-Key": key } }, body: { signInToken: signIn.token, stepId: step.stepId, code },
      })));
    } catch (failure) {
      if (!isOver(failure)) throw failure;
      startAgain(wordsOf(failure));
      return;
    }
    await next();
  });
  const view = element("div", {});
  const choose = (id: string) => view.replaceChildren(...stepView(signIn, next, startAgain, id).content);
  const others = possible.filter((other) => other !== step).map(({ kind, stepId }) => button(`Use: ${labels[kind]}`, () => choose(stepId)));
  view.append(...(step.kind === "SMS_CODE" ? [sending(signIn, step)] : []), sheet, ...others);
  return { title: "Confirm that it is you", content: [view] };
}

/** A passkey alone is left, or a way that came after this page was written. */
function unknown(startAgain: () => void): View {
  return {
    title: "Sign in on the site of your account",
    content: [element("p", {}, "You have chosen a way to sign in that works there only."), button("Back", startAgain)],
  };
}

/** Whether no proof helps this sign-in any more. */
function isOver(failure: unknown): boolean {
  return failure instanceof ProblemError && failure.code === "SIGN_IN_EXPIRED";
}

/** No code is sent before the person asks for one: there may be a quicker way. */
function sending({ token }: SignIn, { stepId, destination }: Step): HTMLElement {
  const note = element("p", { role: "status" });
  let key = newIdempotencyKey();
  const send = button(`Send a code to ${destination ?? "your phone"}`, async () => {
    try {
      await read(api.POST("/v1/sessions:sendCode", {
        params: { header: { "Idempotency-Key": key } }, body: { signInToken: token, stepId },
      }));
      key = newIdempotencyKey();
      note.textContent = "We have sent the code.";
    } catch (failure) {
      if (isRefused(failure)) key = newIdempotencyKey();
      note.textContent = wordsOf(failure);
    }
  });
  return element("div", {}, send, note);
}
