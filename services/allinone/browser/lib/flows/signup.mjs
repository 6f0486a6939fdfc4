// Signing up.
import assert from "node:assert/strict";
import { citizen, message, messages, password, signUp } from "../sandbox.mjs";
import { codeTo, end, filled, has, kept, link, memo, opens, step, wrong } from "../steps.mjs";

const nobody = { session: "who signs up is not signed in" };
const passwords = { password, password_repeat: password };

export const codePage = /^\/sign-up\/[\w-]+\/code$/;
export const passwordPage = /^\/sign-up\/[\w-]+\/password$/;
const linkPage = /^\/sign-up\/[\w-]+\/link$/;

/** A person's names as the first page asks for them. */
export function namesOf({ person: { lastName, firstName, middleName } }) {
  return { last_name: lastName, first_name: firstName, middle_name: middleName };
}

/** The password makes the account. */
export function choose(rest = {}) {
  return step({ name: "password", at: passwordPage, once: "the account is made", values: passwords, ...rest });
}

/** Who has no mobile phone gives an email. */
export function giveEmail(human, rest = {}) {
  const { middle_name: _, ...names } = namesOf(human);
  return step({ name: "sign-up-email", at: "/sign-up", values: { ...names, no_phone: true, email: human.email }, ...rest });
}

/** The link of the email is used. */
export function followLink(mailed) {
  return step({ name: "link", at: linkPage, once: "the link is used", open: async (walk) => walk.open(await mailed()) });
}

/** The link of the email that came to somebody. */
export function mailedLink(human) {
  const found = (mail) => mail.text.match(/\/sign-up\/\S+\/link\?token=[\w-]+/);
  return memo(async () => found(await message(human.email, "EMAIL", found))[0]);
}

/** So many messages have come to a contact, and no more. */
async function came(to, count) {
  let all = [];
  for (const end = Date.now() + 30_000; all.length < count && Date.now() < end; ) all = await messages(to);
  assert.equal(all.length, count, `messages to ${to}`);
}

/** By phone, from the start page on, with a slip on two pages: one message comes, whatever happens on the way. */
async function byPhone(n) {
  const human = await citizen(n);
  const typed = { ...namesOf(human), phone: "495 123" };
  const code = memo(codeTo(human.phone));
  const bad = async () => ({ code: (await code()).code === "000000" ? "000001" : "000000" });
  return [
    link("home", "/", "/sign-up", { open: opens("/") }),
    step({ name: "sign-up", at: "/sign-up", values: typed, unsaved: kept }),
    step({ name: "sign-up-wrong", at: "/sign-up", shows: wrong(typed, "phone"), values: { ...typed, phone: human.phone } }),
    step({ name: "code", at: codePage, values: bad, unsaved: kept }),
    step({ name: "code-wrong", at: codePage, shows: async (walk) => wrong(await bad(), "code")(walk), values: code }),
    step({ name: "password", at: passwordPage, values: { password, password_repeat: "another one" } }),
    choose({ name: "password-wrong", shows: wrong(passwords, "password_repeat") }),
    end("signed-up", "/signed-up", () => came(human.phone, 1)),
  ];
}

/** Without a mobile phone, by the link of one email. */
async function byEmail(n) {
  const human = await citizen(n);
  return [
    giveEmail(human, { open: opens("/sign-up") }),
    step({ name: "link-sent", at: codePage, button: 'main a[href^="/sign-up"]' }),
    step({ name: "sign-up-begun", at: "/sign-up", shows: filled({ email: human.email }), button: 'main a[href$="/code"]' }),
    followLink(mailedLink(human)),
    choose(),
    end("signed-up", "/signed-up", () => came(human.email, 1)),
  ];
}

/** Nothing comes, so a new code is asked for, and then another number is given. The password is the server's. */
async function withAnotherNumber(n) {
  const human = await citizen(n);
  const other = await citizen(n + 400_000);
  const code = memo(codeTo(other.phone));
  const isMade = async (walk) => {
    if (!walk.javaScript) await has("#generated")(walk);
  };
  return [
    step({ name: "sign-up", at: "/sign-up", open: opens("/sign-up"), values: { ...namesOf(human), phone: human.phone } }),
    step({
      name: "resend", at: codePage, button: "button[value=resend]", once: "each press sends a message",
      not: { tab: "each tab's press sends a message" },
    }),
    step({ name: "another-number", at: codePage, shows: () => came(human.phone, 2), button: 'main a[href^="/sign-up"]' }),
    step({ name: "sign-up-again", at: "/sign-up", shows: filled({ phone: human.phone }), values: { phone: other.phone } }),
    step({ name: "code-again", at: codePage, values: code }),
    choose({
      name: "generate", shows: isMade,
      open: async (walk) => {
        await walk.page.locator("button[value=generate]").click();
        await (walk.javaScript ? has('[data-strength][data-score="4"]') : has("#generated"))(walk);
      },
    }),
    end("signed-up", "/signed-up", () => came(other.phone, 1)),
  ];
}

/** The contact has an account already: the page says nothing of it, the message does; help says what to do. */
async function withATakenNumber(n) {
  const human = await citizen(n);
  await signUp(human);
  return [
    step({ name: "sign-up", at: "/sign-up", open: opens("/sign-up"), values: { ...namesOf(human), phone: human.phone } }),
    step({
      name: "no-code", at: codePage, button: 'main details a[href="/help/number"]',
      shows: () => message(human.phone, "SMS", (m) => !m.code),
      ready: (walk) => walk.page.locator("main details").first().evaluate((e) => { e.open = true; }),
    }),
    link("help-number", "/help/number", "/sign-in"),
    end("sign-in", "/sign-in", () => came(human.phone, 2)),
  ];
}

/** Links that cannot be used: a wrong one, and one that was used. Each leads on. */
async function byABadLink(n) {
  const human = await citizen(n);
  const mailed = mailedLink(human);
  const refusal = async (walk) => {
    await has(".summary")(walk);
    assert.equal(await walk.page.locator("main form button").count(), 0, "a link that is of no use can be used");
  };
  const anew = "what was refused is seen at its own address";
  return [
    giveEmail(human, { open: opens("/sign-up") }),
    step({
      name: "link-to-be-wrong", at: linkPage, once: anew,
      open: async (walk) => walk.open((await mailed()).replace(/.{4}$/, (end) => (end === "AAAA" ? "BBBB" : "AAAA"))),
    }),
    step({ name: "link-wrong", at: linkPage, shows: refusal, button: 'main a[href$="/code"]' }),
    followLink(mailed),
    choose(),
    step({ name: "link-used-before", at: linkPage, once: anew, open: async (walk) => walk.open(await mailed()) }),
    link("link-used", linkPage, "/sign-in", { shows: refusal }),
    end("at-home", /^\/cabinet/, has("main h1")),
  ];
}

export const signUps = {
  "sign-up": { not: nobody, steps: byPhone },
  "sign-up-by-email": { not: nobody, steps: byEmail },
  "sign-up-another-number": { not: nobody, steps: withAnotherNumber },
  "sign-up-taken": { not: nobody, steps: withATakenNumber },
  "sign-up-bad-link": { not: nobody, steps: byABadLink },
};
