import { validateHeaderName, validateHeaderValue } from "node:http";

import type { EdgeLimits } from "./edge-limits.ts";
import { isDisallowedHeader, READ_ONLY_HEADERS } from "./header-rules.ts";
import type { EdgeHeaders, EdgeRequest } from "./viewer-request-event.ts";

/** A response that a function made up. */
export type GeneratedResponse = {
  status: number;
  statusDescription: string;
  headers: [key: string, value: string][];
  body: Buffer;
};

/** What to do with a viewer's request, or why CloudFront would not accept what the function said. */
export type FunctionVerdict =
  | { status: "pass-on"; request: EdgeRequest }
  | { status: "respond"; response: GeneratedResponse }
  | { status: "invalid"; reason: string };

/**
 * Judges what a viewer-request function returned, as CloudFront does before it acts on it.
 *
 * Where AWS does not say what happens, the stricter reading is taken: what passes here should pass there.
 *
 * @param result  what the handler resolved to, after the trip through JSON that Lambda makes it take
 * @param original  the request in the event, as it was before the function could touch it
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses-in-requests.html
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
export function judgeFunctionResult(result: unknown, original: EdgeRequest, limits: EdgeLimits): FunctionVerdict {
  try {
    if (!isRecord(result)) throw new Violation("The function returned neither a request nor a response.");
    if ("status" in result) return { status: "respond", response: readResponse(result, limits) };
    return { status: "pass-on", request: readRequest(result, original, limits) };
  } catch (error) {
    if (error instanceof Violation) return { status: "invalid", reason: error.message };
    throw error;
  }
}

class Violation extends Error {}

function readRequest(result: Record<string, unknown>, original: EdgeRequest, limits: EdgeLimits): EdgeRequest {
  const { uri, querystring } = result;
  if (result["method"] !== original.method) throw new Violation("The function tried to change the read-only method.");
  if (result["clientIp"] !== original.clientIp)
    throw new Violation("The function tried to change the read-only clientIp.");
  if (typeof uri !== "string" || !/^\/[^\s?#\p{Cc}]*$/u.test(uri)) {
    throw new Violation("The uri must begin with a slash and hold no space, control character, ? or #.");
  }
  if (typeof querystring !== "string" || /[\s#\p{Cc}]/u.test(querystring)) {
    throw new Violation("The querystring must be a string without spaces, control characters or #.");
  }
  const changed = uri !== original.uri || querystring !== original.querystring;
  if (changed && Buffer.byteLength(`${uri}?${querystring}`) >= limits.urlBytes) {
    throw new Violation(`The uri and querystring together must be shorter than ${limits.urlBytes} characters.`);
  }
  const headers = readHeaders(result["headers"]);
  if (headers["cloudfront-viewer-country"] && !original.headers["cloudfront-viewer-country"]) {
    throw new Violation("The function tried to add the header cloudfront-viewer-country.");
  }
  for (const name of READ_ONLY_HEADERS) {
    if (valuesOf(headers, name) !== valuesOf(original.headers, name)) {
      throw new Violation(`The function tried to add, delete, or change the read-only header ${name}.`);
    }
  }
  return { clientIp: original.clientIp, headers, method: original.method, querystring, uri };
}

function readResponse(result: Record<string, unknown>, limits: EdgeLimits): GeneratedResponse {
  const { status, statusDescription = "", headers = {}, body = "", bodyEncoding = "text" } = result;
  if (typeof status !== "string" || !/^[2-5]\d\d$/.test(status)) {
    throw new Violation('The status must be a string from "200" to "599".');
  }
  if (typeof statusDescription !== "string" || !/^[\t\x20-\x7e]*$/.test(statusDescription)) {
    throw new Violation("The statusDescription must be a string of printable ASCII characters.");
  }
  const fields = readHeaders(headers);
  for (const name of READ_ONLY_HEADERS) {
    if (fields[name]) throw new Violation(`The function tried to add the read-only header ${name}.`);
  }
  if (typeof body !== "string") throw new Violation("The body is not a string.");
  if (status === "204" && body !== "") throw new Violation("A response with status 204 must not have a body.");
  const lines = Object.values(fields).flatMap((entries) =>
    entries.map(({ key = "", value }): [string, string] => [key, value]),
  );
  const headerBytes = lines.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (headerBytes + Buffer.byteLength(body) > limits.generatedResponseBytes) {
    throw new Violation(`Headers and body together exceed the maximum size of ${limits.generatedResponseBytes} bytes.`);
  }
  return { status: Number(status), statusDescription, headers: lines, body: decodeBody(body, bodyEncoding) };
}

function decodeBody(body: string, encoding: unknown): Buffer {
  if (encoding === "text") return Buffer.from(body);
  if (encoding !== "base64") throw new Violation('The bodyEncoding must be "text" or "base64".');
  const decoded = Buffer.from(body, "base64");
  // Buffer skips what is not base64 and never fails; only a body that survives the way back was valid.
  if (decoded.toString("base64").replace(/=+$/, "") !== body.replace(/=+$/, "")) {
    throw new Violation("The body is not valid base64.");
  }
  return decoded;
}

function readHeaders(headers: unknown): EdgeHeaders {
  if (!isRecord(headers)) throw new Violation("The headers must be an object.");
  const accepted = Object.create(null) as EdgeHeaders;
  for (const [name, entries] of Object.entries(headers)) {
    if (name !== name.toLowerCase()) throw new Violation(`The header name ${printable(name)} is not in lower case.`);
    if (isDisallowedHeader(name))
      throw new Violation(`The function tried to add the disallowed header ${printable(name)}.`);
    if (!Array.isArray(entries)) throw new Violation(`The header ${printable(name)} is not an array.`);
    if (entries.length > 0) accepted[name] = entries.map((entry: unknown) => readHeader(name, entry));
  }
  return accepted;
}

function readHeader(name: string, entry: unknown): { key: string; value: string } {
  const { key = capitalise(name), value } = isRecord(entry) ? entry : {};
  if (typeof key !== "string" || key.toLowerCase() !== name) {
    throw new Violation(`A key of the header ${printable(name)} does not match its name.`);
  }
  if (typeof value !== "string") throw new Violation(`A value of the header ${printable(name)} is not a string.`);
  try {
    validateHeaderName(key);
    validateHeaderValue(key, value);
  } catch {
    throw new Violation(`The header ${printable(name)} holds a character that no header may hold.`);
  }
  return { key, value };
}

function capitalise(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

function valuesOf(headers: EdgeHeaders, name: string): string {
  return JSON.stringify((headers[name] ?? []).map(({ value }) => value));
}

function printable(name: string): string {
  return name.replace(/[^\x21-\x7e]/g, "?").slice(0, 64);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
