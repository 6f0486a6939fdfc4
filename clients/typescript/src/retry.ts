/** When and how often a call is sent again. */
export interface RetryOptions {
  /** How often a request is sent at most, the first time included; 1: it is never repeated. */
  attempts?: number;
  /** The longest wait for another attempt, in milliseconds: who should wait longer is told so instead. */
  longestWait?: number;
  /** Waits so many milliseconds; for tests. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

type Send = (request: Request) => Promise<Response>;

const firstWait = 500;

/**
 * Sends a request again when it could not be answered (503, no connection) or too many came (429 RATE_LIMITED), after as long as
 * Retry-After says. The repeats are the same request with the same Idempotency-Key, so it is done once.
 */
export function retrying(send: Send, { attempts = 4, longestWait = 10_000, wait = sleep }: RetryOptions = {}): Send {
  return async (request) => {
    for (let attempt = 1; attempt < attempts; attempt++) {
      const pause = firstWait * 2 ** (attempt - 1);
      const result = await attempted(send, request.clone());
      const delay = result.response ? await delayAfter(result.response, pause) : delayAfterFailure(request, pause);
      if (delay === undefined || delay > longestWait) return settled(request, result, attempt);
      await result.response?.body?.cancel();
      await wait(delay, request.signal);
    }
    return settled(request, await attempted(send, request), attempts);
  };
}

type Result = { response: Response } | { response?: never; failure: unknown };

async function attempted(send: Send, request: Request): Promise<Result> {
  try {
    return { response: await send(request) };
  } catch (failure) {
    return { failure };
  }
}

function settled(request: Request, result: Result, attempt: number): Response {
  if (!result.response) throw result.failure;
  return attempt > 1 && deletedBefore(request, result.response) ? new Response(null, { status: 204 }) : result.response;
}

/** What a repeated DELETE finds gone, an attempt before has deleted: its answer was lost. */
function deletedBefore(request: Request, { status }: Response): boolean {
  const session = new URL(request.url).pathname.endsWith("/v1/sessions/current");
  return request.method === "DELETE" && (status === 404 || (session && status === 401));
}

/** How many milliseconds to wait after an answer; undefined: it stands. */
async function delayAfter(response: Response, pause: number): Promise<number | undefined> {
  const seconds = retryAfter(response);
  if (response.status === 503) return seconds === undefined ? pause : seconds * 1000;
  if (response.status !== 429 || seconds === undefined) return undefined;
  return (await isOfRequests(response)) ? seconds * 1000 : undefined;
}

/** Whether a limit is one of requests. Those of codes, sign-ins and letters are for the person to know, however short the wait. */
async function isOfRequests(response: Response): Promise<boolean> {
  const problem: unknown = await response.clone().json().catch(() => undefined);
  const code = typeof problem === "object" && problem !== null && "code" in problem ? problem.code : undefined;
  return code === undefined || code === "RATE_LIMITED" || code === "OVERLOADED";
}

/** Without an answer nobody knows whether the request was done. One with a condition would then break its own. */
function delayAfterFailure(request: Request, pause: number): number | undefined {
  return request.signal.aborted || request.headers.has("If-Match") ? undefined : pause;
}

/** The seconds of the header Retry-After, if there is one. */
export function retryAfter(response: Response): number | undefined {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Number.isNaN(seconds) ? undefined : seconds;
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
