// What everybody may read, and pages about what cannot be had.
import assert from "node:assert/strict";
import { citizen, signUp } from "../sandbox.mjs";
import { end, has, link, opens, signedIn, step } from "../steps.mjs";

/** From the start page to the services and through all of help. */
async function read() {
  const topics = ["code", "forgotten", "number", "phone", "stolen", "duplicate", "deceased"];
  return [
    link("home", "/", "/services", { open: opens("/") }),
    step({ name: "services", at: "/services", button: 'footer a[href="/help"]' }),
    link("help", "/help", "/help/locked"),
    link("help-locked", "/help/locked", "/help"),
    ...topics.map((topic) => link(`help-${topic}`, `/help/${topic}`, "/help", { open: opens(`/help/${topic}`) })),
    end("help-again", "/help", has("main h1")),
  ];
}

/** A page that cannot be had, and the first of the ways that it offers. */
function missing(name, path, way, rest = {}) {
  return step({ name, at: path.split("?")[0], open: opens(path), button: `main a[href="${way}"]`, error: true, ...rest });
}

/** What cannot be had leads on to what helps. */
async function getLost() {
  const request = "/oauth2/authorize?response_type=code&scope=openid&client_id=";
  const foreign = "what somebody else has sent leads nowhere of theirs";
  return [
    missing("not-found", "/nowhere", "/help"),
    missing("sign-up-unknown", "/sign-up/nobody/code", "/sign-up"),
    missing("client-unknown", request + "nobody", "/", { shows: noWayOut(foreign) }),
    missing("redirect-wrong", request + "sandbox-app&redirect_uri=https://evil.example/", "/", { shows: noWayOut(foreign) }),
    missing("interaction-unknown", "/interactions/nothing", "/"),
    end("home", "/", has("main h1")),
  ];
}

function noWayOut(why) {
  return async (walk) => assert.equal(await walk.page.locator('main a[href^="http"]').count(), 0, why);
}

/** The same for who is signed in. */
async function getLostAtHome(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  return [
    missing("verification-unknown", "/cabinet/verification/0190f8a0-0000-7000-8000-000000000009", "/cabinet/person", {
      ...mine, open: signedIn(human, "/cabinet/verification/0190f8a0-0000-7000-8000-000000000009"),
    }),
    missing("not-found-signed-in", "/cabinet/nowhere", "/cabinet", mine),
    end("cabinet", "/cabinet", has(".next")),
  ];
}

const nobody = { session: "nobody is signed in" };

export const open = {
  help: { not: nobody, steps: read },
  lost: { not: nobody, steps: getLost },
  "lost-signed-in": { steps: getLostAtHome },
};
