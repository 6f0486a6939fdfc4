// What flows are made of: steps, and what a page must show.
import assert from "node:assert/strict";
import { message } from "./sandbox.mjs";

const submit = "main form button.button:not(.quiet)";

/**
 * One step of a flow: `at` is where, `values` are what is typed there, and `button` is the button or link that leads on. Whatever
 * disturbs a step, its page then shows what `shows` asks for, and the next step is reached.
 *
 * What does not hold for a step says why: `not` by disturbance; `once`, that its page is of no more use when it is done; `unsaved`,
 * that a way back finds the fields empty.
 * @param {{name: string, at: RegExp|string, values?: object|(() => Promise<object>), button?: string,
 *   open?: (walk) => Promise<void>, shows?: (walk) => Promise<void>, ready?: (walk) => Promise<void>, login?: string,
 *   error?: boolean, last?: boolean, not?: Record<string, string>, once?: string, unsaved?: string}} options `open` leads to the
 *   step if the one before does not, `ready` is what the mouse does before anything is typed, `login` is that of who is signed
 *   in, and an `error` is a page about one
 */
export function step({ values = {}, button = submit, not = {}, shows = async () => {}, ready = async () => {}, ...rest }) {
  const what = { button, not, shows, ready, values: typeof values === "function" ? values : async () => values, ...rest };
  what.fillIn = async (walk) => {
    await ready(walk);
    await walk.fill(await what.values());
  };
  what.do = async (walk) => {
    await what.fillIn(walk);
    await walk.press(button);
  };
  return what;
}

/** Why a way back finds the fields of a refused form empty. */
export const kept = "what was refused comes back under an address of its own";

/** Why a session cannot end on the way out. */
export const left = { session: "whose session has ended is signed out" };

/** A step at which a link is followed. */
export function link(name, at, to, rest = {}) {
  return step({ name, at, button: `main a[href="${to}"]`, ...rest });
}

/** The last page of a flow, with what must be true then. */
export function end(name, at, shows, rest = {}) {
  return step({ name, at, shows, last: true, ...rest });
}

/** Opens a page. */
export function opens(path) {
  return (walk) => walk.open(path);
}

/** Signs a person in, and opens a page. */
export function signedIn(human, path) {
  return async (walk) => {
    await walk.open("/sign-in");
    await walk.signIn(human.phone);
    await walk.open(path);
  };
}

/** The form has come back with what was typed, and its summary leads to the fields that are wrong. */
export function wrong(typed, ...fields) {
  return async (walk) => {
    const links = await walk.page.locator(".summary a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    assert.deepEqual([...new Set(links)].sort(), fields.map((f) => `#${f}`).sort(), "what the summary links to");
    await holds(walk, typed);
  };
}

/** The form has come back with what was typed, and says why in one line: no field is wrong. */
export function comeBack(typed) {
  return async (walk) => {
    await walk.page.locator("#note").waitFor();
    assert.equal(await walk.page.locator(".summary").count(), 0, "it is said that something is wrong");
    await holds(walk, typed);
  };
}

/** The fields are filled in. */
export function filled(typed) {
  return (walk) => holds(walk, typed);
}

/** Fields hold what was typed, however it is spaced now; a password never comes back. */
export async function holds(walk, typed) {
  for (const [name, value] of Object.entries(typed)) {
    if (Array.isArray(value)) continue;
    const want = name.includes("password") ? "" : (value ?? "");
    assert.equal(bare(await walk.value(name)), bare(want), `the field ${name} has lost what was typed`);
  }
}

function bare(value) {
  return typeof value === "string" ? value.replace(/[^\p{L}\p{N}@.]/gu, "") : value;
}

/** The page shows something. */
export function has(selector) {
  return (walk) => walk.page.locator(selector).first().waitFor();
}

/** The page says something. */
export function says(...texts) {
  return (walk) => walk.shows(...texts);
}

/** The code of the text message that a number gets for a sign-up. */
export function codeTo(phone) {
  return async () => ({ code: (await message(phone, "SMS", (m) => m.code?.length === 6)).code });
}

/** Asks once: a message is the same however often a step is done. */
export function memo(ask) {
  let answer;
  return () => (answer ??= ask());
}

/** A date as people write it. */
export function typedDate(iso) {
  return iso.split("-").reverse().join(".");
}

/** Opens a page again and again until it shows something that is on its way. */
export async function until(walk, path, selector) {
  for (const end = Date.now() + 60_000; ; ) {
    await walk.open(path);
    if (await walk.page.locator(selector).count()) return;
    assert.ok(Date.now() < end, `${path} does not come to show ${selector}`);
    await walk.page.waitForTimeout(250);
  }
}
