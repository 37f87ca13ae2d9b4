import type { Claimer } from "@presign-once/core";

import type { GeneratedResponse, ViewerRequest } from "./cloudfront.ts";
import type { Cors } from "./cors.ts";
import { describeDecision, type WriteLine } from "./decision-log.ts";
import { errorResponse } from "./error-response.ts";
import { wireErrorOf } from "./refusals.ts";
import { headerFields, readViewerRequest, toCloudFrontHeaders } from "./viewer-request.ts";

/** A CloudFront viewer-request handler: the request it returns goes on to the origin, a response goes to the viewer. */
export type ViewerRequestHandler = (event: unknown) => Promise<ViewerRequest | GeneratedResponse>;

/**
 * Creates the handler in front of the bucket: lets the first upload of each URL through, and nothing else.
 *
 * A request that is returned was claimed; it is the viewer's own, with the query in canonical spelling and without its
 * tag, and with the headers that the origin locks need.
 *
 * @throws {PresignOnceError} `EVENT_INVALID`, from the handler, for anything but a viewer-request event
 */
export function createVerifyHandler(deps: {
  readonly claimer: Claimer;
  readonly cors: Cors;
  readonly writeLine: WriteLine;
}): ViewerRequestHandler {
  return async (event) => {
    const { requestId, request } = readViewerRequest(event);
    if (request.method === "OPTIONS") return deps.cors.preflight(request, requestId, ["PUT"]);
    const decision = await deps.claimer.claim({
      method: request.method,
      path: request.uri,
      query: request.querystring,
      headers: headerFields(request.headers),
    });
    deps.writeLine(describeDecision(decision, requestId));
    switch (decision.status) {
      case "accepted":
        return {
          ...request,
          querystring: decision.query,
          headers: { ...request.headers, ...toCloudFrontHeaders(decision.addHeaders) },
        };
      case "refused":
        return errorResponse(wireErrorOf(decision), requestId, deps.cors.headers(request));
    }
  };
}
