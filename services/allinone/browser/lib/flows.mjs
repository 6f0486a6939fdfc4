// The flows of pages, step by step: what is typed, which button is pressed, and where that is done. A disturbance may do a
// step twice: `once` says of a step that its page is of no more use when it is done.
import assert from "node:assert/strict";
import { citizen, message, messages, password } from "./sandbox.mjs";

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

/** The last page of a flow, with what must be true then. */
function end(name, at, check) {
  return { name, at, last: true, button: submit, values: async () => ({}), do: check };
}

/** Asks once: a message is the same however often a step is done. */
function memo(ask) {
  let answer;
  return () => (answer ??= ask());
}

export const flows = { "sign-up": signUp };
