import createFetchClient, { type Client as FetchClient, type Middleware } from "openapi-fetch";
import { type RetryOptions, retrying } from "./retry.js";
import type { paths } from "./schema.js";

/** The calls of the API, by method and path: `client.GET("/v1/me")`. */
export type Client = FetchClient<paths>;

export interface Options {
  /** The installation's origin, such as `https://id.example.ru`. */
  baseUrl: string;
  /** The token of who is signed in; undefined: nobody is. It is asked for before each call. */
  token?: () => string | undefined;
  /** The language of titles and details. Without it the browser's own counts. */
  language?: "ru" | "en";
  /** When and how often a call is sent again. */
  retry?: RetryOptions;
  /** What sends requests, in place of the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

/** Makes a client of one installation. */
export function createClient(options: Options): Client {
  const send = options.fetch ?? ((request) => fetch(request));
  const client = createFetchClient<paths>({ baseUrl: options.baseUrl, fetch: retrying(send, options.retry) });
  client.use(headers(options));
  return client;
}

/**
 * A key for one thing that the person means to do. A call without one gets its own, which its repeats keep. Make one
 * yourself where the person may ask again for what may have been done already: give it to the first call and to the next.
 */
export function newIdempotencyKey(): string {
  // crypto.randomUUID is missing on pages that came by plain http, such as those of a device in one's own network.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Adds what every request says of its caller, unless the call says else. */
function headers(options: Options): Middleware {
  return {
    onRequest({ request }) {
      const token = options.token?.();
      if (token !== undefined) setMissing(request, "Authorization", `Bearer ${token}`);
      if (options.language !== undefined) setMissing(request, "Accept-Language", options.language);
      if (request.method === "POST") setMissing(request, "Idempotency-Key", newIdempotencyKey());
    },
  };
}

function setMissing(request: Request, name: string, value: string): void {
  if (!request.headers.has(name)) request.headers.set(name, value);
}
