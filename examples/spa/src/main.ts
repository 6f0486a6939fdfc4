// The page: after every step the service is asked where things stand, so a reload, or another device, goes on from there.
import { type components, ProblemError, read } from "@propusk-id/client";
import { api } from "./api.js";
import { button, element } from "./dom.js";
import { save, saved } from "./saved.js";
import type { View } from "./view.js";
import { checkView } from "./views/check.js";
import { codeView } from "./views/code.js";
import { confirmedView } from "./views/confirmed.js";
import { detailsView } from "./views/details.js";
import { letterView } from "./views/letter.js";
import { letterCodeView } from "./views/letterCode.js";
import { passwordView } from "./views/password.js";
import { signInView } from "./views/signIn.js";
import { signUpView } from "./views/signUp.js";
import { stepView } from "./views/step.js";

type LetterState = components["schemas"]["LetterState"];

/** A letter in one of these states cannot be used any more. */
const spent: readonly LetterState[] = ["RETURNED", "VOIDED", "REDEEMED", "LETTER_EXPIRED"];

let shown: View | undefined;

/** Shows the next step. */
async function next(): Promise<void> {
  show(await choose().catch(failed));
}

function show(view: View): void {
  shown?.leave?.();
  shown = view;
  document.title = `${view.title} — Example`;
  const heading = element("h1", { tabindex: "-1" }, view.title);
  document.getElementById("main")?.replaceChildren(heading, ...view.content);
  document.getElementById("account")?.replaceChildren(...(saved().token === undefined ? [] : [button("Sign out", signOut)]));
  heading.focus();
}

function choose(): Promise<View> {
  const { token, registration, signIn } = saved();
  if (token !== undefined) return signedIn();
  if (signIn !== undefined) return Promise.resolve(stepView(signIn, next, toSignIn));
  return registration === undefined ? Promise.resolve(signUpView(next, toSignIn)) : signingUp(registration);
}

async function signingUp(id: string): Promise<View> {
  const registration = await read(api.GET("/v1/registrations/{registrationId}", { params: { path: { registrationId: id } } }));
  const { completion } = saved();
  switch (registration.state) {
    case "CODE_SENT":
      return codeView(registration, next, toSignIn);
    case "CONTACT_VERIFIED":
      return completion === undefined ? startAgain() : passwordView(id, completion, next);
    case "COMPLETED":
      return signInView(next, "Your account is ready. Sign in to go on.");
    default:
      return startAgain();
  }
}

function startAgain(): View {
  save({});
  return signUpView(next, toSignIn);
}

async function signedIn(): Promise<View> {
  const me = await read(api.GET("/v1/me"));
  switch (me.level) {
    case "CONFIRMED":
      return confirmedView(me);
    case "STANDARD": {
      const { letterOrders } = await read(api.GET("/v1/me/letterOrders"));
      const letter = letterOrders.find(({ state }) => !spent.includes(state));
      return letter === undefined ? letterView(next) : letterCodeView(letter, next);
    }
    default: {
      const { verifications } = await read(api.GET("/v1/me/verifications"));
      const last = verifications[0];
      if (last?.state === "MATCHED") return signedIn(); // the level has risen since it was read
      return last?.state === "PENDING" ? checkView(last, next) : detailsView(last, next);
    }
  }
}

function toSignIn(why?: string): void {
  save({});
  show(signInView(next, why));
}

async function signOut(): Promise<void> {
  await read(api.DELETE("/v1/sessions/current")).catch(() => undefined); // it ends by itself
  save({});
  await next();
}

/** The view for what could not be shown. */
function failed(failure: unknown): View {
  if (failure instanceof ProblemError && failure.status === 401) {
    save({});
    return signInView(next, "Sign in again to go on: the session has ended.");
  }
  if (failure instanceof ProblemError && failure.code === "REGISTRATION_NOT_FOUND") return startAgain();
  console.error(failure);
  const words = failure instanceof ProblemError ? failure.message : "We could not reach the service.";
  return { title: "Something went wrong", content: [element("p", {}, words), button("Try again", next)] };
}

await next();
