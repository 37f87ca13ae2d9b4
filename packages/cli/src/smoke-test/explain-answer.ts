import { type Outcome, wireError } from "@presign-once/core/http";

import { CheckFailed } from "./check.ts";
import { diagnosis, type DiagnosisCode } from "./diagnoses.ts";
import { type ErrorBody, readErrorBody } from "./error-body.ts";
import { explainEdgeError } from "./explain-edge-error.ts";
import { explainS3Error, type Explanation } from "./explain-s3-error.ts";
import { type HttpAnswer, type HttpRequest, SILENT } from "./http-message.ts";

/** Who made an answer. */
export type Answerer = "presign-once" | "s3" | "cloudfront";

/**
 * Tells who made an answer.
 *
 * presign-once names CloudFront's id of the request in its errors, and S3 an id of its own. An answer without a body says
 * it by `x-cache` alone.
 */
export function answererOf({ headers, body }: HttpAnswer): Answerer {
  if (/^LambdaGeneratedResponse/.test(headers["x-cache"] ?? "")) return "presign-once";
  const error = readErrorBody(body);
  if (error === undefined) return /html/.test(headers["content-type"] ?? "") ? "cloudfront" : "s3";
  return error.requestId === headers["x-amz-cf-id"] ? "presign-once" : "s3";
}

/** What presign-once's refusals mean to a smoke test, whose requests are in order. */
const OF_UPLOADS: readonly (readonly [Outcome, DiagnosisCode])[] = [
  ["unavailable", "index-unavailable"],
  ["store-refused", "index-refused"],
  ["undecided", "claim-undecided"],
  ["unknown", "url-unknown"],
  ["already-claimed", "url-not-fresh"],
  ["expired", "clock-wrong"],
  ["not-yet-valid", "clock-wrong"],
  ["content-length-missing", "length-missing"],
  ["header-refused", "header-refused"],
];
const OF_ISSUING: readonly (readonly [Outcome, DiagnosisCode])[] = [
  ["issue-unavailable", "index-unavailable"],
  ["issue-fault", "function-fault"],
  ["unauthenticated", "caller-unknown"],
  ["forbidden", "caller-forbidden"],
  ["parameter-invalid", "parameter-refused"],
];

/** Whether an answer is this refusal of presign-once's. */
export function isRefusal(answer: HttpAnswer, outcome: Outcome): boolean {
  const { status, code } = wireError(outcome);
  return answererOf(answer) === "presign-once" && answer.status === status && readErrorBody(answer.body)?.code === code;
}

/**
 * Explains an answer that is not the expected one.
 *
 * @param to  what was asked: for a URL, or to store an upload
 */
export function explainAnswer(answer: HttpAnswer, request: HttpRequest, to: "issue" | "upload"): Explanation {
  const error = readErrorBody(answer.body);
  switch (answererOf(answer)) {
    case "cloudfront":
      return { code: explainEdgeError(answer), seen: `CloudFront answered ${answer.status}` };
    case "presign-once":
      return error === undefined ? unexpected(answer, to) : explainRefusal(error, answer.status, to);
    case "s3":
      return error === undefined ? unexpected(answer, to) : explainS3Error(error, answer.status, request);
  }
}

/** As {@link explainAnswer}, to be thrown. */
export function failedBy(answer: HttpAnswer, request: HttpRequest, to: "issue" | "upload"): CheckFailed {
  const { code, seen } = explainAnswer(answer, request, to);
  return new CheckFailed(diagnosis(code), seen);
}

function explainRefusal({ code, message }: ErrorBody, status: number, to: "issue" | "upload"): Explanation {
  const rows = to === "issue" ? OF_ISSUING : OF_UPLOADS;
  const row = rows.find(([outcome]) => wireError(outcome).code === code && wireError(outcome).status === status);
  return { code: row?.[1] ?? "refused", seen: `presign-once answered ${status} ${code}: ${plain(message)}` };
}

/** presign-once's messages are fixed; whatever stands in one all the same, nothing as long as a token or a URL is printed. */
function plain(message: string): string {
  const words = message.replace(/[^ -~]+/g, " ").replace(/\S{20,}/g, "…");
  return words.slice(0, MAX_MESSAGE_LENGTH);
}

function unexpected({ status }: HttpAnswer, to: "issue" | "upload"): Explanation {
  const code = to === "issue" ? "not-an-issue-endpoint" : status < 400 ? "refused" : "edge-error";
  return { code, seen: `an answer ${status} without an error that can be read` };
}

const MAX_MESSAGE_LENGTH = 200;

/** Codes of connections that never came to be. */
const NOT_CONNECTED = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EACCES)$/;
const TLS = /^(?:CERT_|DEPTH_|SELF_|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH)/;

/** Explains why no answer came. Only the error's code is looked at. */
export function explainNoAnswer(error: unknown): Explanation {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const seen = code === SILENT || code === "" ? "no answer" : `no answer (${code})`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return { code: "dns-not-found", seen };
  if (TLS.test(code)) return { code: "tls-failed", seen };
  if (NOT_CONNECTED.test(code)) return { code: "not-connected", seen };
  return { code: "connection-broken", seen };
}
