// The way back into an account.
import { call, citizen, message, signIn, signUp } from "../sandbox.mjs";
import { end, has, kept, link, memo, opens, step, wrong } from "../steps.mjs";

const start = "/recover";
const stepPage = "/recover/step";
const nobody = { session: "nobody is signed in" };

/** The code of a recovery that came to a contact. */
function codeFor(to, channel) {
  const fits = (m) => m.code?.length === 6 && /доступ|recover/.test(m.text);
  return memo(async () => ({ code: (await message(to, channel, fits)).code }));
}

/** Recovers a simplified account by both contacts, at the second try. */
async function byBoth(n) {
  const human = await citizen(n);
  await signUp(human);
  const token = await signIn(human.phone);
  const { id } = await call("POST", "/v1/me/contacts", { kind: "EMAIL", value: human.email }, token);
  const { code } = await message(human.email, "EMAIL", (m) => m.code?.length === 6);
  await call("POST", `/v1/me/contacts/${id}:verifyCode`, { code }, token);
  const fresh = "Osen-9-Reki_den!";
  const values = { password: fresh, password_repeat: fresh };
  return [
    link("forgot", "/sign-in", start, { open: opens("/sign-in") }),
    step({ name: "recover", at: start, values: { recovery_login: "12" }, unsaved: kept }),
    step({
      name: "recover-wrong", at: start, shows: wrong({ recovery_login: "12" }, "recovery_login"),
      values: { recovery_login: human.phone },
    }),
    step({ name: "recover-phone", at: stepPage, once: "the phone is proven", values: codeFor(human.phone, "SMS") }),
    step({ name: "recover-email", at: stepPage, once: "the email address is proven", values: codeFor(human.email, "EMAIL") }),
    step({ name: "recover-password", at: "/recover/password", values: { ...values, password_repeat: "another one" } }),
    step({
      name: "recover-password-wrong", at: "/recover/password", shows: wrong({}, "password_repeat"), values,
      once: "the password is set",
    }),
    end("recovered", "/recover/done", has('main a[href="/sign-in"]')),
  ];
}

/** Has a phone only, and waits. */
async function byWaiting(n) {
  const human = await citizen(n);
  await signUp(human);
  return [
    step({ name: "recover-one", at: start, open: opens(start), values: { recovery_login: human.phone } }),
    step({ name: "recover-one-code", at: stepPage, once: "the phone is proven", values: codeFor(human.phone, "SMS") }),
    step({ name: "recover-can-wait", at: stepPage, button: 'main button[value="wait"]', once: "the wait has begun" }),
    end("recover-wait", "/recover/wait", has("main .lead")),
  ];
}

/** Opens a link that stops nothing, and has nothing left to recover by. */
function inVain() {
  return [
    step({ name: "recover-cancel", at: "/recover/cancel", open: opens(`/recover/cancel?token=${"A".repeat(43)}`) }),
    link("recover-cancel-dead", "/recover/cancel", start, { shows: has(".summary") }),
    link("recover-again", start, "/recover/lost"),
    end("recover-lost", "/recover/lost", has("main ul")),
  ];
}

export const waysBack = {
  recover: { not: nobody, steps: byBoth },
  "recover-wait": { not: nobody, steps: byWaiting },
  "recover-cancel": { not: nobody, steps: inVain },
};
