// The whole way from sign-up to a partner: `node journey.mjs on|off` with JavaScript on or off.
import assert from "node:assert/strict";
import { call, citizen, deliverLetter, message, password } from "./lib/sandbox.mjs";
import { inBrowser } from "./lib/walk.mjs";
import { signInByKeyboard } from "./lib/keyboard.mjs";

const javaScript = process.argv[2] !== "off";
const how = javaScript ? { javaScript, lang: "ru" } : { javaScript, lang: "en", dark: true };
const human = await citizen(Number(process.env.FIRST ?? (javaScript ? 31 : 32)));

await inBrowser(how, async (walk) => {
  const phone = await walk.another();
  await signUp(walk, phone);
  await choosePassword(walk);
  await beVerified(walk);
  await orderLetter(walk);
  await beConfirmed(walk);
  await phone.open("/phone");
  await phone.look("phone");
  await signOutAndIn(walk);
  await visitPartner(walk);
});

async function signUp(walk, phone) {
  const { lastName, firstName, middleName } = human.person;
  await phone.open("/phone?to=" + encodeURIComponent(human.phone));
  await phone.look("phone-empty");
  await walk.open("/");
  await walk.look("home");
  await walk.press('main a[href="/sign-up"]');
  await walk.look("sign-up");
  await walk.send({ last_name: lastName, phone: "495 123" });
  await walk.refused("first_name", "phone");
  await walk.look("sign-up-wrong");
  await walk.send({ last_name: lastName, first_name: firstName, middle_name: middleName, phone: human.phone });
  walk.at(/^\/sign-up\/[\w-]+\/code$/);
  await walk.look("code");
  const { code } = await message(human.phone, "SMS", (m) => m.code?.length === 6);
  await seeOnPhone(phone, code);
  await walk.send({ code: code === "000000" ? "000001" : "000000" });
  await walk.refused("code");
  await walk.look("code-wrong");
  await walk.send({ code: `${code.slice(0, 3)} ${code.slice(3)}` });
}

/** The message comes by itself, or, without JavaScript, when the page is loaded again. */
async function seeOnPhone(phone, code) {
  if (!javaScript) await phone.press(".phone-refresh");
  await phone.page.locator(".message-code", { hasText: code }).waitFor();
  await phone.look("phone-code");
}

async function choosePassword(walk) {
  const weak = "qwerty";
  await walk.look("password");
  if (javaScript) await seeHints(walk, weak);
  else await seeGenerated(walk);
  await walk.send({ password: weak, password_repeat: weak });
  await walk.refused("password");
  const { violations } = await call("POST", "/v1/passwords:check", { password: weak });
  assert.ok(violations.length > 2, "the weak password breaks few rules");
  const links = await walk.page.locator(".summary a").count();
  assert.equal(links, violations.length, "how many violated rules are shown");
  await walk.look("password-weak");
  await walk.send({ password, password_repeat: "another one" });
  await walk.refused("password_repeat");
  await walk.send({ password, password_repeat: password });
  await walk.lookBriefly("signed-up");
  walk.at("/cabinet/person");
}

/** The rules say while one types what they are about, and the generator fills both fields. */
async function seeHints(walk, weak) {
  await walk.page.locator("#password").pressSequentially(weak);
  await walk.page.locator(".rules .is-broken").first().waitFor();
  // What a screen reader says by itself: the status is a live region.
  const unmet = await walk.page.locator(".rules .is-broken").count();
  const said = (await walk.page.locator("[data-strength][role=status]").innerText()).replaceAll("\u00a0", " ");
  assert.ok(said.includes(`Не выполнено условий: ${unmet}.`), `of ${unmet} unmet rules it is said: ${said}`);
  await walk.look("password-hints");
  await walk.page.locator("button[value=generate]").click();
  await walk.page.locator('[data-strength][data-score="4"]').waitFor();
  assert.equal(await walk.page.inputValue("#password"), await walk.page.inputValue("#password_repeat"));
  await walk.look("password-generated");
}

/** Without JavaScript the server makes the password, and the page shows it. */
async function seeGenerated(walk) {
  await walk.press("button[value=generate]");
  assert.equal(await walk.page.inputValue("#password"), await walk.page.locator("#generated").innerText());
  await walk.look("password-generated");
}

async function beVerified(walk) {
  const { person, passport } = human;
  await walk.open("/cabinet/person");
  await walk.look("person");
  await walk.press('main a.button[href="/cabinet/person/birth"]');
  await walk.look("person-birth");
  const birth = { gender: person.gender, birth_date: typed(person.birthDate), birth_place: person.birthPlace };
  await walk.send({ ...birth, birth_date: "31.02.2003" });
  await walk.refused("birth_date");
  await walk.look("person-birth-wrong");
  await walk.send(birth);
  walk.at("/cabinet/person/citizenship");
  await walk.look("person-citizenship");
  await walk.send({ citizenship: person.citizenship });
  walk.at("/cabinet/person/snils");
  await walk.look("person-snils");
  await walk.send({ snils: person.snils });
  walk.at("/cabinet/person/passport");
  await walk.look("person-passport");
  await givePassport(walk, passport);
  walk.at("/cabinet/person");
  await walk.look("person-check");
  await walk.press("main button[value=submit]");
  walk.at(/^\/cabinet\/verification\//);
  await seeTheEnd(walk, ".notice-good");
  await walk.look("verification");
  await walk.open("/cabinet/person");
  await walk.look("person-verified");
  await walk.open("/cabinet/data");
  await walk.look("data");
  await readNotifications(walk);
  await walk.open("/cabinet");
  await walk.look("cabinet-standard");
}

async function readNotifications(walk) {
  await walk.press('main nav a[href="/cabinet/notifications"]');
  assert.ok(await walk.page.locator(".is-unread").count() > 0, "nothing is unread");
  await walk.look("notifications");
  await walk.send({});
  walk.at("/cabinet/notifications");
  assert.equal(await walk.page.locator(".is-unread, .sections .tag").count(), 0, "something is unread that was marked as read");
}

async function givePassport(walk, passport) {
  const form = {
    passport_number: `${passport.series} ${passport.number}`, issue_date: typed(passport.issueDate),
    issued_by: passport.issuedBy, issue_code: passport.issueCode,
  };
  await walk.send({ ...form, passport_number: passport.series, issue_code: "12" });
  await walk.refused("passport_number", "issue_code");
  await walk.look("person-passport-wrong");
  await walk.send(form);
}

/** A date as people write it. */
function typed(iso) {
  return iso.split("-").reverse().join(".");
}

async function orderLetter(walk) {
  const { address } = human;
  await walk.press('main a[href="/cabinet/letter"]');
  await walk.look("letter");
  await walk.press('main a[href="/cabinet/letter/address"]');
  await walk.look("letter-address");
  await walk.send({ postal_code: "12" });
  await walk.refused("postal_code", "region", "city", "house");
  await walk.look("letter-wrong");
  await walk.send({
    type: address.type, postal_code: address.postalCode, region: address.region, city: address.city,
    street: address.street, house: address.house, flat: address.flat,
  });
  walk.at("/cabinet/letter/check");
  await walk.look("letter-check");
  await walk.send({});
  walk.at("/cabinet/letter");
  await walk.look("letter-ordered");
}

async function beConfirmed(walk) {
  const { code } = await deliverLetter(human);
  await walk.open("/cabinet/letter");
  await walk.look("letter-delivered");
  await walk.press('main a[href*="/post/"]');
  await walk.look("track");
  await walk.open("/cabinet/letter/code");
  await walk.look("letter-code");
  await walk.send({ code: code.slice(0, -1) });
  await walk.refused("code");
  await walk.look("letter-code-wrong");
  await walk.send({ code: code.toLowerCase() });
  walk.at("/cabinet/confirmed");
  await walk.page.locator("main .badge-confirmed").waitFor();
  await walk.look("confirmed");
  await walk.press('main a[href="/cabinet"]');
  await walk.page.locator("main .badge-confirmed").waitFor();
  await walk.look("cabinet-confirmed");
}

async function signOutAndIn(walk) {
  await walk.press('header a[href="/sign-out"]');
  await walk.look("sign-out");
  await walk.send({});
  await walk.look("signed-out");
  await walk.open("/cabinet");
  walk.at("/sign-in");
  await walk.look("sign-in");
  await walk.send({ login: human.phone, password: "not the password" });
  await walk.page.locator(".summary").waitFor();
  await walk.look("sign-in-failed");
  await walk.open("/sign-in");
  await signInByKeyboard(walk, human.phone);
  walk.at("/cabinet");
  await walk.open("/sign-out");
  await walk.send({});
}

/** The demo partner wants a confirmed person, and shows what it was told. */
async function visitPartner(walk) {
  await walk.open("/demo");
  await walk.look("demo");
  await walk.fill({ acr: "confirmed" });
  for (const scope of await walk.page.locator("[name=scope]").all()) await scope.check();
  await walk.press("main form .button");
  walk.at(/^\/interactions\//);
  await walk.look("partner-sign-in");
  await walk.signIn(human.person.snils);
  await walk.look("consent");
  await walk.press("button[value=allow]");
  walk.at("/demo/callback");
  await walk.page.locator("#demo-acr.acr-confirmed").waitFor();
  const userinfo = await walk.page.locator("#userinfo").innerText();
  for (const told of [human.person.lastName, human.person.firstName, human.person.birthDate, human.phone, human.passport.number]) {
    assert.ok(userinfo.includes(told), `the partner did not receive ${told}`);
  }
  await walk.look("demo-received");
  await walk.press('form[action="/demo/sign-out"] button');
  walk.at("/demo");
  await walk.page.locator(".done").waitFor();
  await walk.look("demo-signed-out");
}

/** Waits for the end of a check: its page follows by its script, or is asked for again by its link. */
async function seeTheEnd(walk, sign) {
  if (walk.javaScript) return walk.page.locator(sign).waitFor();
  for (const end = Date.now() + 60_000; !(await walk.page.locator(sign).count()); ) {
    assert.ok(Date.now() < end, "the check does not end");
    await new Promise((soon) => setTimeout(soon, 200));
    await Promise.all([walk.page.waitForEvent("load"), walk.page.locator("main noscript a").click()]);
  }
}
