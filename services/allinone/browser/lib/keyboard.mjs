// What people do who have no mouse.
import assert from "node:assert/strict";
import { password } from "./sandbox.mjs";

/** Signs in on the page shown with Tab, Enter and typing alone, past the header by its skip link. */
export async function signInByKeyboard(walk, login) {
  const { keyboard } = walk.page;
  assert.equal((await tab(walk)).href, "#main", "the first Tab leads to the skip link");
  await keyboard.press("Enter");
  await walk.page.waitForFunction(() => document.activeElement.id === "main");
  assert.equal((await tab(walk)).name, "login", "the skip link leads past the header");
  await keyboard.type(login);
  assert.equal((await tab(walk)).name, "password");
  await keyboard.type(password);
  if (walk.javaScript) {
    await tab(walk); // the button that shows the password
    await keyboard.press("Space");
    assert.equal(await walk.page.getAttribute("#password", "type"), "text");
    await walk.page.locator("#password").press("Tab");
  }
  const button = await tab(walk);
  assert.equal(button.type, "submit");
  await walk.leave(() => keyboard.press("Enter"));
}

/** Moves on by Tab: to what can be seen to have the focus, or past the end of the page, where it is the browser's. */
async function tab(walk) {
  await walk.page.keyboard.press("Tab");
  const at = await walk.page.evaluate(() => {
    const e = document.activeElement;
    if (e === document.body) return { end: true };
    const [box] = e.getClientRects(); // of a link of two lines the first
    const style = getComputedStyle(e);
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return {
      name: e.name, value: e.value, type: e.type, href: e.getAttribute("href"), html: e.outerHTML.slice(0, 120),
      outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      inView: e.contains(top),
    };
  });
  if (at.end) return at;
  assert.ok(at.outline, `one cannot see that this has the focus: ${at.html}`);
  assert.ok(at.inView, `what has the focus is covered or out of view: ${at.html}`);
  return at;
}

/** Fills in the fields of the page by Tab, typing, arrows and Space alone. */
export async function fillByKeyboard(walk, values) {
  await walk.page.bringToFront();
  await walk.page.evaluate(() => document.activeElement?.blur());
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) await tickByKeyboard(walk, name, value);
    else await enter(walk, await reach(walk, (at) => at.name === name, name), value);
  }
}

/** Presses a button by Tab and Enter. */
export async function pressByKeyboard(walk, selector) {
  const html = await walk.page.locator(selector).first().evaluate((e) => e.outerHTML.slice(0, 120));
  await reach(walk, (at) => at.html === html, selector);
  await walk.page.keyboard.press("Enter");
}

/** Ticks those of the checkboxes of one name that have the values. */
async function tickByKeyboard(walk, name, values) {
  for (const value of values) {
    await reach(walk, (at) => at.name === name && at.value === value, `${name}=${value}`);
    if (!(await walk.page.evaluate(() => document.activeElement.checked))) await walk.page.keyboard.press("Space");
  }
}

async function reach(walk, wanted, name) {
  for (let i = 0; i < 120; i++) {
    const at = await tab(walk);
    if (wanted(at)) return at;
  }
  throw new Error(`Tab does not lead to ${name}`);
}

/** Goes down by the arrow to a value; letters typed too slowly would each begin a search anew. */
async function down(page, value) {
  for (let i = 0; i < 300 && (await page.evaluate(() => document.activeElement.value)) !== value; i++) {
    await page.keyboard.press("ArrowDown");
  }
}

async function enter(walk, at, value) {
  const { page } = walk;
  const { keyboard } = page;
  if (at.type === "checkbox") {
    if ((await page.locator(`main [name=${at.name}]`).isChecked()) !== Boolean(value)) await keyboard.press("Space");
  } else if (at.type === "radio") {
    await down(page, value);
    await keyboard.press("Space");
  } else if (at.type === "select-one") {
    await keyboard.press("Home");
    await down(page, value);
  } else {
    await keyboard.press("Control+A");
    await keyboard.type(value ?? "");
  }
}
