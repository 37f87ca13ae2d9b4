import type { HeaderField } from "../ports/header-field.ts";
import { acceptsJson } from "./accepts-json.ts";
import type { HttpAnswer } from "./http-answer.ts";

/** A refusal as the client sees it. */
export interface WireError {
  /** Chosen by `refusals.ts` alone. */
  readonly status: number;
  /** Stable code to switch on; S3's own where S3 has one. */
  readonly code: string;
  /** For people; a fixed text, without anything that the client sent. */
  readonly message: string;
  /** Further headers, such as `Allow`. */
  readonly headers?: readonly HeaderField[];
}

/** The form of a refusal: S3's XML, or JSON with the same fields. */
export type ErrorForm = "xml" | "json";

/** The form of a refusal that a client asked for: JSON only by name. @param request  headers, names in lower case */
export function errorForm(request: readonly HeaderField[]): ErrorForm {
  return acceptsJson(request) ? "json" : "xml";
}

/**
 * Writes a refusal as S3 would, so that S3 clients can read it.
 *
 * @param requestId  so that a user can name the request and an operator find it
 * @param cors       headers that let a page read the answer
 * @param form       default: S3's XML
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function errorAnswer(
  error: WireError,
  requestId: string,
  cors: readonly HeaderField[],
  form: ErrorForm = "xml",
): HttpAnswer {
  return {
    status: error.status,
    headers: [
      ["Content-Type", `application/${form}`],
      ["Cache-Control", "no-store"],
      ...(error.headers ?? []),
      ...cors,
    ],
    body: form === "json" ? toJson(error, requestId) : toXml(error, requestId),
  };
}

function toJson({ code, message }: WireError, requestId: string): string {
  return JSON.stringify({ code, message, requestId });
}

function toXml({ code, message }: WireError, requestId: string): string {
  const fields = [
    ["Code", code],
    ["Message", message],
    ["RequestId", requestId],
  ] as const;
  const elements = fields.map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`).join("");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements}</Error>\n`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (c) => (c === "&" ? "&amp;" : c === "<" ? "&lt;" : "&gt;"));
}
