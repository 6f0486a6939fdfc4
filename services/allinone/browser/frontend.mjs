// The example of a front end, on another origin than the installation: PAGE is where it is served.
import assert from "node:assert/strict";
import { call, citizen, deliverLetter, message, messages, origin, password } from "./lib/sandbox.mjs";
import { totp } from "./lib/totp.mjs";
import { inBrowser } from "./lib/walk.mjs";

const human = await citizen(Number(process.env.FIRST ?? 41));

/** A page that changes without being left. */
class Site {
  constructor(walk) {
    this.walk = walk;
    this.page = walk.page;
  }

  /** The step that is shown. */
  async at(title) {
    await this.page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    assert.equal(await this.page.title(), `${title} — Example`);
  }

  press(name) {
    return this.page.getByRole("button", { name, exact: true }).click();
  }

  async send(values, button) {
    await this.walk.fill(values);
    await this.press(button);
  }

  /** Nothing that counts is in the page only. */
  async reload(title) {
    await this.page.reload({ waitUntil: "load" });
    await this.at(title);
  }

  look(name) {
    return this.walk.look(`example-${name}`);
  }
}

await inBrowser({ lang: "en" }, async (walk) => {
  const site = new Site(walk);
  await signUp(site, human);
  await beVerified(site, human);
  await orderLetter(site);
  await beConfirmed(site);
  await signInByTwoFactors(site);
  // Calls that are refused are reported like missing pictures; the page knows about them. What the server fails in stays a complaint.
  const refused = (c) => /Failed to load resource: .* status of 4\d\d /.test(c) && c.includes(`(${origin}/v1/`);
  walk.complaints.splice(0, Infinity, ...walk.complaints.filter((c) => !refused(c)));
});

async function signUp(site, { person, phone }) {
  const { lastName, firstName, middleName } = person;
  await site.walk.open(process.env.PAGE);
  await site.at("Sign up");
  await site.look("sign-up");
  await site.send({ lastName, phone: "495 123" }, "Get a code");
  await site.walk.refused("firstName", "phone");
  await site.look("sign-up-wrong");
  await site.send({ lastName, firstName, middleName, phone }, "Get a code");
  await site.at("Enter the code");
  await waitForResend(site);
  await site.reload("Enter the code");
  const { code } = await message(phone, "SMS", (m) => m.code?.length === 6);
  await site.send({ code: code === "000000" ? "000001" : "000000" }, "Continue");
  await site.page.locator(".summary").waitFor();
  await site.look("code-wrong");
  await site.send({ code }, "Continue");
  await site.at("Choose a password");
  await site.reload("Choose a password");
  await site.send({ password: "qwerty" }, "Create the account");
  await site.walk.refused("password");
  await site.look("password-weak");
  await site.send({ password }, "Create the account");
  await site.at("Your details");
}

/** Another code may be asked for after a minute: until then the button counts down. */
async function waitForResend(site) {
  const resend = site.page.locator("#resend");
  assert.match(await resend.innerText(), /^Send another code \(in \d+ s\)$/);
  assert.ok(await resend.isDisabled(), "another code can be asked for too early");
}

async function beVerified(site, { person, passport }) {
  const details = {
    gender: person.gender, birthDate: person.birthDate, birthPlace: person.birthPlace, snils: person.snils,
    series: passport.series, number: passport.number, issueDate: passport.issueDate, issuedBy: passport.issuedBy,
    issueCode: passport.issueCode,
  };
  await site.reload("Your details");
  await site.look("details");
  await site.send({ ...details, snils: "123" }, "Check my details");
  await site.walk.refused("snils");
  await site.look("details-wrong");
  await site.send({ ...details, number: "12" }, "Check my details");
  await site.walk.refused("number");
  await site.reload("Your details"); // what was accepted is there
  assert.equal(await site.walk.value("birthPlace"), person.birthPlace);
  await site.send(details, "Check my details");
  await site.at("Order a letter"); // by the way of the check, however long that takes
}

async function orderLetter(site) {
  const { postalCode, region, city, street, house, flat } = human.address;
  await site.look("letter");
  await site.send({ postalCode: "12" }, "Order the letter");
  await site.walk.refused("postalCode", "region", "city", "house");
  await site.look("letter-wrong");
  await site.send({ postalCode, region, city, street, house, flat }, "Order the letter");
  await site.at("Enter the code from the letter");
  await site.reload("Enter the code from the letter");
  await site.look("letter-ordered");
}

async function beConfirmed(site) {
  const { code } = await deliverLetter(human);
  await site.send({ code: code.slice(0, -1) }, "Confirm my account");
  await site.page.locator(".summary").waitFor();
  await site.send({ code }, "Confirm my account");
  await site.at("Your account is confirmed");
  await site.look("confirmed");
  await site.press("Sign out");
  await site.at("Sign up");
  await site.press("Sign in");
  await site.at("Sign in");
  await site.send({ login: human.phone, password }, "Sign in");
  await site.at("Your account is confirmed");
}

/** Who has a second way to sign in is asked for it: also after a reload, and by another way. */
async function signInByTwoFactors(site) {
  const told = await toldOfDevices();
  const codes = await bindApp(site);
  await site.press("Sign out");
  await site.at("Sign up");
  await site.press("Sign in");
  await site.send({ login: human.phone, password }, "Sign in");
  await site.at("Confirm that it is you");
  await site.reload("Confirm that it is you");
  await site.look("step");
  await site.send({ code: "000" }, "Continue");
  await site.page.locator(".summary").waitFor();
  await site.look("step-wrong");
  await site.press("Use: Backup code");
  await site.send({ code: codes[0] }, "Continue");
  await site.at("Your account is confirmed");
  assert.equal(await toldOfDevices(), told, "the browser was a new device");
}

/** How often the citizen was told of a sign-in on a new device. */
async function toldOfDevices() {
  return (await messages(human.phone)).filter(({ text }) => /new device/.test(text)).length;
}

/** Binds an authenticator app to who is signed in, and gives the backup codes. */
async function bindApp(site) {
  const token = await site.page.evaluate(() => JSON.parse(sessionStorage.getItem("propusk-example")).token);
  const { id, otpauthUri } = await call("POST", "/v1/me/secondFactors", { kind: "TOTP" }, token);
  const code = totp(new URL(otpauthUri).searchParams.get("secret"));
  return (await call("POST", `/v1/me/secondFactors/${id}:activate`, { code }, token)).backupCodes;
}
