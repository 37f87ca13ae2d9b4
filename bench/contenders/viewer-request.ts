import type { GeneratedResponse, ViewerRequest, ViewerRequestEvent } from "@presign-once/adapter-edge";

/** What CloudFront calls a function with for a request of curl's. */
export function viewerRequestEvent(method: string, url: URL): ViewerRequestEvent {
  const fields = { host: url.host, "user-agent": "curl/8.5.0", accept: "*/*", "x-forwarded-for": "203.0.113.178" };
  const sent = method === "PUT" ? { ...fields, "content-length": "5" } : fields;
  const headers = Object.fromEntries(Object.entries(sent).map(([key, value]) => [key, [{ key, value }]]));
  const request = {
    clientIp: "203.0.113.178",
    method,
    uri: url.pathname,
    querystring: url.search.slice(1),
    headers,
  };
  const config = {
    distributionDomainName: "d111111abcdef8.cloudfront.net",
    distributionId: "EDFDVBD6EXAMPLE",
    eventType: "viewer-request",
    requestId: "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
  } as const;
  return { Records: [{ cf: { config, request } }] };
}

/** Whether a function hands the request back, so that it goes on to the bucket. */
export function passes(result: ViewerRequest | GeneratedResponse): boolean {
  return "uri" in result;
}
