import { type Claimer, DOWNLOAD_METHODS, DOWNLOAD_PATH, type Downloader, type HeaderField } from "@presign-once/core";
import {
  acceptsHtml,
  type Cors,
  describeDecision,
  describeDownload,
  errorForm,
  type HttpAnswer,
  passAnswer,
  refusalAnswer,
  refusedDownloadAnswer,
  shownAnswer,
  type WriteLine,
} from "@presign-once/core/http";

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
  /** Default: no download is offered. */
  readonly downloader?: Downloader | undefined;
  readonly cors: Cors;
  readonly writeLine: WriteLine;
}): ViewerRequestHandler {
  return async (event) => {
    const { requestId, request } = readViewerRequest(event);
    const headers = headerFields(request.headers);
    if (deps.downloader !== undefined && request.uri.startsWith(DOWNLOAD_PATH))
      return download(deps.downloader, request, headers, requestId);
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
        return passedOn(request, decision);
      case "refused":
        return generatedResponse(
          refusalAnswer(decision, requestId, deps.cors.headers(headers), { form: errorForm(headers) }),
        );
    }
  };

  async function download(
    downloader: Downloader,
    request: ViewerRequest,
    headers: readonly HeaderField[],
    requestId: string,
  ): Promise<ViewerRequest | GeneratedResponse> {
    const { method, uri: path, querystring: query } = request;
    if (method === "OPTIONS") return generatedResponse(deps.cors.preflight(headers, requestId, DOWNLOAD_METHODS));
    const decision = await downloader.decide({ method, path, query, headers });
    deps.writeLine(describeDownload(decision, requestId));
    const form = acceptsHtml(headers) ? "html" : "json";
    const answer = (given: HttpAnswer) => generatedResponse(method === "HEAD" ? { ...given, body: "" } : given);
    switch (decision.status) {
      case "accepted":
        return passedOn(request, decision);
      case "shown":
        return answer(shownAnswer(decision, form));
      case "pass":
        return answer(passAnswer(decision, path));
      case "refused":
        return answer(refusedDownloadAnswer(decision, requestId, form));
    }
  }
}

/** The viewer's own request, with what the origin is to get. */
function passedOn(
  request: ViewerRequest,
  { path, query, headers }: { readonly path: string; readonly query: string; readonly headers: readonly HeaderField[] },
): ViewerRequest {
  const passed = { ...toCloudFrontHeaders(headers), ...readOnly(request.headers) };
  return { ...request, uri: path, querystring: query, headers: passed };
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
