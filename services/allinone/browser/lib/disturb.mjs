// What happens to people in the middle of a flow. Each is done at every step, which must then go on as if nothing had been.
import assert from "node:assert/strict";
import { fillByKeyboard, pressByKeyboard } from "./keyboard.mjs";

const latency = 600;
const phone = { width: 360, height: 740 };

/** @type {Record<string, {how?: object, begin?: (walk) => Promise<void>, step: (walk, step) => Promise<void>}>} */
export const disturbances = {
  none: { step: looked },
  reload: { step: reloaded },
  back: { step: goneBack },
  language: { step: switched },
  "double-click": { begin: slow, step: doubleClicked },
  session: { step: signedOut },
  tab: { step: inTwoTabs },
  "no-javascript": { how: { javaScript: false }, step: (walk, step) => step.do(walk) },
  "large-text": { step: enlarged },
  keyboard: { step: typed },
};

async function looked(walk, step) {
  await walk.look(step.name);
  await step.do(walk);
}

async function reloaded(walk, step) {
  await same(walk, step, () => walk.leave(() => walk.page.reload()));
  await step.do(walk);
}

/** Goes back and forward again, and back and on by the form that was sent. */
async function goneBack(walk, step) {
  await step.do(walk);
  if (step.last) return;
  const here = new URL(walk.page.url()).pathname;
  await walk.page.goBack({ waitUntil: "load" });
  await isAPage(walk);
  await walk.page.goForward({ waitUntil: "load" });
  await isAPage(walk);
  walk.at(here);
  if (step.once) return;
  await walk.page.goBack({ waitUntil: "load" });
  if (new URL(walk.page.url()).pathname === here) return; // the page has led on again by itself
  await step.do(walk);
  walk.at(here);
}

async function switched(walk, step) {
  const before = walk.lang;
  for (const lang of [before === "ru" ? "en" : "ru", before]) {
    await same(walk, step, () => walk.press(`header .languages a[lang=${lang}]`));
    assert.equal(await walk.page.locator("html").getAttribute("lang"), lang);
  }
  await step.do(walk);
}

async function slow(walk) {
  const session = await walk.page.context().newCDPSession(walk.page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: -1, uploadThroughput: -1 });
}

async function doubleClicked(walk, step) {
  await walk.fill(await step.values());
  await walk.leave(() => walk.page.locator(step.button).first().dblclick());
  await walk.page.waitForLoadState("networkidle");
  await isAPage(walk);
}

/** The session ends while the form is being filled in: what was typed is there again after the next sign-in. */
async function signedOut(walk, step) {
  if (!step.signedIn) return step.do(walk);
  const values = await step.values();
  await walk.fill(values);
  await walk.page.context().clearCookies({ name: /session$/ });
  await walk.press(step.button);
  walk.at("/sign-in");
  await walk.signIn(step.login);
  if (step.leads?.(walk)) return undefined; // nothing was typed that had to be sent again
  walk.at(step.at);
  for (const [name, value] of Object.entries(values)) {
    assert.equal(await walk.value(name), await walk.meant(name, value), `${step.name}: ${name} was lost with the session`);
  }
  return walk.press(step.button);
}

/** The same step in a second tab first: the first tab's form leads on as well. */
async function inTwoTabs(walk, step) {
  const other = await walk.another();
  await other.open(walk.page.url());
  other.at(step.at);
  await step.do(other);
  const there = new URL(other.page.url()).pathname;
  await other.page.close();
  await step.do(walk);
  await isAPage(walk);
  walk.at(there);
}

/** 200 % text on a narrow phone: nothing overflows. */
async function enlarged(walk, step) {
  await walk.page.setViewportSize(phone);
  await walk.page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const width = await walk.page.evaluate(() => document.documentElement.scrollWidth);
  if (width > phone.width) walk.findings.push(`${step.name}: ${width} px wide with large text on a screen of ${phone.width}`);
  await walk.picture(`${step.name}-large`);
  await step.do(walk);
}

async function typed(walk, step) {
  await fillByKeyboard(walk, await step.values());
  await walk.leave(() => pressByKeyboard(walk, step.button));
}

/** Whatever is done leaves one at the step, with the same heading or its translation. */
async function same(walk, step, act) {
  await act();
  await isAPage(walk);
  walk.at(step.at);
}

/** It is one of our pages, and none about an error. */
async function isAPage(walk) {
  assert.equal(await walk.page.locator("main h1").count(), 1, "this is no page of ours");
  assert.equal(await walk.page.locator("#request-id").count(), 0, "this is a page about an error");
}
