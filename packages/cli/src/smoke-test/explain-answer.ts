import { type Outcome, wireError } from "@presign-once/core/http";

import { CheckFailed } from "./check.ts";
import { diagnosis, type DiagnosisCode } from "./diagnoses.ts";
import { type ErrorBody, readErrorBody } from "./error-body.ts";
import { explainEdgeError } from "./explain-edge-error.ts";
import { explainS3Error, type Explanation } from "./explain-s3-error.ts";
import { type HttpAnswer, type HttpRequest, SILENT } from "./http-message.ts";

/** Who made an answer. */
export type Answerer = "presign-once" | "s3" | "cloudfront" | "intermediary";

/** What an answerer is called. */
const NAMES: Readonly<Record<Answerer, string>> = {
  "presign-once": "presign-once",
  s3: "S3",
  cloudfront: "CloudFront",
  intermediary: "an intermediary",
};

/**
 * Tells who made an answer, as far as the answer proves it.
 *
 * presign-once names CloudFront's id of the request in its errors, and an S3 server answers errors in XML with an id of its
 * own. Without either, `server`, S3's and CloudFront's headers decide. What has none of them comes from something else: a
 * proxy, a firewall, another site. CloudFront adds its headers to the answers of others too, which name their own server.
 */
export function answererOf({ headers, body }: HttpAnswer): Answerer {
  const { "x-cache": xCache = "", "x-amz-cf-id": edgeId, server } = headers;
  if (/^LambdaGeneratedResponse/.test(xCache)) return "presign-once";
  const error = readErrorBody(body);
  if (error !== undefined && edgeId !== undefined && error.requestId === edgeId) return "presign-once";
  if (server === "AmazonS3" || "x-amz-request-id" in headers || (error !== undefined && !isJson(body))) return "s3";
  const hasEdgeHeaders = edgeId !== undefined || / from cloudfront$/i.test(xCache);
  return server === "CloudFront" || (server === undefined && hasEdgeHeaders) ? "cloudfront" : "intermediary";
}

function isJson(body: string): boolean {
  return body.trimStart().startsWith("{");
}

/** Says in a few words who answered with which status. */
export function describeAnswerer(answer: HttpAnswer): string {
  return `${NAMES[answererOf(answer)]} answered ${answer.status}`;
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
  ["download-used", "url-not-fresh"],
  ["download-expired", "clock-wrong"],
];
const OF_ISSUING: readonly (readonly [Outcome, DiagnosisCode])[] = [
  ["issue-unavailable", "index-unavailable"],
  ["issue-fault", "function-fault"],
  ["unauthenticated", "caller-unknown"],
  ["forbidden", "caller-forbidden"],
  ["parameter-invalid", "parameter-refused"],
];
/** Statuses of what has no endpoint at the path, such as a site that sends to its front page or to a login. */
export const NOT_HERE: ReadonlySet<number> = new Set([200, 301, 302, 303, 307, 308, 404, 405, 410]);

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
  const answerer = answererOf(answer);
  if (to === "issue" && !isOfIssuing(answer))
    return { code: "not-an-issue-endpoint", seen: named(describeAnswerer(answer), error) };
  switch (answerer) {
    case "cloudfront":
      return { code: explainEdgeError(answer), seen: describeAnswerer(answer) };
    case "intermediary":
      return { code: "intermediary", seen: describeAnswerer(answer) };
    case "presign-once":
      return error === undefined ? unexpected(answer, "refused") : explainRefusal(error, answer.status, to);
    case "s3":
      return error === undefined ? unexpected(answer, "s3-refused") : explainS3Error(error, answer.status, request);
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

function unexpected(answer: HttpAnswer, code: DiagnosisCode): Explanation {
  return { code, seen: `${describeAnswerer(answer)} without an error that can be read` };
}

/**
 * Whether an answer that is no grant may come from the path that issues URLs, or from what stands before it. The verify
 * function refuses what the issue function takes, and nothing there passes a request on to S3.
 */
function isOfIssuing(answer: HttpAnswer): boolean {
  switch (answererOf(answer)) {
    case "presign-once":
      return (
        !isRefusal(answer, "method-not-allowed") && !isRefusal(answer, "malformed") && !NOT_HERE.has(answer.status)
      );
    case "s3":
      return false;
    case "cloudfront":
    case "intermediary":
      return !NOT_HERE.has(answer.status);
  }
}

/** An S3 error's code beside who answered; a code is one word. */
function named(seen: string, error: ErrorBody | undefined): string {
  const code = error?.code ?? "";
  return /^[A-Za-z]{1,40}$/.test(code) ? `${seen} ${code}` : seen;
}

const MAX_MESSAGE_LENGTH = 200;

/** Codes of connections that never came to be. */
const NOT_CONNECTED = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EACCES)$/;
const CERTIFICATE = /^(?:CERT_|CRL_|DEPTH_|SELF_|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH)/;
/** Of a handshake that ended before a certificate was looked at. */
const HANDSHAKE = /^(?:EPROTO$|ERR_SSL_|ERR_TLS_)/;

/** Explains why no answer came. Only the error's code is looked at. */
export function explainNoAnswer(error: unknown): Explanation {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const seen = code === SILENT || code === "" ? "no answer" : `no answer (${code})`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return { code: "dns-not-found", seen };
  if (CERTIFICATE.test(code)) return { code: "tls-failed", seen };
  if (HANDSHAKE.test(code)) return { code: "tls-not-spoken", seen };
  if (NOT_CONNECTED.test(code)) return { code: "not-connected", seen };
  return { code: "connection-broken", seen };
}
