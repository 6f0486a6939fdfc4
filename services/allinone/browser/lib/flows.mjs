// The flows of pages, step by step: what is typed, which button is pressed, and where that is done. A disturbance may do a
// step twice: `once` says of a step that its page is of no more use when it is done.
import assert from "node:assert/strict";
import { call, citizen, deliverLetter, message, messages, password, signIn, signUp as signUpByREST } from "./sandbox.mjs";

const submit = "main form button.button:not(.quiet)";

/**
 * One step: `at` is where, `values` what is typed there.
 * @param {{name: string, at: RegExp|string, values?: object|(() => Promise<object>), button?: string, open?: Function,
 *   once?: boolean, last?: boolean, signedIn?: boolean, login?: string}} options
 */
function step({ values = {}, button = submit, ...rest }) {
  const once = typeof values === "function" ? values : async () => values;
  const what = { button, values: once, ...rest };
  what.do = async (walk) => walk.send(await what.values(), button);
  return what;
}

const startedAt = /^\/sign-up\/[\w-]+\/code$/;

/** A person signs up by phone and gets one message, whatever happens on the way. */
async function signUp(n) {
  const human = await citizen(n);
  const { lastName, firstName, middleName } = human.person;
  const names = { last_name: lastName, first_name: firstName, middle_name: middleName };
  const code = memo(async () => (await message(human.phone, "SMS", (m) => m.code?.length === 6)).code);
  return [
    step({ name: "sign-up", at: "/sign-up", open: (walk) => walk.open("/sign-up"), values: { ...names, phone: human.phone } }),
    step({ name: "code", at: startedAt, values: async () => ({ code: await code() }) }),
    step({ name: "password", at: /\/password$/, once: true, values: { password, password_repeat: password } }),
    end("signed-up", /^\/(signed-up|cabinet\/person)$/, async () => assert.equal((await messages(human.phone)).length, 1, "messages")),
  ];
}

/** A person without a mobile phone signs up by the link of one e-mail. */
async function signUpByEmail(n) {
  const human = await citizen(n);
  const { lastName, firstName } = human.person;
  const link = memo(async () => (await message(human.email, "EMAIL")).text.match(/\/sign-up\/\S+\/link\?token=[\w-]+/)[0]);
  return [
    step({
      name: "sign-up-email", at: "/sign-up", open: (walk) => walk.open("/sign-up"),
      values: { last_name: lastName, first_name: firstName, no_phone: true, email: human.email },
    }),
    step({ name: "link", at: /^\/sign-up\/[\w-]+\/link$/, once: true, open: async (walk) => walk.open(await link()) }),
    step({ name: "password", at: /\/password$/, once: true, values: { password, password_repeat: password } }),
    end("signed-up", /^\/(signed-up|cabinet\/person)$/, async () => assert.equal((await messages(human.email)).length, 1, "messages")),
  ];
}

/** A person signs in and is where they wanted to be. */
async function signInTo(n) {
  const human = await citizen(n);
  await signUpByREST(human);
  return [
    step({
      name: "sign-in", at: "/sign-in", open: (walk) => walk.open("/sign-in?next=/cabinet/data"),
      values: { login: human.phone, password },
    }),
    end("data", "/cabinet/data", (walk) => walk.shows(human.person.lastName)),
  ];
}

/** A person signs in at a partner and agrees to what it asks for. */
async function partner(n) {
  const human = await citizen(n);
  await signUpByREST(human);
  const begin = async (walk) => {
    await walk.open("/demo");
    await walk.press("main form .button");
  };
  return [
    step({ name: "partner-sign-in", at: /^\/interactions\//, open: begin, values: { login: human.phone, password } }),
    step({ name: "consent", at: /^\/interactions\//, once: true, button: "button[value=allow]" }),
    end("partner", "/demo/callback", async () => {}),
  ];
}

/** A person gives their data page by page, and it matches. */
async function person(n) {
  const human = await citizen(n);
  await signUpByREST(human);
  const { person: p, passport } = human;
  const mine = { signedIn: true, login: human.phone };
  const at = (page) => `/cabinet/person/${page}`;
  return [
    step({
      ...mine, name: "birth", at: at("birth"), open: openSignedIn(human, at("birth")),
      values: { gender: p.gender, birth_date: typed(p.birthDate), birth_place: p.birthPlace },
    }),
    step({ ...mine, name: "citizenship", at: at("citizenship"), values: { citizenship: p.citizenship } }),
    step({ ...mine, name: "snils", at: at("snils"), values: { snils: p.snils } }),
    step({
      ...mine, name: "passport", at: at("passport"),
      values: {
        passport_number: `${passport.series} ${passport.number}`, issue_date: typed(passport.issueDate),
        issued_by: passport.issuedBy, issue_code: passport.issueCode,
      },
    }),
    step({ ...mine, name: "person-check", at: "/cabinet/person", button: "main button[value=submit]", once: true }),
    end("verification", /^\/cabinet\/verification\//, (walk) => walk.page.locator(".notice-good").waitFor()),
  ];
}

/** A person of the level standard orders a letter and types its code. */
async function letter(n) {
  const human = await citizen(n);
  await beStandard(human);
  const { address: a } = human;
  const mine = { signedIn: true, login: human.phone };
  const code = memo(async () => (await deliverLetter(human)).code);
  return [
    step({
      ...mine, name: "letter-address", at: "/cabinet/letter/address", open: openSignedIn(human, "/cabinet/letter/address"),
      values: {
        type: a.type, postal_code: a.postalCode, region: a.region, city: a.city, street: a.street, house: a.house, flat: a.flat,
      },
    }),
    step({ ...mine, name: "letter-check", at: "/cabinet/letter/check", once: true }),
    step({ ...mine, name: "letter-code", at: "/cabinet/letter", once: true, values: async () => ({ code: await code() }) }),
    end("confirmed", "/cabinet/confirmed", (walk) => walk.page.locator("main .badge-confirmed").waitFor()),
  ];
}

/** Has the registries confirm a person, by REST. */
async function beStandard(human) {
  await signUpByREST(human);
  const token = await signIn(human.phone);
  const { lastName, firstName, middleName, ...rest } = human.person;
  await call("PATCH", "/v1/me/person", rest, token);
  await call("POST", "/v1/me/documents", human.passport, token);
  await call("POST", "/v1/me/verifications", {}, token);
  for (const until = Date.now() + 30_000; (await call("GET", "/v1/me", null, token)).level !== "STANDARD"; ) {
    assert.ok(Date.now() < until, "the account did not become standard");
    await new Promise((soon) => setTimeout(soon, 200));
  }
}

function openSignedIn(human, path) {
  return async (walk) => {
    await walk.open("/sign-in");
    await walk.signIn(human.phone);
    await walk.open(path);
  };
}

/** A date as people write it. */
function typed(iso) {
  return iso.split("-").reverse().join(".");
}

/** The last page of a flow, with what must be true then. */
function end(name, at, check) {
  return { name, at, last: true, button: submit, values: async () => ({}), do: check };
}

/** Asks once: a message is the same however often a step is done. */
function memo(ask) {
  let answer;
  return () => (answer ??= ask());
}

export const flows = {
  "sign-up": signUp, "sign-up-by-email": signUpByEmail, "sign-in": signInTo, partner, person, letter,
};
