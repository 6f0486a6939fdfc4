// How far people have come before a walk begins, by REST.
import assert from "node:assert/strict";
import { call, persona, signIn, signUp } from "./sandbox.mjs";

/** What the registries are asked about is there, and not submitted yet. */
export async function fillIn(human) {
  await signUp(human);
  const token = await signIn(human.phone);
  const { lastName, firstName, middleName, ...rest } = human.person;
  await call("PATCH", "/v1/me/person", rest, token);
  await call("POST", "/v1/me/documents", human.passport, token);
  return token;
}

/** The registries are being asked; gives the check's id. */
export async function submit(human) {
  const token = await fillIn(human);
  return (await call("POST", "/v1/me/verifications", {}, token)).id;
}

/** Has the registries confirm a person. */
export async function beStandard(human) {
  const token = await fillIn(human);
  await raise(token);
}

/** Has the registries confirm who is signed up and has filled in everything. */
export async function raise(token) {
  await call("POST", "/v1/me/verifications", {}, token);
  await eventually("the level standard", async () => (await call("GET", "/v1/me", null, token)).level === "STANDARD");
}

/** The check is over; gives it. */
export async function judged(human, id) {
  const token = await signIn(human.phone);
  let check;
  await eventually("an answer of the registries", async () => {
    check = await call("GET", `/v1/me/verifications/${id}`, null, token);
    return check.state !== "PENDING";
  });
  return check;
}

/** The letter of somebody who has ordered one waits at the post office. */
export async function letterAtOffice(human) {
  const token = await signIn(human.phone);
  await eventually("a letter at the post office", async () => {
    const { letterOrders } = await call("GET", "/v1/me/letterOrders", null, token);
    assert.equal(letterOrders.length, 1, "letters ordered");
    return letterOrders[0].state === "AT_OFFICE";
  });
}

/** A variant of a persona that no other walk has taken: the same data with a SNILS and a passport of its own. */
export async function variant(fate, n) {
  const human = await persona(fate, n);
  const last = String(n % 100).padStart(2, "0");
  const with2 = (number) => number.slice(0, -2) + last;
  return {
    ...human,
    person: { ...human.person, snils: with2(human.person.snils) },
    passport: { ...human.passport, number: with2(human.passport.number) },
  };
}

async function eventually(what, holds) {
  for (const end = Date.now() + 60_000; !(await holds()); ) {
    assert.ok(Date.now() < end, `${what} does not come`);
    await new Promise((soon) => setTimeout(soon, 200));
  }
}
