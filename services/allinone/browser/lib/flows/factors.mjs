// The second way to sign in: how it is added, and how it is asked for.
import { call, citizen, message, password, signIn, signUp } from "../sandbox.mjs";
import { end, has, kept, left, link, memo, opens, says, signedIn, step, wrong } from "../steps.mjs";
import { totp } from "../totp.mjs";

const security = "/cabinet/security";
const factors = `${security}/factors`;
const codes = `${factors}/codes`;
const nobody = { session: "nobody is signed in" };
const guarded = { session: "who signs in again is asked for the code too" };
const noScript = { "no-javascript": "passkeys need it" };

/** Adds an authenticator app at the second try, saves the codes, makes new ones, and removes it again. */
async function addApp(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  const at = `${factors}/app`;
  let key;
  const reads = async (walk) => { key = await walk.page.locator("#secret").textContent(); };
  return [
    link("security-unguarded", security, factors, { ...mine, open: signedIn(human, security) }),
    link("factors-none", factors, `${factors}/passkey`, mine),
    link("factor-passkey", `${factors}/passkey`, factors, { ...mine, shows: has("propusk-passkey") }),
    link("factors-again", factors, at, mine),
    step({ ...mine, name: "factor-app", at, once: "the key is made" }),
    step({ ...mine, name: "factor-app-code", at, shows: reads, values: { code: "000000" }, unsaved: kept }),
    step({
      name: "factor-app-wrong", at, once: "the app is added", not: guarded,
      shows: async (walk) => { await wrong({ code: "000000" }, "code")(walk); await reads(walk); },
      values: async () => ({ code: totp(key) }),
    }),
    step({ name: "backup-codes", at: codes, shows: has(".backup-codes"), once: "they are shown once", not: guarded }),
    link("factors-app", factors, codes, { shows: has(`main a[href$="/remove"]`), not: guarded }),
    step({ name: "backup-codes-new", at: codes, once: "the codes are made", not: guarded }),
    step({ name: "backup-codes-made", at: codes, shows: has(".backup-codes"), once: "they are shown once", not: guarded }),
    step({ name: "factors-remove", at: factors, button: `main a[href$="/remove"]`, not: guarded }),
    step({ name: "factor-remove", at: /\/remove$/, once: "it is removed", not: guarded }),
    end("factors-removed", factors, has(".notice-good")),
  ];
}

/** Adds codes by text message. */
async function addSMS(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  const at = `${factors}/sms`;
  return [
    link("factors-sms", factors, at, { ...mine, open: signedIn(human, factors) }),
    step({ ...mine, name: "factor-sms", at, once: "the code is sent" }),
    step({ name: "factor-sms-code", at, values: codeOf(human), once: "the phone is added", not: guarded }),
    step({ name: "backup-codes-sms", at: codes, once: "they are shown once", not: guarded }),
    end("factors-sms-added", factors, has(".notice-good")),
  ];
}

/** The newest code for signing in that is none of these. */
function codeOf(human, ...not) {
  const fits = (m) => m.code?.length === 6 && /для входа|signing in/.test(m.text) && !not.includes(m.code);
  return memo(async () => ({ code: (await message(human.phone, "SMS", fits)).code }));
}

/** Binds a factor by REST, and tells its backup codes. */
async function bind(human, kind, prove) {
  const token = await signIn(human.phone);
  const begun = await call("POST", "/v1/me/secondFactors", { kind }, token);
  return (await call("POST", `/v1/me/secondFactors/${begun.id}:activate`, { code: await prove(begun) }, token)).backupCodes;
}

/** Signs in with a code from an app at the second try, and then with a backup code. */
async function signInByApp(n) {
  const human = await citizen(n);
  await signUp(human);
  const [backup] = await bind(human, "TOTP", ({ otpauthUri }) => totp(new URL(otpauthUri).searchParams.get("secret")));
  return [
    step({
      name: "sign-in-guarded", at: "/sign-in", values: { login: human.phone, password }, open: opens("/sign-in?next=/cabinet/data"),
    }),
    step({ name: "step-app", at: "/sign-in/step", values: { code: "000000", remember: true }, unsaved: kept }),
    step({
      name: "step-app-wrong", at: "/sign-in/step", shows: wrong({ code: "000000" }, "code"), button: 'main a[href*="way=BACKUP_CODE"]',
    }),
    step({ name: "step-backup", at: "/sign-in/step", values: { backup_code: backup }, once: "the code is spent" }),
    end("data-by-backup", "/cabinet/data", says(human.person.lastName)),
  ];
}

/** Signs in with a code from a text message, which is sent at once. */
async function signInBySMS(n) {
  const human = await citizen(n);
  await signUp(human);
  const first = codeOf(human);
  await bind(human, "SMS_CODE", async () => (await first()).code);
  const { code } = await first();
  return [
    step({
      name: "sign-in-sms", at: "/sign-in", values: { login: human.phone, password }, open: opens("/sign-in"),
      once: "each sign-in has a code of its own", not: { tab: "each tab's sign-in has a code of its own" },
    }),
    step({ name: "step-sms", at: "/sign-in/step", values: codeOf(human, code), once: "the code is spent" }),
    end("cabinet-by-sms", "/cabinet", has("h1")),
  ];
}

/** Adds a passkey, and signs in with it alone. */
async function passkey(n) {
  const human = await citizen(n);
  await signUp(human);
  const once = "the passkey is made";
  const device = { ...guarded, tab: "the other tab has no authenticator" };
  return [
    step({
      name: "passkey-add", at: `${factors}/passkey`, values: { name: "Ноутбук" }, once, not: device,
      open: async (walk) => {
        await authenticator(walk);
        await signedIn(human, `${factors}/passkey`)(walk);
      },
    }),
    step({ name: "passkey-codes", at: codes, once: "they are shown once", not: guarded }),
    step({ name: "factors-passkey", at: factors, shows: says("Ноутбук"), button: `main a[href*="/factors/"]:not([href$="/remove"], [href$="/codes"])`, not: guarded }),
    step({ name: "factor-name", at: /\/factors\/[\w-]{36}$/, values: { name: "Рабочий ноутбук" }, not: guarded }),
    step({
      name: "factors-named", at: factors, shows: says("Рабочий ноутбук"), button: 'header a[href="/sign-out"]', not: { ...left, ...guarded },
    }),
    step({ name: "sign-out-passkey", at: "/sign-out", once: "the session has ended", not: { ...left, ...guarded } }),
    link("signed-out-passkey", "/signed-out", "/sign-in"),
    step({
      name: "sign-in-passkey", at: "/sign-in", button: "propusk-passkey button[type=submit]", once: "it signs in", not: device,
      shows: has("propusk-passkey [data-form]:not([hidden])"),
    }),
    end("cabinet-by-passkey", "/cabinet", has("h1")),
  ];
}

/** Gives the window a device that makes passkeys. Browsers' offers in the field of the login would be taken at once, before a step. */
async function authenticator(walk) {
  const session = await walk.page.context().newCDPSession(walk.page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await walk.page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
}

export const secondWays = {
  "factor-app": { steps: addApp },
  "factor-sms": { steps: addSMS },
  "step-app": { not: nobody, steps: signInByApp },
  "step-sms": { not: nobody, steps: signInBySMS },
  passkey: { not: noScript, steps: passkey },
};
