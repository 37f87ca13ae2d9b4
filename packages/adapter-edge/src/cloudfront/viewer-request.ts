import { type HeaderField, PresignOnceError } from "@presign-once/core";

import type { CloudFrontHeaders, ViewerRequest, ViewerRequestEvent } from "./cloudfront.ts";

/** Longest request id that answers and log lines carry; CloudFront's have 56 characters. */
const MAX_REQUEST_ID_LENGTH = 128;

/**
 * Takes the request, and the id that CloudFront gave it, out of an event.
 *
 * @throws {PresignOnceError} `EVENT_INVALID`: anything but a viewer-request event of CloudFront
 */
export function readViewerRequest(event: unknown): { readonly requestId: string; readonly request: ViewerRequest } {
  const cf = (event as Partial<ViewerRequestEvent> | null | undefined)?.Records?.[0]?.cf;
  const { config, request } = cf ?? {};
  if (config?.eventType !== "viewer-request" || typeof config.requestId !== "string" || !isRequest(request))
    throw new PresignOnceError(
      "EVENT_INVALID",
      "Expected a CloudFront viewer-request event: attach this function to the viewer-request trigger of a cache behaviour",
    );
  return { requestId: config.requestId.slice(0, MAX_REQUEST_ID_LENGTH), request };
}

function isRequest(request: Partial<ViewerRequest> | undefined): request is ViewerRequest {
  return (
    typeof request?.method === "string" &&
    typeof request.uri === "string" &&
    typeof request.querystring === "string" &&
    isHeaders(request.headers)
  );
}

function isHeaders(headers: unknown): headers is CloudFrontHeaders {
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) return false;
  const values: unknown[] = Object.values(headers);
  return values.every((fields) => Array.isArray(fields) && fields.every(isField));
}

function isField(field: unknown): boolean {
  return typeof (field as { value?: unknown } | null)?.value === "string";
}

/** Flattens CloudFront's headers into fields, repeated ones repeated. */
export function headerFields(headers: CloudFrontHeaders): HeaderField[] {
  const flat: HeaderField[] = [];
  for (const [name, fields] of Object.entries(headers))
    for (const { value } of fields) flat.push([name.toLowerCase(), value]);
  return flat;
}

/** The opposite of {@link headerFields}, for answers. */
export function toCloudFrontHeaders(fields: readonly HeaderField[]): CloudFrontHeaders {
  return Object.fromEntries(fields.map(([key, value]) => [key.toLowerCase(), [{ key, value }]]));
}
