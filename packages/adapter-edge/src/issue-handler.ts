import type { Grant, HeaderField, Issuer } from "@presign-once/core";

import type { GeneratedResponse, ViewerRequest } from "./cloudfront.ts";
import type { Cors } from "./cors.ts";
import { describeIssue, type WriteLine } from "./decision-log.ts";
import { errorResponse } from "./error-response.ts";
import { methodNotAllowed } from "./refusals.ts";
import type { ViewerRequestHandler } from "./verify-handler.ts";
import { onlyValue, readViewerRequest, toCloudFrontHeaders } from "./viewer-request.ts";

const METHODS = ["GET", "POST"];

/**
 * Creates the handler behind `/url`: answers GET and POST with a URL that works once, and never goes to an origin.
 *
 * The answer is the URL as text, or the whole grant for `Accept: application/json`.
 *
 * @param deps.edgeUrl     where clients reach the edge; default: https and the request's Host
 * @param deps.ttlSeconds  life of the URLs
 * @throws {PresignOnceError} `EVENT_INVALID`, from the handler, for anything but a viewer-request event
 */
export function createIssueHandler(deps: {
  readonly issuer: Issuer;
  readonly cors: Cors;
  readonly writeLine: WriteLine;
  readonly ttlSeconds: number;
  readonly edgeUrl?: string | undefined;
}): ViewerRequestHandler {
  return async (event) => {
    const { requestId, request } = readViewerRequest(event);
    const cors = deps.cors.headers(request);
    if (request.method === "OPTIONS") return deps.cors.preflight(request, requestId, METHODS);
    if (!METHODS.includes(request.method)) {
      const allow = [...METHODS, "OPTIONS"].join(", ");
      return errorResponse(methodNotAllowed(allow, "Ask for a URL with GET or POST."), requestId, cors);
    }
    if (request.querystring !== "") {
      const message = "This endpoint takes no query parameters.";
      return errorResponse({ status: 400, code: "InvalidArgument", message }, requestId, cors);
    }
    const edgeUrl = deps.edgeUrl ?? edgeUrlOf(request);
    if (edgeUrl === undefined) {
      const message = "The Host header is not the name of a host.";
      return errorResponse({ status: 400, code: "InvalidRequest", message }, requestId, cors);
    }

    const outcome = await deps.issuer.issue({ edgeUrl, ttlSeconds: deps.ttlSeconds });
    deps.writeLine(describeIssue(outcome.status, requestId, outcome));
    switch (outcome.status) {
      case "issued":
        return grantResponse(outcome.grant, wantsJson(request), cors);
      case "unavailable": {
        const message = "No URL could be issued just now. Try again.";
        const headers: HeaderField[] = [["Retry-After", "2"]];
        return errorResponse({ status: 503, code: "SlowDown", message, headers }, requestId, cors);
      }
    }
  };
}

function edgeUrlOf(request: ViewerRequest): string | undefined {
  const host = onlyValue(request.headers, "host") ?? "";
  const url = `https://${host}`;
  return /^[A-Za-z0-9.-]+(?::[0-9]{1,5})?$/.test(host) && URL.canParse(url) ? url : undefined;
}

function wantsJson(request: ViewerRequest): boolean {
  return /\bapplication\/json\b/i.test(onlyValue(request.headers, "accept") ?? "");
}

function grantResponse(grant: Grant, asJson: boolean, cors: readonly HeaderField[]): GeneratedResponse {
  return {
    status: "200",
    statusDescription: "OK",
    headers: toCloudFrontHeaders([
      ["Content-Type", asJson ? "application/json" : "text/plain; charset=utf-8"],
      ["Cache-Control", "no-store"],
      ...cors,
    ]),
    body: asJson ? JSON.stringify(grant) : grant.url,
  };
}
