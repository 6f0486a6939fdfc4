// A partner that uses npm's openid-client as its documentation says, with the sandbox's public client.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import * as client from "openid-client";
import { citizen, origin, signUp } from "./lib/sandbox.mjs";
import { inBrowser } from "./lib/walk.mjs";

const human = await citizen(Number(process.env.FIRST ?? 300));
await signUp(human);

// As many partners do, this one takes the answer at one origin and sends the browser on to another.
let answered;
const callbacks = createServer((request, answer) => {
  if (request.url.startsWith("/callback?")) {
    answered = request.url;
    answer.writeHead(303, { Location: `http://localhost:${callbacks.address().port}/` }).end();
    return;
  }
  answer.writeHead(200, { "Content-Type": "text/html" });
  answer.end('<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>Partner</title><h1>Signed in</h1>');
});
await new Promise((ready) => callbacks.listen(0, "127.0.0.1", ready));
const home = `http://127.0.0.1:${callbacks.address().port}`;

try {
  await inBrowser({ lang: "en" }, logIn);
} finally {
  callbacks.close();
  callbacks.closeAllConnections();
}

async function logIn(walk) {
  const config = await client.discovery(new URL(origin), "sandbox-app", undefined, client.None(), {
    execute: [client.allowInsecureRequests], // this installation is on localhost
  });
  client.enableNonRepudiationChecks(config); // the ID token's signature too
  assert.ok(config.serverMetadata().authorization_response_iss_parameter_supported, "RFC 9207 is not announced");

  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(),
    expectedNonce: client.randomNonce(), idTokenExpected: true,
  };
  const callback = await authorize(walk, config, checks);
  assert.equal(callback.searchParams.get("iss"), origin);
  await refusesAnotherIssuer(config, callback, checks);
  const tokens = await client.authorizationCodeGrant(config, callback, checks);

  const claims = tokens.claims();
  assert.equal(claims.iss, origin);
  assert.equal(claims.aud, "sandbox-app");
  assert.equal(claims.acr, "simplified");
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(userinfo.phone_number, human.phone);
  assert.equal(userinfo.family_name, human.person.lastName);

  await refresh(config, tokens, claims);
  await assert.rejects(client.authorizationCodeGrant(config, callback, checks), { error: "invalid_grant" });
  await logOut(walk, config, tokens);
}

/** Sends the person through the pages; what comes back is the callback's address. */
async function authorize(walk, config, { pkceCodeVerifier, expectedState: state, expectedNonce: nonce }) {
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: `${home}/callback`, scope: "openid profile phone offline_access", state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256",
    login_hint: human.phone, ui_locales: "en",
  });
  await walk.open(url.href);
  assert.equal(await walk.page.inputValue("#login"), human.phone, "login_hint is not in the form");
  await walk.signIn(human.phone);
  await walk.look("app-consent");
  await walk.press("button[value=allow]");
  assert.equal(walk.page.url(), `http://localhost:${callbacks.address().port}/`);
  return new URL(answered, home);
}

/** The library's own check of RFC 9207 works on what we send. */
async function refusesAnotherIssuer(config, callback, checks) {
  const mixed = new URL(callback);
  mixed.searchParams.set("iss", "http://another.example");
  await assert.rejects(client.authorizationCodeGrant(config, mixed, checks), (e) => /"iss"/.test(e.cause?.message));
}

async function refresh(config, tokens, claims) {
  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(fresh.access_token, tokens.access_token);
  assert.notEqual(fresh.refresh_token, tokens.refresh_token, "the refresh token is not rotated");
  const again = await client.fetchUserInfo(config, fresh.access_token, claims.sub);
  assert.equal(again.sub, claims.sub);
}

async function logOut(walk, config, tokens) {
  // The ID token proves which session is meant, so that the person is not asked.
  const parameters = { id_token_hint: tokens.id_token, post_logout_redirect_uri: `${home}/`, state: "bye" };
  await walk.open(client.buildEndSessionUrl(config, parameters).href);
  assert.equal(walk.page.url(), `${home}/?state=bye`);
  await walk.open("/cabinet");
  walk.at("/sign-in");
}
