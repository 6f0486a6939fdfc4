// The client against a service that is played: node --test, after tsc.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient, ProblemError, read, readWithEtag } from "../dist/index.js";

/** A client whose requests get these answers in turn, and what it has sent and how long it has waited. */
function played(answers, options = {}) {
  const sent = [];
  const waits = [];
  const client = createClient({
    baseUrl: "https://id.example",
    ...options,
    retry: { wait: async (ms) => void waits.push(ms), ...options.retry },
    fetch: async (request) => {
      const answer = answers[sent.length];
      sent.push({ method: request.method, url: request.url, headers: request.headers, body: await request.text() });
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { client, sent, waits };
}

const json = (status, body, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

const problem = (status, more, headers = {}) => json(status, {
  type: "urn:x", title: "No", status, code: "RATE_LIMITED", instance: "/v1/me", requestId: "r1", ...more,
}, { "Content-Type": "application/problem+json", ...headers });

const unavailable = () => problem(503, { code: "UNAVAILABLE" }, { "Retry-After": "3" });

test("a request says who calls, and in which language", async () => {
  let token;
  const { client, sent } = played([json(200, {}), json(200, {})], { token: () => token, language: "ru" });
  await client.GET("/v1/passwords/policy");
  token = "t1";
  await client.GET("/v1/me");
  assert.deepEqual(sent.map(({ headers }) => headers.get("Authorization")), [null, "Bearer t1"]);
  assert.equal(sent[0].headers.get("Accept-Language"), "ru");
  assert.equal(sent[0].headers.get("Idempotency-Key"), null);
});

test("what is sent again is the same request with the same key", async () => {
  const { client, sent, waits } = played([unavailable(), new TypeError("gone"), json(201, { id: "7" })]);
  assert.deepEqual(await read(client.POST("/v1/me/addresses", { body: { city: "Москва" } })), { id: "7" });
  assert.equal(new Set(sent.map(({ headers }) => headers.get("Idempotency-Key"))).size, 1);
  assert.match(sent[0].headers.get("Idempotency-Key"), /^[0-9a-f]{32}$/);
  assert.deepEqual(sent.map(({ body }) => body), Array(3).fill('{"city":"Москва"}'));
  assert.deepEqual(waits, [3000, 1000]);
});

test("every intention has its own key, unless the caller says which", async () => {
  const { client, sent } = played([json(200, {}), json(200, {}), json(200, {})]);
  await client.POST("/v1/me/verifications");
  await client.POST("/v1/me/verifications");
  await client.POST("/v1/me/verifications", { params: { header: { "Idempotency-Key": "my-own-key" } } });
  const keys = sent.map(({ headers }) => headers.get("Idempotency-Key"));
  assert.equal(new Set(keys).size, 3);
  assert.equal(keys[2], "my-own-key");
});

test("who should wait long is told so", async () => {
  const { client, sent, waits } = played([problem(429, { code: "CODE_RESEND_TOO_EARLY" }, { "Retry-After": "42" })]);
  const refused = await read(client.GET("/v1/me")).catch((e) => e);
  assert.ok(refused instanceof ProblemError && refused.is("CODE_RESEND_TOO_EARLY"));
  assert.equal(refused.retryAfter, 42);
  assert.equal(sent.length + waits.length, 1);
});

test("only too many requests are sent again, not what a person has done too often", async () => {
  const soon = { "Retry-After": "2" };
  const first = played([problem(429, {}, soon), json(200, {})]);
  await read(first.client.GET("/v1/me"));
  assert.deepEqual(first.waits, [2000]);
  for (const code of ["SIGN_IN_THROTTLED", "CODE_RESEND_TOO_EARLY", "VERIFICATION_LIMIT"]) {
    const { client, sent } = played([problem(429, { code }, soon)]);
    await assert.rejects(read(client.GET("/v1/me")), { code, retryAfter: 2 });
    assert.equal(sent.length, 1);
  }
});

const none = (code, status = 404) => problem(status, { code });

test("what a repeated DELETE finds gone was deleted; what the first finds gone was not", async () => {
  const remove = ({ client }) => read(client.DELETE("/v1/me/addresses/{addressId}", { params: { path: { addressId: "7" } } }));
  assert.equal(await remove(played([new TypeError("gone"), none("ADDRESS_NOT_FOUND")])), undefined);
  await assert.rejects(remove(played([none("ADDRESS_NOT_FOUND")])), { code: "ADDRESS_NOT_FOUND" });
  const signOut = ({ client }) => read(client.DELETE("/v1/sessions/current"));
  assert.equal(await signOut(played([new TypeError("gone"), none("SESSION_ENDED", 401)])), undefined);
  await assert.rejects(signOut(played([none("SESSION_ENDED", 401)])), { code: "SESSION_ENDED" });
  await assert.rejects(remove(played([new TypeError("gone"), none("SESSION_ENDED", 401)])), { code: "SESSION_ENDED" });
});

test("waiting ends with the call, and leaves nothing behind", async () => {
  const call = new AbortController();
  const listeners = new Set();
  const { signal } = call;
  const add = AbortSignal.prototype.addEventListener;
  const remove = AbortSignal.prototype.removeEventListener;
  AbortSignal.prototype.addEventListener = function (type, listener, ...rest) {
    if (String(listener).includes("clearTimeout")) listeners.add(listener);
    return add.call(this, type, listener, ...rest);
  };
  AbortSignal.prototype.removeEventListener = function (type, listener, ...rest) {
    listeners.delete(listener);
    return remove.call(this, type, listener, ...rest);
  };
  try {
    const short = () => problem(503, { code: "OVERLOADED" }, { "Retry-After": "0" });
    const { client } = played([short(), json(200, {})], { retry: { wait: undefined } });
    await read(client.GET("/v1/me", { signal }));
    assert.equal(listeners.size, 0);
  } finally {
    AbortSignal.prototype.addEventListener = add;
    AbortSignal.prototype.removeEventListener = remove;
  }
  const { client } = played([unavailable()], { retry: { wait: undefined } });
  const waiting = read(client.GET("/v1/me", { signal }));
  setTimeout(() => call.abort(new Error("left")), 10);
  await assert.rejects(waiting, /left/);
});

test("it does not go on for ever", async () => {
  const { client, sent } = played(Array.from({ length: 9 }, unavailable), { retry: { attempts: 3 } });
  await assert.rejects(read(client.GET("/v1/me")), { code: "UNAVAILABLE", status: 503 });
  assert.equal(sent.length, 3);
});

test("an edit with a condition is not repeated when nobody knows whether it was done", async () => {
  const { client, sent } = played([new TypeError("gone")]);
  const edit = client.PATCH("/v1/me/person", { params: { header: { "If-Match": '"7"' } }, body: { snils: "1" } });
  await assert.rejects(edit, /gone/);
  assert.equal(sent.length, 1);
});

test("a refusal names its fields", async () => {
  const { client } = played([problem(400, {
    code: "VALIDATION_FAILED", detail: "Look again.", errors: [{ pointer: "/phone", code: "FIELD_REQUIRED", detail: "Enter it." }],
  })]);
  const refused = await read(client.POST("/v1/registrations", { body: {} })).catch((e) => e);
  assert.equal(refused.message, "Look again.");
  assert.deepEqual(refused.fields.map((f) => f.pointer), ["/phone"]);
});

test("what is no problem document is one nevertheless", async () => {
  const { client } = played([new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" })]);
  await assert.rejects(read(client.GET("/v1/me")), { name: "ProblemError", status: 502, code: "UNAVAILABLE", message: "Bad Gateway" });
  for (const [status, code] of [[400, "REQUEST_MALFORMED"], [401, "UNAUTHENTICATED"], [403, "PERMISSION_DENIED"], [404, "NOT_FOUND"], [413, "PAYLOAD_TOO_LARGE"]]) {
    const { client } = played([new Response("<h1>No</h1>", { status })]);
    await assert.rejects(read(client.GET("/v1/me")), { status, code });
  }
});

test("what is read comes with its version, and what is done without an answer with nothing", async () => {
  const { client } = played([json(200, { lastName: "Петрова" }, { ETag: '"7"' }), new Response(null, { status: 204 })]);
  assert.deepEqual(await readWithEtag(client.GET("/v1/me/person")), { data: { lastName: "Петрова" }, etag: '"7"' });
  assert.equal(await read(client.DELETE("/v1/sessions/current")), undefined);
});
