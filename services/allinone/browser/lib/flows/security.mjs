// What opens an account: contacts and the password.
import { call, citizen, message, password, signIn, signUp } from "../sandbox.mjs";
import { end, has, kept, link, memo, opens, says, signedIn, step, wrong } from "../steps.mjs";

const security = "/cabinet/security";
const codePage = /^\/cabinet\/security\/contacts\/[\w-]+$/;
const nobody = { session: "nobody is signed in" };

/** The code that came to a contact. */
function codeFor(to, channel) {
  return memo(async () => ({ code: (await message(to, channel, (m) => m.code?.length === 6)).code }));
}

/** Adds an email address at the second try, and removes it again. */
async function addAndRemove(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  const add = `${security}/contact`;
  return [
    link("security", security, `${add}?kind=EMAIL`, { ...mine, open: signedIn(human, security) }),
    step({ ...mine, name: "contact", at: add, values: { email: "anna" }, unsaved: kept }),
    step({ ...mine, name: "contact-wrong", at: add, shows: wrong({ email: "anna" }, "email"), values: { email: human.email } }),
    step({
      ...mine, name: "contact-code", at: codePage, values: codeFor(human.email, "EMAIL"), once: "the contact is proven",
    }),
    step({
      ...mine, name: "security-both", at: security, shows: says(human.email),
      button: `main section[aria-label*="${human.email}"] a[href$="/remove"]`,
    }),
    step({ ...mine, name: "contact-remove", at: /\/remove$/, once: "the contact is removed" }),
    end("security-one", security, has(`main a[href="${add}?kind=EMAIL"]`)),
  ];
}

/** Changes the password at the second try. */
async function changePassword(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  const fresh = "Osen-9-Reki_den!";
  const at = `${security}/password`;
  const values = { current_password: password, password: fresh, password_repeat: fresh };
  return [
    link("security-password", security, at, { ...mine, open: signedIn(human, security) }),
    step({ ...mine, name: "password-change", at, values: { ...values, password_repeat: "another one" } }),
    step({
      ...mine, name: "password-change-wrong", at, shows: wrong({}, "password_repeat"), values, once: "the password is changed",
      not: {
        session: "who signs in again after it has the old password no more", tab: "the present password is the old one by then",
      },
    }),
    end("security-changed", security, has(".notice-good")),
  ];
}

/** Invites a trusted contact at the second try, and withdraws that. */
async function trust(n) {
  const human = await citizen(n);
  const other = await citizen(n + 500_000);
  await signUp(human);
  const mine = { login: human.phone };
  const at = `${security}/trusted`;
  return [
    link("security-trusted", security, at, { ...mine, open: signedIn(human, security) }),
    step({ ...mine, name: "trusted", at, values: { trusted_login: "12" }, unsaved: kept }),
    step({
      ...mine, name: "trusted-wrong", at, shows: wrong({ trusted_login: "12" }, "trusted_login"), values: { trusted_login: other.phone },
      once: "the invitation is sent",
    }),
    step({ ...mine, name: "trusted-invited", at, shows: says(other.phone.slice(-2)), button: "main form button.quiet", once: "it is withdrawn" }),
    end("trusted-nobody", at, has("[name=trusted_login]")),
  ];
}

/** Opens a link that stops nothing. */
function cancelInVain() {
  return [
    step({ name: "contact-cancel", at: "/contacts/cancel", open: opens(`/contacts/cancel?token=${"A".repeat(43)}`) }),
    link("contact-cancel-dead", "/contacts/cancel", security, { shows: has(".summary") }),
    end("sign-in-to-look", "/sign-in", has("#login")),
  ];
}

/** Has a number that is somebody else's account's, and begins to release it. */
async function release(n) {
  const human = await citizen(n);
  await signUp(human);
  const token = await signIn(human.phone);
  const { id } = await call("POST", "/v1/me/contacts", { kind: "EMAIL", value: human.email }, token);
  await call("POST", `/v1/me/contacts/${id}:verifyCode`, await codeFor(human.email, "EMAIL")(), token);
  const fits = (m) => m.code?.length === 6 && !/регистрац|signing up/.test(m.text);
  return [
    link("help-release", "/help/number", "/contacts/claim", { open: opens("/help/number") }),
    step({ name: "claim", at: "/contacts/claim", values: { phone: "12" }, unsaved: kept }),
    step({ name: "claim-wrong", at: "/contacts/claim", shows: wrong({ phone: "12" }, "phone"), values: { phone: human.phone } }),
    step({
      name: "claim-code", at: "/contacts/claim/code", once: "the number is proven",
      values: memo(async () => ({ code: (await message(human.phone, "SMS", fits)).code })),
    }),
    end("claim-wait", "/contacts/claim/wait", has("main .lead")),
  ];
}

export const locks = {
  contacts: { steps: addAndRemove },
  password: { steps: changePassword },
  "trusted-contact": { steps: trust },
  "contact-cancel": { not: nobody, steps: cancelInVain },
  "contact-claim": { not: nobody, steps: release },
};
