import type { HeaderField } from "@presign-once/core";

import type { GeneratedResponse } from "./cloudfront.ts";
import { toCloudFrontHeaders } from "./viewer-request.ts";

/** A refusal as the client sees it. */
export interface WireError {
  readonly status: 400 | 401 | 403 | 405 | 411 | 500 | 503;
  /** Stable code to switch on; S3's own where S3 has one. */
  readonly code: string;
  /** For people; a fixed text, without anything that the client sent. */
  readonly message: string;
  /** Further headers, such as `Allow`. */
  readonly headers?: readonly HeaderField[];
}

const DESCRIPTIONS = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  405: "Method Not Allowed",
  411: "Length Required",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

/**
 * Spells a refusal as S3 would, so that S3 clients can read it.
 *
 * @param requestId  CloudFront's, so that a user can name it and an operator find it
 * @param cors       headers that let a page read the answer
 * @param form       S3's XML, or JSON with the same fields for whoever asked for JSON
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function errorResponse(
  error: WireError,
  requestId: string,
  cors: readonly HeaderField[],
  form: "xml" | "json" = "xml",
): GeneratedResponse {
  return {
    status: String(error.status),
    statusDescription: DESCRIPTIONS[error.status],
    headers: toCloudFrontHeaders([
      ["Content-Type", `application/${form}`],
      ["Cache-Control", "no-store"],
      ...(error.headers ?? []),
      ...cors,
    ]),
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
