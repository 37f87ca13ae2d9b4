import { type HeaderField, PresignOnceError } from "@presign-once/core";

import type { CloudFrontHeaders, ViewerRequest, ViewerRequestConfig, ViewerRequestEvent } from "./cloudfront.ts";

/**
 * Takes the request out of an event.
 *
 * @throws {PresignOnceError} `EVENT_INVALID`: anything but a viewer-request event of CloudFront
 */
export function readViewerRequest(event: unknown): { config: ViewerRequestConfig; request: ViewerRequest } {
  const cf = (event as Partial<ViewerRequestEvent> | null | undefined)?.Records?.[0]?.cf;
  const { config, request } = cf ?? {};
  if (config?.eventType !== "viewer-request" || !isRequest(request))
    throw new PresignOnceError(
      "EVENT_INVALID",
      "Expected a CloudFront viewer-request event: attach this function to the viewer-request trigger of a cache behaviour",
    );
  return { config, request };
}

function isRequest(request: Partial<ViewerRequest> | undefined): request is ViewerRequest {
  return (
    typeof request?.method === "string" &&
    typeof request.uri === "string" &&
    typeof request.querystring === "string" &&
    typeof request.headers === "object"
  );
}

/** Flattens CloudFront's headers into fields, repeated ones repeated. */
export function headerFields(headers: CloudFrontHeaders): HeaderField[] {
  return Object.entries(headers).flatMap(([name, fields]) => fields.map(({ value }): HeaderField => [name.toLowerCase(), value]));
}

/** The value of a header that was sent exactly once. */
export function onlyValue(headers: CloudFrontHeaders, name: string): string | undefined {
  const fields = headers[name];
  return fields?.length === 1 ? fields[0]?.value : undefined;
}

/** The opposite of {@link headerFields}, for answers. */
export function toCloudFrontHeaders(fields: readonly HeaderField[]): CloudFrontHeaders {
  return Object.fromEntries(fields.map(([key, value]) => [key.toLowerCase(), [{ key, value }]]));
}
