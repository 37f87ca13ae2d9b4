import { type HeaderField, LOCK_HEADER, parseQuery, TAG_PARAMETER } from "@presign-once/core";

import type { ErrorBody } from "./error-body.ts";
import type { Explanation } from "./explain-s3-error.ts";
import { type HttpRequest, splitUrl } from "./http-message.ts";

/** What is never in S3's canonical query: what the edge takes off, and the signature itself. */
const NOT_CANONICAL: ReadonlySet<string> = new Set([TAG_PARAMETER, "X-Amz-Signature"]);
/** Headers whose value may be printed. */
const PRINTABLE: ReadonlySet<string> = new Set(["content-length", "content-type", "host", "if-none-match"]);
const MAX_SHOWN = 60;

/**
 * Finds out from S3's echo of the canonical request which signed header or parameter arrived otherwise than it was sent.
 *
 * @param error    S3's `SignatureDoesNotMatch`
 * @param request  as it was sent to the edge
 * @param seen     how the line begins
 * @returns        the first difference; the lock is named and never shown
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function explainSignature(error: ErrorBody, request: HttpRequest, seen: string): Explanation {
  const [method, , query = "", ...rest] = error.field("CanonicalRequest").split("\n");
  if (method === undefined || rest.length < 2)
    return { code: "signature-refused", seen: `${seen}, without the canonical request` };
  const arrived = new Map(rest.slice(0, rest.indexOf("")).map(readField));
  const { origin, target } = splitUrl(request.url);
  const arrivedQuery = parseQuery(query) ?? [];
  // The query of an upload with a ticket is the verify function's.
  const sentQuery = target.includes("?") ? (parseQuery(target.split("?")[1] ?? "") ?? []) : arrivedQuery;

  const signed = sentQuery.find(([name]) => name === "X-Amz-SignedHeaders")?.[1].split(";") ?? [];
  if (signed.includes(LOCK_HEADER) && !arrived.get(LOCK_HEADER))
    return { code: "verify-not-attached", seen: `${seen}: ${LOCK_HEADER} is missing` };
  if (arrived.get("host") === new URL(origin).host)
    return { code: "host-forwarded", seen: `${seen} for the edge's host` };

  const parameter = differingParameter(sentQuery, arrivedQuery);
  if (parameter !== undefined) return { code: "header-altered", seen: `${seen}: the parameter ${parameter}` };
  const header = differingHeader(request.headers ?? [], signed, arrived);
  if (header !== undefined) return { code: "header-altered", seen: `${seen}: the header ${header}` };
  if (method !== request.method) return { code: "header-altered", seen: `${seen}: the method arrived as another one` };
  return { code: "signature-refused", seen: `${seen}: nothing that was signed differs` };
}

function readField(line: string): HeaderField {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1)];
}

function differingParameter(sent: readonly HeaderField[], arrived: readonly HeaderField[]): string | undefined {
  const values = new Map(arrived);
  for (const [name, value] of sent) {
    if (NOT_CANONICAL.has(name)) continue;
    if (!values.has(name)) return `${name} is missing`;
    if (values.get(name) !== value) return `${name} arrived with another value`;
    values.delete(name);
  }
  const [added] = values.keys();
  return added === undefined ? undefined : `${/^[\w.-]{1,64}$/.test(added) ? added : "(unusual name)"} was added`;
}

function differingHeader(
  sent: readonly HeaderField[],
  signed: readonly string[],
  arrived: ReadonlyMap<string, string>,
): string | undefined {
  const values = new Map(sent);
  for (const name of signed) {
    const got = arrived.get(name);
    if (name === "host") continue; // S3 has a name of its own
    if (got === undefined || got === "") return `${name} is missing`;
    const value = values.get(name);
    if (value !== undefined && value !== got) return `${name}: sent ${shown(name, value)}, arrived ${shown(name, got)}`;
  }
  return undefined;
}

function shown(name: string, value: string): string {
  if (!PRINTABLE.has(name)) return "(not shown)";
  return JSON.stringify(value.replace(/[^ -~]/g, "?").slice(0, MAX_SHOWN));
}
