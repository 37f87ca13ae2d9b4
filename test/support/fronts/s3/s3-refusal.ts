import { randomBytes } from "node:crypto";

import type { HttpAnswer } from "../../../servers/http-answer.ts";

/** Why S3 would not do what it was asked. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Further elements of the error, by name. */
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * A refusal as S3 words it: XML with code, message, the further elements, and two ids.
 *
 * @param method  of the request; the answer to a HEAD has no body
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses
 */
export function refusalAnswer({ status, code, message, details }: Refusal, method: string): HttpAnswer {
  const requestId = randomBytes(8).toString("hex").toUpperCase();
  const hostId = randomBytes(42).toString("base64");
  const elements = Object.entries({
    Code: code,
    Message: message,
    ...details,
    RequestId: requestId,
    HostId: hostId,
  }).map(([name, text]) => `<${name}>${escaped(text)}</${name}>`);
  const xml = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements.join("")}</Error>`);
  const rawHeaders = ["x-amz-request-id", requestId, "x-amz-id-2", hostId, "Content-Type", "application/xml"];
  if (method === "HEAD") return { status, reason: code, rawHeaders, body: Buffer.alloc(0) };
  return { status, reason: code, rawHeaders: [...rawHeaders, "Content-Length", String(xml.length)], body: xml };
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
