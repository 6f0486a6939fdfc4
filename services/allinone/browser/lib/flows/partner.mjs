// The way to a partner and back. The partner is the sandbox's, another organisation's site.
import assert from "node:assert/strict";
import { call, citizen, password, signIn, signUp } from "../sandbox.mjs";
import { fillIn, raise } from "../standing.mjs";
import { codeTo, end, has, kept, link, memo, opens, says, signedIn, step, until, wrong } from "../steps.mjs";
import { choose, codePage, followLink, giveEmail, mailedLink, namesOf } from "./signup.mjs";

const here = /^\/interactions\//;
const decided = "the partner has its answer";
const once = "the partner takes an answer once, and shows it once";
const leaving = { session: "whoever leaves need not sign in" };
export const shownOnce = { back: once, tab: once, reload: once, language: once, session: "the partner's page knows no session" };

/** The partner's own page, where a sign-in begins. */
export function begin(asked, rest = {}) {
  return step({
    name: "partner", at: "/demo", open: opens("/demo"), values: asked,
    not: { session: "the partner's page knows no session" }, ...rest,
  });
}

function signInAs(human, rest = {}) {
  return step({ name: "partner-sign-in", at: here, values: { login: human.phone, password }, ...rest });
}

export function consent(human, rest = {}) {
  return step({ name: "consent", at: here, login: human.phone, once: decided, button: "button[value=allow]", ...rest });
}

/** The partner has what it was to get. */
export function received(shows, rest = {}) {
  return end("received", "/demo/callback", shows, { not: { back: once, tab: once }, ...rest });
}

/** The partner is told that it gets nothing, and why. */
function refused(error, description, rest = {}) {
  return step({
    name: "partner-refused", at: "/demo/callback", button: 'main a[href="/demo"]', not: shownOnce,
    shows: async (walk) => {
      const told = new URL(walk.page.url()).searchParams;
      assert.equal(told.get("error"), error);
      if (description) assert.equal(told.get("error_description"), description);
    },
    ...rest,
  });
}

/** Signs in at the second try, and agrees. */
async function agree(n) {
  const human = await citizen(n);
  await signUp(human);
  const typed = { login: human.phone, password: "not the password" };
  return [
    begin({}),
    signInAs(human, { values: typed, unsaved: kept }),
    signInAs(human, { name: "partner-sign-in-wrong", shows: wrong(typed) }),
    consent(human, { shows: says(human.person.lastName) }),
    received(says(human.person.lastName)),
  ];
}

/** Keeps back what is voluntary: the address. */
async function keepBack(n) {
  const human = await citizen(n);
  await signUp(human);
  await call("POST", "/v1/me/addresses", human.address, await signIn(human.phone));
  return [
    begin({ scope: ["profile", "phone", "address"] }),
    signInAs(human),
    consent(human, { shows: says(human.address.city), values: { give_address: false } }),
    received(async (walk) => {
      await walk.shows(human.phone);
      assert.ok(!(await walk.text()).includes(human.address.postalCode), "the partner got what was kept back");
    }),
  ];
}

/** Signs up on the way, by phone, and is led back. */
async function signUpByPhone(n) {
  const human = await citizen(n);
  return [
    begin({}),
    step({ name: "partner-sign-in", at: here, button: 'main a[href^="/sign-up"]' }),
    step({ name: "sign-up", at: "/sign-up", values: { ...namesOf(human), phone: human.phone } }),
    step({ name: "code", at: codePage, values: memo(codeTo(human.phone)) }),
    choose(),
    goOn(human.phone),
    consent(human),
    received(says(human.person.lastName)),
  ];
}

/** Signs up on the way, by the link of an email, and is led back. */
async function signUpByEmail(n) {
  const human = await citizen(n);
  return [
    begin({}),
    step({ name: "partner-sign-in", at: here, button: 'main a[href^="/sign-up"]' }),
    giveEmail(human),
    followLink(mailedLink(human)),
    choose(),
    goOn(human.email),
    consent({ phone: human.email }),
    received(says(human.person.lastName)),
  ];
}

/** The account is made, and the partner waits. */
function goOn(login) {
  return step({ name: "signed-up-for-partner", at: "/signed-up", login, button: 'main a[href^="/interactions/"]' });
}

/** The level is too low: the request waits for it, and once it is reached the partner is gone on to from our own pages. */
async function raiseTheLevel(n) {
  const human = await citizen(n);
  const token = await fillIn(human);
  return [
    begin({ acr: "standard" }),
    signInAs(human),
    step({ name: "level-too-low", at: here, login: human.phone, button: 'main a[href="/cabinet"].button' }),
    link("cabinet-held", "/cabinet", "/cabinet/person", {
      login: human.phone, shows: has('li[id^="held-"]'),
    }),
    step({
      name: "partner-held", at: /^\/partners\/[\w-]+$/, login: human.phone, button: 'main a[href="/cabinet"]',
      open: async (walk) => {
        await walk.open("/cabinet");
        const id = await walk.page.locator('li[id^="held-"]').getAttribute("id");
        await walk.open(id.replace("held-", "/partners/"));
      },
    }),
    step({
      name: "partners-reached", at: "/partners", login: human.phone, button: 'li[id^="held-"] a.button',
      open: async (walk) => {
        await raise(token);
        await until(walk, "/partners", 'li[id^="held-"] a.button');
      },
    }),
    consent(human),
    received(has("#demo-acr.acr-standard")),
  ];
}

/** The level is too low, and the person gives up: at the partner, and what waits for the level. */
async function giveUpTheLevel(n) {
  const human = await citizen(n);
  await signUp(human);
  return [
    begin({ acr: "confirmed" }),
    signInAs(human),
    step({ name: "level-too-low", at: here, once: decided, button: "main button[value=deny]", not: leaving }),
    refused("unmet_authentication_requirements"),
    step({
      name: "partners", at: "/partners", login: human.phone, open: opens("/partners"), once: "nothing waits any more",
      shows: has('li[id^="held-"]'), button: 'li[id^="held-"] button[value=give_up]',
    }),
    link("partners-none", "/partners", "/cabinet", { login: human.phone }),
    end("cabinet", "/cabinet", has(".next")),
  ];
}

/** Refuses to hand the data over. */
async function refuse(n) {
  const human = await citizen(n);
  await signUp(human);
  return [
    begin({}, { open: signedIn(human, "/demo") }),
    consent(human, { name: "consent-refused", button: "button[value=deny]", not: leaving }),
    refused("access_denied"),
    end("partner", "/demo", has("main h1")),
  ];
}

/** Leaves the sign-in, which is another thing than refusing. */
async function cancel() {
  return [
    begin({}),
    step({ name: "partner-sign-in-left", at: here, once: decided, button: "main button[value=deny]" }),
    refused("access_denied", "the person cancelled the sign-in"),
    end("partner", "/demo", has("main h1")),
  ];
}

/** Somebody else is signed in at this computer: the partner asks which account it is to be, and another signs in. */
async function useAnotherAccount(n) {
  const [first, human] = [await citizen(n), await citizen(n + 300_000)];
  await signUp(first);
  await signUp(human);
  const mine = { login: first.phone, not: { session: "whoever signs in has chosen an account" } };
  return [
    begin({ choose: true }, { open: signedIn(first, "/demo") }),
    step({
      ...mine, name: "account-choice", at: here, shows: says(first.person.lastName), button: 'main a[href*="account=other"]',
    }),
    step({ ...mine, name: "another-account", at: here, button: 'main .notice a[href^="/interactions/"]' }),
    step({ ...mine, name: "account-stay", at: here, button: 'main a[href*="account=other"]' }),
    signInAs(human, {
      name: "another-account-signs-in",
      not: { tab: "a sign-in renews the token of forms, and the other tab's comes back without the password" },
    }),
    consent(human, { shows: says(human.person.lastName) }),
    received(says(human.person.lastName)),
  ];
}

/** The account that is signed in is chosen, and its password is asked for again. */
async function proveAgain(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  return [
    begin({ choose: true }, { open: signedIn(human, "/demo") }),
    step({ ...mine, name: "account-choice", at: here, button: "button[value=choose]" }),
    consent(human),
    received(says(human.person.lastName), { last: false, button: 'main a[href="/demo"]', not: shownOnce }),
    begin({ again: true, choose: false, consent: true }, { name: "partner-again", open: undefined }),
    step({
      ...mine, name: "partner-reauthenticate", at: here, values: { password: "not the password" },
      not: { session: "whoever signs in has proven the password again" },
    }),
    step({ ...mine, name: "partner-reauthenticate-wrong", at: here, shows: wrong({}, "password"), values: { password } }),
    consent(human),
    received(says(human.person.lastName)),
  ];
}

/** The sign-in that was begun here has run out: the page names the partner, and leads to where one begins again. */
async function runOut() {
  const twin = "0190f8a0-0000-7000-8000-000000000009";
  return [
    begin({}),
    step({
      name: "interaction-over", at: `/interactions/${twin}`, error: true, button: 'main a[href$="/demo"]',
      open: async (walk) => {
        const context = walk.page.context();
        const begun = (await context.cookies()).find((c) => /interaction-/.test(c.name));
        await context.addCookies([{ ...begun, name: begun.name.replace(/interaction-.*/, `interaction-${twin}`) }]);
        await walk.open(`/interactions/${twin}`);
      },
      shows: (walk) => walk.shows(walk.lang === "ru" ? "Поликлиника на Садовой" : "Sadovaya Street Clinic"),
    }),
    end("partner", "/demo", has("main h1")),
  ];
}

const nobody = { session: "nobody is signed in" };

export const partners = {
  partner: { steps: agree },
  "partner-voluntary": { steps: keepBack },
  "partner-sign-up": { steps: signUpByPhone },
  "partner-sign-up-by-email": { steps: signUpByEmail },
  "partner-level": { steps: raiseTheLevel },
  "partner-level-given-up": { steps: giveUpTheLevel },
  "partner-refused": { steps: refuse },
  "partner-cancelled": { not: nobody, steps: cancel },
  "partner-another-account": { steps: useAnotherAccount },
  "partner-proven-again": { steps: proveAgain },
  "partner-run-out": { not: nobody, steps: runOut },
};
