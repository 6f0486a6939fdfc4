// The description at /docs, from which a sandbox's calls can be sent.
import assert from "node:assert/strict";
import { citizen, message, signIn, signUp } from "./lib/sandbox.mjs";
import { inBrowser } from "./lib/walk.mjs";

const first = Number(process.env.FIRST ?? 45);
const phone = { width: 360, height: 740 };

await inBrowser({ lang: "en" }, async (walk) => {
  const page = walk.page;
  page.setDefaultTimeout(60_000); // a megabyte and a half of script, on slow machines too
  await walk.open("/docs");
  await call(page, "POST", "/v1/registrations").waitFor();
  await walk.picture("docs");
  await startSignUp(page);
  await walk.picture("docs-sent");
  await askWhoIAm(page);
  await walk.picture("docs-authorized");
  await page.setViewportSize(phone);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= phone.width, `${width} px wide on a screen of ${phone.width}`);
  await walk.picture("docs-narrow");
});

/** The block of one call. */
function call(page, method, path) {
  const summary = page.locator(`.opblock-summary-path[data-path="${path}"]`);
  return page.locator(`.opblock-${method.toLowerCase()}`).filter({ has: summary });
}

/** Sends a call from the page, and gives the status and the body that it shows. */
async function send(page, method, path, body) {
  const block = call(page, method, path);
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Try it out" }).click();
  if (body) await block.locator("textarea.body-param__text").fill(JSON.stringify(body));
  await block.getByRole("button", { name: "Execute" }).click();
  const answer = block.locator(".live-responses-table .response");
  await answer.waitFor();
  const status = Number((await answer.locator(".response-col_status").innerText()).match(/\d+/)[0]);
  return { status, text: await answer.locator(".highlight-code code").first().innerText() };
}

async function startSignUp(page) {
  const { person, phone } = await citizen(first);
  const { status, text } = await send(page, "POST", "/v1/registrations", {
    lastName: person.lastName, firstName: person.firstName, phone,
  });
  assert.equal(status, 201, text);
  assert.equal(JSON.parse(text).state, "CODE_SENT");
  await message(phone, "SMS", (m) => m.code?.length === 6);
}

async function askWhoIAm(page) {
  const human = await citizen(first + 1);
  await signUp(human);
  await page.locator(".auth-wrapper .authorize").first().click();
  await page.locator(".auth-container input").fill(await signIn(human.phone));
  await page.locator(".auth-btn-wrapper .authorize").click();
  await page.locator(".auth-btn-wrapper .btn-done").click();
  const { status, text } = await send(page, "GET", "/v1/me");
  assert.equal(status, 200, text);
  assert.equal(JSON.parse(text).person.lastName, human.person.lastName);
}
