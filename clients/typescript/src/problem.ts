import { retryAfter } from "./retry.js";
import type { components } from "./schema.js";

/** A problem document (RFC 9457): what was wrong, in the language of the request. */
export type Problem = components["schemas"]["Problem"];

/** What is wrong with one member of the body. */
export type FieldProblem = components["schemas"]["FieldProblem"];

/** The stable name of what was wrong: decide by it, never by the words. */
export type ProblemCode = Problem["code"];

/** The stable name of what is wrong with one member. */
export type FieldCode = FieldProblem["code"];

/** A call that was refused. Its message is for people; `code` is for programs. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  /** When to try again, in seconds; undefined: waiting does not help. */
  readonly retryAfter: number | undefined;

  constructor(readonly problem: Problem, response: Response) {
    super(problem.detail || problem.title);
    this.status = response.status;
    this.retryAfter = problem.retryAfter ?? retryAfter(response);
  }

  get code(): ProblemCode {
    return this.problem.code;
  }

  /** What is wrong with single fields, each with a JSON pointer into the body that was sent. */
  get fields(): readonly FieldProblem[] {
    return this.problem.errors ?? [];
  }

  /** Whether the call was refused for one of these reasons. */
  is(...codes: ProblemCode[]): boolean {
    return codes.includes(this.code);
  }
}

/** The refusal that an answer is. One that no problem document came with was written by what stands in between. */
export function problemOf(body: unknown, response: Response): ProblemError {
  if (isProblem(body)) return new ProblemError(body, response);
  const code = response.status >= 500 ? "UNAVAILABLE" : codes[response.status] ?? "REQUEST_MALFORMED";
  return new ProblemError({
    type: "about:blank", title: response.statusText || `HTTP ${response.status}`, status: response.status, code,
    instance: response.url, requestId: response.headers.get("X-Request-Id") ?? "",
  }, response);
}

/** What a refusal without a document most likely means. */
const codes: Record<number, ProblemCode> = {
  401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE", 421: "HOST_NOT_SERVED", 429: "RATE_LIMITED",
};

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "title" in body;
}
