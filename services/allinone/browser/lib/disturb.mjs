// What happens to people in the middle of a flow. Each is done at every step, which must then go on as if nothing had been.
import assert from "node:assert/strict";
import { fillByKeyboard, pressByKeyboard } from "./keyboard.mjs";
import { holds } from "./steps.mjs";

const latency = 600;
const phone = { width: 360, height: 740 };

/**
 * `how` the browser is, what is done to `begin` with, how each page is looked at, and how each step is taken (`act`). `unfit` is
 * why a step cannot be disturbed so.
 * @type {Record<string, {how?: object, begin?: (walk) => Promise<void>, look?: (walk, step) => Promise<void>,
 *   act?: (walk, step, next) => Promise<void>, unfit?: (step) => string|undefined}>}
 */
export const disturbances = {
  none: { look: (walk, step) => walk.look(step.name) },
  reload: { act: reloaded },
  back: { act: goneBack },
  language: { act: switched },
  "double-click": { begin: slow, act: doubleClicked },
  session: { act: signedOut, unfit: (step) => (step.login ? undefined : "nobody is signed in") },
  tab: { act: inTwoTabs },
  "no-javascript": { how: { javaScript: false }, look: accessible },
  "large-text": { look: enlarged },
  dark: { how: { dark: true }, look: accessible },
  keyboard: { act: typed },
};

async function reloaded(walk, step) {
  await same(walk, step, () => walk.leave(() => walk.page.reload()));
  await step.do(walk);
}

/** Goes back and forward again, and back and on by the form that was sent, which has kept what was typed. */
async function goneBack(walk, step, next) {
  await step.do(walk);
  const there = walk.page.url();
  await walk.page.goBack({ waitUntil: "load" });
  await isAPage(walk, step);
  await walk.page.goForward({ waitUntil: "load" });
  await isAPage(walk, onto(next));
  walk.at(new URL(there).pathname);
  if (step.once) return;
  await walk.page.goBack({ waitUntil: "load" });
  const values = await step.values();
  if (walk.page.url() === there) return; // the page has led on again by itself
  if (!(await asks(walk, step, values))) return ledOn(walk, step, next);
  walk.at(step.at);
  if (!step.unsaved) await holds(walk, values);
  await step.do(walk);
  landed(walk, there, next);
}

async function switched(walk, step) {
  const before = walk.lang;
  for (const lang of [before === "ru" ? "en" : "ru", before]) {
    walk.lang = lang;
    await same(walk, step, () => walk.press(`header nav a[lang=${lang}]`));
    assert.equal(await walk.page.locator("html").getAttribute("lang"), lang);
  }
  await step.do(walk);
}

async function slow(walk) {
  const session = await walk.page.context().newCDPSession(walk.page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: -1, uploadThroughput: -1 });
}

async function doubleClicked(walk, step, next) {
  await step.fillIn(walk);
  await walk.leave(() => walk.page.locator(step.button).first().dblclick());
  await walk.page.waitForLoadState("networkidle");
  await isAPage(walk, onto(next));
}

/** The session ends while the form is being filled in: what was typed is there again after the next sign-in. */
async function signedOut(walk, step, next) {
  const values = await step.values();
  await step.fillIn(walk);
  await walk.page.context().clearCookies({ name: /session$/ });
  const isLink = await walk.page.locator(step.button).first().evaluate((e) => e.localName === "a");
  await walk.press(step.button);
  assert.equal(await walk.page.locator(".summary").count(), 0, `${step.name}: that the session has ended is called a mistake`);
  await walk.signIn(step.login);
  if (isLink) return; // nothing was typed
  if (!(await asks(walk, step, values))) return ledOn(walk, step, next);
  walk.at(step.at);
  await holds(walk, values);
  await walk.fill(Object.fromEntries(Object.entries(values).filter(([name]) => name.includes("password"))));
  await walk.press(step.button);
}

/** The same step in a second tab first: the first tab's form leads on as well. */
async function inTwoTabs(walk, step, next) {
  const other = await walk.another();
  await other.open(walk.page.url());
  other.at(step.at);
  await step.shows(other);
  await step.do(other);
  const there = other.page.url();
  await other.page.close();
  await step.do(walk);
  await isAPage(walk, onto(next));
  landed(walk, there, next);
}

async function typed(walk, step) {
  await step.ready(walk);
  await fillByKeyboard(walk, await step.values());
  await walk.leave(() => pressByKeyboard(walk, step.button));
}

async function accessible(walk, step) {
  await walk.withScripts(() => walk.checkAccess(step.name));
  await walk.picture(step.name);
}

/** 200 % text on a narrow phone: nothing overflows. */
async function enlarged(walk, step) {
  await walk.page.setViewportSize(phone);
  await walk.page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const width = await walk.page.evaluate(() => document.documentElement.scrollWidth);
  if (width > phone.width) walk.findings.push(`${step.name}: ${width} px wide with large text on a screen of ${phone.width}`);
  await accessible(walk, step);
}

/** Whatever is done leaves one at the step, whose page shows the same. */
async function same(walk, step, act) {
  await act();
  walk.at(step.at);
  await isAPage(walk, step);
  await step.shows(walk);
}

/** Whether the page still has the step's fields and its button: another page may be at the same address now. */
async function asks(walk, step, values) {
  const wanted = [step.button, ...Object.keys(values).map((name) => `main [name="${name}"]`)];
  const counts = await Promise.all(wanted.map((selector) => walk.page.locator(selector).count()));
  return counts.every(Boolean);
}

/** A page that does not ask what the step's page asks is the next step's, maybe at the same address: no page loses its form. */
async function ledOn(walk, step, next) {
  const lost = `${step.name}: its page has lost its form`;
  if (next.open) return assert.throws(() => walk.at(step.at), lost);
  walk.at(next.at);
  if (next.last) return next.shows(walk);
  assert.ok(await asks(walk, next, await next.values()), lost);
}

/** The step that a page belongs to which was just come to, if it is known: some are opened anew. */
function onto(next) {
  return next.open ? undefined : next;
}

/** The step has led on to the next, or, if that is opened anew, to the same part of the site as before. */
function landed(walk, there, next) {
  const part = (url) => new URL(url).pathname.split("/")[1];
  if (next.open) assert.equal(part(walk.page.url()), part(there));
  else walk.at(next.at);
}

/** It is one of our pages with a title and one heading, and about an error only where a step expects one. */
export async function isAPage(walk, step) {
  const page = walk.page;
  await page.locator("main h1").first().waitFor();
  assert.equal(await page.locator("h1").count(), 1, "headings of the page");
  assert.match(await page.title(), /\S+ [—·] \S+/, "the title of the page");
  if (!step?.error) assert.equal(await page.locator("#request-id").count(), 0, "this is a page about an error");
}
