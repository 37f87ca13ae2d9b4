import type { S3Answer, S3Request } from "./s3-exchange.ts";

/**
 * What can go wrong once in a schedule.
 *
 * With any request:
 * - `lost-request`: it never reaches S3, and times out for the claimant;
 * - `slow-down`: 503 SlowDown, not carried out;
 * - `error-before`: 500, not carried out.
 *
 * With a write:
 * - `conflict`: 409 ConditionalRequestConflict, not carried out;
 * - `lost-answer`: carried out, but the claimant's connection is reset before the answer;
 * - `error-after`: carried out, but answered with 500;
 * - `error-late`: answered with 500; carried out at any later point, or never;
 * - `late-write`: timed out for the claimant; carried out at any later point, or never;
 * - `delivered-twice`: carried out and answered; carried out once more at any later point, or never;
 * - `retried`: carried out, its answer lost, and sent again by the SDK: the claimant sees the second answer only.
 *
 * With a claimant:
 * - `crash`: it never continues; a write under way is carried out at any later point, or never.
 */
export const faultKinds = [
  "crash",
  "lost-request",
  "lost-answer",
  "late-write",
  "conflict",
  "slow-down",
  "error-before",
  "error-after",
  "error-late",
  "delivered-twice",
  "retried",
] as const;

/** The name of a fault. */
export type FaultKind = (typeof faultKinds)[number];

const TIMED_OUT = { status: undefined, code: "TimeoutError" } as const satisfies S3Answer;
const FAILED = { status: 500, code: "InternalError" } as const satisfies S3Answer;

/** What a fault that keeps a request from being carried out answers. */
export const refusals = {
  "lost-request": TIMED_OUT,
  conflict: { status: 409, code: "ConditionalRequestConflict" },
  "slow-down": { status: 503, code: "SlowDown" },
  "error-before": FAILED,
} as const satisfies Partial<Record<FaultKind, S3Answer>>;

/** Tells whether a fault keeps a request from being carried out. */
export function isRefusal(what: string): what is keyof typeof refusals {
  return Object.hasOwn(refusals, what);
}

/** What a fault answers that carries a request out later, or never. */
export const delays = { "late-write": TIMED_OUT, "error-late": FAILED } as const;

/** What a fault that hides the true answer of a request that was carried out puts in its place. */
export const disguises = {
  "lost-answer": { status: undefined, code: "ECONNRESET" },
  "error-after": FAILED,
} as const satisfies Partial<Record<FaultKind, S3Answer>>;

/**
 * The faults that can befall a request now.
 *
 * @param stage  `sent` before the request has reached S3, `arrived` after, `whole` where that is one step
 */
export function faultsOf(request: S3Request, stage: "sent" | "arrived" | "whole"): readonly FaultKind[] {
  if (request.op !== "PUT") return ["lost-request", "slow-down", "error-before"];
  const before = ["lost-request", "conflict", "slow-down", "error-before", "late-write", "error-late"] as const;
  const after = ["lost-answer", "error-after", "delivered-twice", "retried"] as const;
  switch (stage) {
    case "sent":
      return before;
    case "arrived":
      return ["late-write", "error-late", ...after];
    case "whole":
      return [...before, ...after];
  }
}
