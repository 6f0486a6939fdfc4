// The pages beside the straight way: errors, refusals, the e-mail, what the registries do not know.
// `node tour.mjs en|ru`.
import assert from "node:assert/strict";
import { call, citizen, message, password, persona, signIn, signUp } from "./lib/sandbox.mjs";
import { inBrowser } from "./lib/walk.mjs";

const lang = process.argv[2] ?? "en";
const base = Number(process.env.FIRST ?? 200);

await inBrowser({ lang }, async (walk) => {
  await getLost(walk);
  await beRefusedAsPartner(walk);
  await lookAround(walk);
  await signUpByEmail(walk, await citizen(base));
  await failTheCode(walk, await citizen(base + 1));
  await differ(walk, await persona("name_differs", base + 2));
  await wait(walk, await persona("pfr_timeout", base + 3));
  await beTooLow(walk);
  await refuseConsent(walk);
  await haveALongName(walk, await citizen(base + 4));
  await loseCookies(walk);
});

/** Opens a page that is not to be had. */
async function open(walk, path, status, name) {
  const answer = await walk.open(path);
  assert.equal(answer.status(), status, path);
  await walk.look(name);
}

async function getLost(walk) {
  await open(walk, "/nowhere", 404, "not-found");
  for (const topic of ["", "/locked", "/code", "/number", "/phone", "/stolen", "/duplicate", "/deceased"]) {
    await open(walk, "/help" + topic, 200, "help" + topic.replace("/", "-"));
  }
  await open(walk, "/sign-up/nobody/code", 404, "error");
  await open(walk, "/phone/nowhere", 404, "phone-not-found");
  await open(walk, "/post/00000000000000", 404, "track-unknown");
  await open(walk, "/demo/nowhere", 404, "demo-not-found");
}

/** A partner's broken requests never lead back to it. */
async function beRefusedAsPartner(walk) {
  const request = "/oauth2/authorize?response_type=code&scope=openid&client_id=";
  await open(walk, request + "nobody", 400, "client-unknown");
  await open(walk, request + "sandbox-app&redirect_uri=https://evil.example/", 400, "redirect-wrong");
  await open(walk, "/interactions/nothing", 404, "interaction-unknown");
  await open(walk, "/demo/callback?state=foreign&code=x", 400, "demo-foreign");
}

async function lookAround(walk) {
  await open(walk, "/phone/people?n=7", 200, "people");
  await walk.page.locator(".people summary").first().click();
  await walk.look("people-open");
  await open(walk, "/phone/people?n=99999999999", 200, "people-unknown");
  await open(walk, "/phone/people/00000060001", 200, "person");
}

async function signUpByEmail(walk, human) {
  const { lastName, firstName } = human.person;
  await walk.open("/sign-up");
  await walk.send({ no_phone: true, last_name: lastName, first_name: firstName, email: human.email });
  await walk.look("link-sent");
  const mail = await message(human.email, "EMAIL");
  const [, link] = mail.text.match(/(\/sign-up\/\S+\/link\?token=[\w-]+)/);
  await walk.open("/phone?to=" + encodeURIComponent(human.email));
  await walk.look("phone-email");
  await walk.open(link);
  await walk.look("link");
  await walk.send({});
  await walk.send({ password, password_repeat: password });
  await walk.lookBriefly("signed-up");
  walk.at("/cabinet/person");
  await walk.open(link);
  await walk.send({});
  await walk.look("link-dead");
  await walk.open("/cabinet");
  await walk.look("cabinet-simplified");
  await signOut(walk);
}

async function signOut(walk) {
  await walk.open("/sign-out");
  await walk.send({});
}

async function failTheCode(walk, human) {
  const { lastName, firstName } = human.person;
  await walk.open("/sign-up");
  await walk.send({ last_name: lastName, first_name: firstName, phone: human.phone });
  const { code } = await message(human.phone, "SMS", (m) => m.code?.length === 6);
  const wrong = code === "000000" ? "000001" : "000000";
  for (let i = 0; i < 5; i++) await walk.send({ code: wrong });
  assert.equal(await walk.page.locator("#code").count(), 0, "a sixth code may be typed");
  await walk.look("code-dead");
}

/** Signs up and submits what the persona says, by REST. */
async function submit(human) {
  await signUp(human);
  const token = await signIn(human.phone);
  const { lastName, firstName, middleName, ...rest } = human.person;
  await call("PATCH", "/v1/me/person", rest, token);
  await call("POST", "/v1/me/documents", human.passport, token);
  return call("POST", "/v1/me/verifications", {}, token);
}

async function differ(walk, human) {
  const { id } = await submit(human);
  await walk.open("/sign-in");
  await walk.signIn(human.phone);
  await walk.open(`/cabinet/verification/${id}`);
  await walk.page.locator(".notice-warn").waitFor();
  await walk.look("verification-differs");
  await walk.open("/cabinet");
  await walk.look("cabinet-correct");
  await signOut(walk);
}

/** One registry never answers. */
async function wait(walk, human) {
  const { id } = await submit(human);
  await walk.open("/sign-in");
  await walk.signIn(human.phone);
  await walk.open(`/cabinet/verification/${id}`);
  await walk.page.locator(".tag-wait").first().waitFor();
  await walk.look("verification-pending");
  await walk.open("/cabinet/person");
  await walk.look("person-pending");
  await walk.open("/cabinet");
  await walk.look("cabinet-wait");
}

async function beTooLow(walk) {
  await walk.open("/demo");
  await walk.fill({ acr: "confirmed" });
  await walk.press("main form .button");
  await walk.look("level-too-low");
  await walk.press("button[value=deny]");
  await walk.look("demo-too-low");
}

/** The partner asks for the password again, and gets nothing. */
async function refuseConsent(walk) {
  await walk.open("/reauthenticate?next=/cabinet");
  await walk.look("reauthenticate");
  await walk.open("/demo");
  await walk.page.locator("[name=again]").check();
  await walk.press("main form .button");
  await walk.look("partner-reauthenticate");
  await walk.send({ password: "not the password" });
  await walk.refused("password");
  await walk.send({ password });
  await walk.look("consent-one");
  await walk.press("button[value=deny]");
  await walk.look("demo-denied");
  await walk.open("/cabinet");
  await signOut(walk);
}

/** Sixty letters without a space or a hyphen fit every page that shows a name. */
async function haveALongName(walk, human) {
  const long = "Староконстантинопольскопреображенскосергиевопосадскодолгорук";
  assert.equal(long.length, 60);
  await signUp({ ...human, person: { ...human.person, lastName: long, firstName: long, middleName: long } });
  await walk.open("/sign-in");
  await walk.signIn(human.phone);
  await walk.look("long-name-cabinet");
  await walk.open("/");
  await walk.look("long-name-home");
  await walk.open("/services");
  await walk.look("services");
  await walk.open("/cabinet/person");
  await walk.look("long-name-person");
  await walk.open("/demo");
  await walk.press("main form .button");
  await walk.look("long-name-consent");
  await walk.open("/cabinet");
  await signOut(walk);
}

/** A form of a session that the browser has forgotten. */
async function loseCookies(walk) {
  await walk.open("/sign-in");
  await walk.page.context().clearCookies();
  await walk.signIn("+79000000000");
  await walk.look("forged");
}
