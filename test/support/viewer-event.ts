import type { ViewerRequest, ViewerRequestEvent } from "@presign-once/adapter-edge";

/** What a viewer sends; `headers` come on top of `host` and, for PUT, `content-length`, a repeated name twice. */
export interface Sent {
  readonly method?: string;
  /** Absolute. */
  readonly url: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Leaves `content-length` or `host` away. */
  readonly without?: readonly string[];
}

/** The request id of every event, unless a test says otherwise. */
export const REQUEST_ID = "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==";

/** The event that CloudFront makes of what a viewer sent. */
export function viewerEvent({ method = "PUT", url, headers = [], without = [] }: Sent): ViewerRequestEvent {
  const [, host = "", uri = "", querystring = ""] = /^https?:\/\/([^/]*)([^?]*)\??(.*)$/.exec(url) ?? [];
  const fields: (readonly [string, string])[] = [["Host", host]];
  if (method === "PUT") fields.push(["Content-Length", "5"]);
  const sent = [...fields.filter(([name]) => !without.includes(name.toLowerCase())), ...headers];
  const byName: Record<string, { key: string; value: string }[]> = {};
  for (const [key, value] of sent) (byName[key.toLowerCase()] ??= []).push({ key, value });
  return eventOf({ clientIp: "203.0.113.178", method, uri, querystring, headers: byName });
}

/** Wraps a request as CloudFront does. */
export function eventOf(request: ViewerRequest, requestId = REQUEST_ID): ViewerRequestEvent {
  const config = {
    distributionDomainName: "d111111abcdef8.cloudfront.net",
    distributionId: "EDFDVBD6EXAMPLE",
    eventType: "viewer-request",
    requestId,
  } as const;
  return { Records: [{ cf: { config, request } }] };
}
