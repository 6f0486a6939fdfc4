// What the sandbox and the REST API give a test: people, messages, the post.
import { randomUUID } from "node:crypto";

/** Satisfies every policy. */
export const password = "Vesna-7-Gory_utro!";

/** The installation's origin. */
export const origin = process.env.ORIGIN ?? "http://localhost:8080";

/** @returns {Promise<any>} the JSON answer; a refusal throws */
export async function call(method, path, body, token) {
  const headers = { "Idempotency-Key": randomUUID(), "Accept-Language": "en" };
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  const ask = () => fetch(origin + path, { method, headers, body: body && JSON.stringify(body) });
  let answer = await ask();
  // A slow machine is overloaded at times: what is asked for again with the same key is done once.
  for (const end = Date.now() + 60_000; [503, 504].includes(answer.status) && Date.now() < end; ) answer = await ask();
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

/** Person n of the population, with a phone of their own. */
export async function citizen(n) {
  return withContacts(await call("GET", `/sandbox/v1/population/${n}`), n);
}

/** The persona with this fate, with the contacts of number n. */
export async function persona(fate, n) {
  const found = (await call("GET", "/sandbox/v1/personas")).personas.find((p) => p.fate === fate);
  if (!found) throw new Error(`no persona has the fate ${fate}`);
  return withContacts(found, n);
}

function withContacts(human, n) {
  return { ...human, ...contactsOf(n) };
}

/** The phone and the email of number n. */
export function contactsOf(n) {
  return { phone: `+7900${String(n).padStart(7, "0")}`, email: `citizen${n}@example.ru` };
}

/** Waits for the newest message on a channel that came to a contact and fits. */
export async function message(to, channel, fits = () => true) {
  const query = new URLSearchParams({ to, channel, wait: "5s" });
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const found = (await call("GET", `/sandbox/v1/messages?${query}`)).messages.find(fits);
    if (found) return found;
  }
  throw new Error(`no ${channel} came to ${to}`);
}

/** All messages that came to a contact. */
export async function messages(to) {
  return (await call("GET", `/sandbox/v1/messages?${new URLSearchParams({ to, pageSize: "100" })}`)).messages;
}

/** Signs up by REST: for tests of what comes later. */
export async function signUp(human) {
  const { lastName, firstName, middleName } = human.person;
  const started = await call("POST", "/v1/registrations", { lastName, firstName, middleName, phone: human.phone });
  const { code } = await message(human.phone, "SMS", (m) => m.code?.length === 6);
  const { completionToken } = await call("POST", `/v1/registrations/${started.id}:verifyCode`, { code });
  await call("POST", `/v1/registrations/${started.id}:complete`, { completionToken, password });
}

/** The token of a REST session. */
export async function signIn(login) {
  return (await call("POST", "/v1/sessions", { login, password })).token;
}

/** Brings the letter of somebody who has ordered one, and tells its code. */
export async function deliverLetter(human) {
  const token = await signIn(human.phone);
  const { letterOrders } = await call("GET", "/v1/me/letterOrders", null, token);
  if (letterOrders.length !== 1) throw new Error(`${letterOrders.length} letters were ordered`);
  await call("POST", `/sandbox/v1/letters/${letterOrders[0].id}:deliver`);
  return message(human.phone, "LETTER", (m) => m.code);
}
