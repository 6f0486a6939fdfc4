// A person's data and what the registries say about it.
import { citizen, contactsOf, signUp } from "../sandbox.mjs";
import { beStandard, judged, submit, variant } from "../standing.mjs";
import { codeTo, comeBack, end, filled, has, kept, left, link, memo, opens, signedIn, step, typedDate, wrong } from "../steps.mjs";
import { choose, codePage, namesOf } from "./signup.mjs";

const at = (page) => `/cabinet/person/${page}`;
const checkPage = /^\/cabinet\/verification\//;
const asked = "the registries are asked";

function birthOf({ person: p }) {
  return { gender: p.gender, birth_date: typedDate(p.birthDate), birth_place: p.birthPlace };
}

function passportOf({ passport: p }) {
  return {
    passport_number: `${p.series} ${p.number}`, issue_date: typedDate(p.issueDate), issued_by: p.issuedBy, issue_code: p.issueCode,
  };
}

/** Gives everything page by page, with a slip, changes a name, and the registries confirm it. */
async function give(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  const slip = { ...birthOf(human), birth_date: "31.02.2003" };
  return [
    link("person", "/cabinet/person", at("birth"), { ...mine, open: signedIn(human, "/cabinet/person") }),
    step({ ...mine, name: "birth", at: at("birth"), values: slip, unsaved: kept }),
    step({ ...mine, name: "birth-wrong", at: at("birth"), shows: wrong(slip, "birth_date"), values: birthOf(human) }),
    step({ ...mine, name: "citizenship", at: at("citizenship"), values: { citizenship: "RUS" } }),
    step({ ...mine, name: "snils", at: at("snils"), values: { snils: human.person.snils } }),
    step({ ...mine, name: "passport", at: at("passport"), values: passportOf(human) }),
    step({ ...mine, name: "person-check", at: "/cabinet/person", button: 'main a[href*="/names?change"]' }),
    step({ ...mine, name: "names", at: at("names"), values: namesOf(human) }),
    step({ ...mine, name: "person-send", at: "/cabinet/person", button: "main button[value=submit]", once: asked }),
    step({
      ...mine, name: "verification", at: checkPage, shows: has(".notice-good"), button: 'main a[href="/cabinet/letter"]',
    }),
    end("letter", "/cabinet/letter", has("main h1")),
  ];
}

/** A citizen of another country is told what is possible, and may have chosen the wrong country. */
async function beForeign(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  return [
    step({
      ...mine, name: "citizenship", at: at("citizenship"), open: signedIn(human, at("citizenship")), values: { citizenship: "KAZ" },
    }),
    step({ ...mine, name: "foreign", at: at("foreign"), button: 'main a[href^="/cabinet/person/citizenship"]' }),
    step({
      ...mine, name: "citizenship-change", at: at("citizenship"), shows: filled({ citizenship: "KAZ" }),
      values: { citizenship: "RUS" },
    }),
    end("person", "/cabinet/person", has('main a[href="/cabinet/person/birth"]')),
  ];
}

/** Stops in the middle of a page, and comes back to it; what cannot be saved yet is there, until it is given up. */
async function stop(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  const half = { gender: human.person.gender, birth_date: "31.0", birth_place: human.person.birthPlace };
  const page = at("birth");
  return [
    step({ ...mine, name: "birth-half", at: page, open: signedIn(human, page), values: half, button: "main button[value=later]" }),
    step({
      ...mine, name: "cabinet-saved", at: "/cabinet", shows: has(".banner"),
      button: 'main a[href="/cabinet/person"]',
    }),
    link("person", "/cabinet/person", page, mine),
    step({ ...mine, name: "birth-draft", at: page, shows: comeBack(half), button: "#note button", once: "the draft is given up" }),
    end("birth", page, filled({ birth_date: "", birth_place: "" })),
  ];
}

/** What the registries know differs: the way leads to the field and back, and then they confirm it. */
async function correct(n) {
  const human = await variant("name_differs", n);
  const check = await submit(human);
  await judged(human, check);
  const mine = { login: human.phone };
  const right = { ...namesOf(human), last_name: "Другова" };
  const toNames = 'main .notice-warn a[href^="/cabinet/person/names"]';
  return [
    step({
      ...mine, name: "verification-differs", at: checkPage, open: signedIn(human, `/cabinet/verification/${check}`),
      shows: has(toNames), button: toNames,
    }),
    step({ ...mine, name: "names-doubted", at: at("names"), shows: has("#last_name-hint"), values: right }),
    step({ ...mine, name: "person-corrected", at: "/cabinet/person", button: "main button[value=submit]", once: asked }),
    end("verification", checkPage, has(".notice-good")),
  ];
}

/** A registry does not answer: the person may leave, and sees everywhere that it is being waited for. */
async function wait(n) {
  const human = await variant("pfr_timeout", n);
  const check = await submit(human);
  const mine = { login: human.phone };
  return [
    link("verification-pending", checkPage, "/cabinet", {
      ...mine, open: signedIn(human, `/cabinet/verification/${check}`), shows: has(".tag-wait"),
    }),
    link("cabinet-pending", "/cabinet", `/cabinet/verification/${check}`, mine),
    link("person-pending", "/cabinet/person", `/cabinet/verification/${check}`, { ...mine, open: opens("/cabinet/person") }),
    end("verification", checkPage, has(".tag-wait")),
  ];
}

/** The records say that the person is deceased: the page says where that is put right, and asks once more. */
async function beDeceased(n) {
  const human = await variant("deceased", n);
  const check = await submit(human);
  await judged(human, check);
  const mine = { login: human.phone };
  return [
    link("cabinet-deceased", "/cabinet", `/cabinet/verification/${check}`, { ...mine, open: signedIn(human, "/cabinet") }),
    step({
      ...mine, name: "verification-deceased", at: checkPage, shows: has("main .notice-warn ol"), button: "button[value=restart]",
      once: asked,
    }),
    end("verification-again", checkPage, has("main .notice-warn ol")),
  ];
}

/** The person has an account already: the page leads to its sign-in. */
async function beTwice(n) {
  const human = await citizen(n);
  await beStandard({ ...human, ...contactsOf(n + 400_000) });
  const check = await submit(human);
  await judged(human, check);
  const mine = { login: human.phone };
  return [
    step({
      ...mine, name: "verification-duplicate", at: checkPage, open: signedIn(human, `/cabinet/verification/${check}`),
      shows: has('main a[href="/help/duplicate"]'), button: 'main a[href^="/sign-out"]', not: left,
    }),
    step({ ...mine, name: "sign-out", at: "/sign-out", once: "the session has ended", not: left }),
    end("sign-in", "/sign-in", has("#login")),
  ];
}

/** The sandbox fills every page in for a person of its list, from the phone on. */
async function beFilledIn(n) {
  const human = await citizen(n);
  const mine = { login: human.phone };
  const prefilled = (page, values) => step({ ...mine, name: `filled-${page}`, at: at(page), shows: filled(values) });
  return [
    step({
      name: "phone", at: "/phone", open: opens(`/phone?to=${encodeURIComponent(human.phone)}`),
      button: 'header a[href="/phone/people"]',
    }),
    step({ name: "people", at: "/phone/people", values: { n: String(n) }, button: "main .people-form button" }),
    step({ name: "people-found", at: "/phone/people", button: "main section form button" }),
    link("people-chosen", "/phone/people", "/sign-up"),
    step({ name: "sign-up-filled", at: "/sign-up", shows: filled(namesOf(human)), values: { phone: human.phone } }),
    step({ name: "code", at: codePage, values: memo(codeTo(human.phone)) }),
    choose(),
    link("person", "/cabinet/person", at("birth"), { ...mine, open: opens("/cabinet/person") }),
    prefilled("birth", birthOf(human)),
    prefilled("citizenship", { citizenship: human.person.citizenship }),
    prefilled("snils", { snils: human.person.snils }),
    prefilled("passport", passportOf(human)),
    end("person-check", "/cabinet/person", has("main button[value=submit]")),
  ];
}

export const people = {
  person: { steps: give },
  "person-foreign": { steps: beForeign },
  "person-later": { steps: stop },
  "person-differs": { steps: correct },
  "person-waits": { steps: wait },
  "person-deceased": { steps: beDeceased },
  "person-duplicate": { steps: beTwice },
  "person-of-the-sandbox": { steps: beFilledIn },
};
