import { problemOf } from "./problem.js";

/** What a call of the client comes to. */
export type Answer<T> =
  | { data: T; error?: never; response: Response }
  | { data?: never; error: unknown; response: Response };

/** What was read, with its version for an edit that must not undo another's. */
export interface Versioned<T> {
  data: T;
  /** Give it back as `If-Match`. */
  etag: string;
}

/** The answer of a call; a refusal is thrown as a ProblemError. */
export async function read<T>(call: Promise<Answer<T>>): Promise<T> {
  return settled(await call);
}

/** The answer of a call with its version. */
export async function readWithEtag<T>(call: Promise<Answer<T>>): Promise<Versioned<T>> {
  const answer = await call;
  const data = settled(answer);
  const etag = answer.response.headers.get("ETag");
  // Without it the edit would undo whatever another has saved meanwhile.
  if (etag === null) throw new Error("The answer has no ETag: is the header exposed to this page?");
  return { data, etag };
}

function settled<T>(answer: Answer<T>): T {
  if (!answer.response.ok) throw problemOf(answer.error, answer.response);
  return answer.data as T;
}
