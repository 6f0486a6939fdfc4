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
  assert.match(sent[0].headers.get("Idempotency-Key"), /^[0-9a-f-]{36}$/);
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
});

test("what is read comes with its version, and what is done without an answer with nothing", async () => {
  const { client } = played([json(200, { lastName: "Петрова" }, { ETag: '"7"' }), new Response(null, { status: 204 })]);
  assert.deepEqual(await readWithEtag(client.GET("/v1/me/person")), { data: { lastName: "Петрова" }, etag: '"7"' });
  assert.equal(await read(client.DELETE("/v1/sessions/current")), undefined);
});
