import type { HttpAnswer } from "@presign-once/core/http";

import type { GeneratedResponse } from "./cloudfront.ts";
import { toCloudFrontHeaders } from "./viewer-request.ts";

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  303: "See Other",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  405: "Method Not Allowed",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Gives an answer the form in which CloudFront takes it from a function. */
export function generatedResponse({ status, headers, body }: HttpAnswer): GeneratedResponse {
  return {
    status: String(status),
    statusDescription: DESCRIPTIONS[status] ?? "",
    headers: toCloudFrontHeaders(headers),
    body,
  };
}
