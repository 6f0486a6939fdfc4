export { createClient, newIdempotencyKey } from "./client.js";
export type { Client, Options } from "./client.js";
export { read, readWithEtag } from "./answer.js";
export type { Answer, Versioned } from "./answer.js";
export { ProblemError } from "./problem.js";
export type { FieldCode, FieldProblem, Problem, ProblemCode } from "./problem.js";
export type { RetryOptions } from "./retry.js";
export type { components, operations, paths } from "./schema.js";
