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

/** Moves on by Tab: to what can be seen to have the focus. */
async function tab(walk) {
  await walk.page.keyboard.press("Tab");
  const at = await walk.page.evaluate(() => {
    const e = document.activeElement;
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return {
      name: e.name, type: e.type, href: e.getAttribute("href"), html: e.outerHTML.slice(0, 120),
      outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      inView: e.contains(top),
    };
  });
  assert.ok(at.outline, `one cannot see that this has the focus: ${at.html}`);
  assert.ok(at.inView, `what has the focus is covered or out of view: ${at.html}`);
  return at;
}
