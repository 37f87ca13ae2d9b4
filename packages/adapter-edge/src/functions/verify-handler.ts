import type { Claimer } from "@presign-once/core";
import { type Cors, describeDecision, errorForm, refusalAnswer, type WriteLine } from "@presign-once/core/http";

import type { CloudFrontHeaders, GeneratedResponse, ViewerRequest } from "../cloudfront/cloudfront.ts";
import { generatedResponse } from "../cloudfront/generated-response.ts";
import { headerFields, readViewerRequest, toCloudFrontHeaders } from "../cloudfront/viewer-request.ts";

/** A CloudFront viewer-request handler: the request it returns goes on to the origin, a response goes to the viewer. */
export type ViewerRequestHandler = (event: unknown) => Promise<ViewerRequest | GeneratedResponse>;

/**
 * Creates the handler in front of the bucket: lets the first upload of each URL through, and nothing else.
 *
 * A request that is returned was claimed; it is the viewer's own, with the path and the query that the origin is to get,
 * and with no other headers than those that S3 may get and those that CloudFront lets no function remove.
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
    const headers = headerFields(request.headers);
    if (request.method === "OPTIONS") return generatedResponse(deps.cors.preflight(headers, requestId, ["PUT"]));
    const decision = await deps.claimer.claim({
      method: request.method,
      path: request.uri,
      query: request.querystring,
      headers,
    });
    deps.writeLine(describeDecision(decision, requestId));
    switch (decision.status) {
      case "accepted":
        return {
          ...request,
          uri: decision.path,
          querystring: decision.query,
          headers: { ...toCloudFrontHeaders(decision.headers), ...readOnly(request.headers) },
        };
      case "refused":
        return generatedResponse(
          refusalAnswer(decision, requestId, deps.cors.headers(headers), { form: errorForm(headers) }),
        );
    }
  };
}

/**
 * Headers that a viewer-request function may neither change nor remove.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
const READ_ONLY = ["content-length", "host", "transfer-encoding", "via"];

function readOnly(headers: CloudFrontHeaders): CloudFrontHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => READ_ONLY.includes(name)));
}
