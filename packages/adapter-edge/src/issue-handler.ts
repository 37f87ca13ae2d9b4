import type { Authorizer, Grant, HeaderField, Issuer } from "@presign-once/core";

import { acceptsJson } from "./accepts-json.ts";
import type { GeneratedResponse, ViewerRequest } from "./cloudfront.ts";
import type { Cors } from "./cors.ts";
import { describeIssue, type WriteLine } from "./decision-log.ts";
import { errorResponse, type WireError } from "./error-response.ts";
import { type GrantLimits, readGrantRequest } from "./grant-request.ts";
import { methodNotAllowed } from "./refusals.ts";
import type { ViewerRequestHandler } from "./verify-handler.ts";
import { headerFields, onlyValue, readViewerRequest, toCloudFrontHeaders } from "./viewer-request.ts";

const METHODS = ["GET", "POST"];

/**
 * Creates the handler behind `/url`: answers GET and POST with a URL that works once, and never goes to an origin.
 *
 * The answer is the URL as text, or the whole grant for `Accept: application/json`. Who asks is looked at before what is
 * asked, and nothing is signed before both are in order.
 *
 * @param deps.authorizer  who may ask
 * @param deps.edgeUrl     where clients reach the edge; default: https and the request's Host
 * @param deps.limits      what they may ask for
 * @throws {PresignOnceError} `EVENT_INVALID`, from the handler, for anything but a viewer-request event
 */
export function createIssueHandler(deps: {
  readonly issuer: Issuer;
  readonly cors: Cors;
  readonly writeLine: WriteLine;
  readonly authorizer: Authorizer;
  readonly limits: GrantLimits;
  readonly edgeUrl?: string | undefined;
}): ViewerRequestHandler {
  return async (event) => {
    const { requestId, request } = readViewerRequest(event);
    if (request.method === "OPTIONS") return deps.cors.preflight(request, requestId, METHODS);
    const cors = deps.cors.headers(request);
    const form = acceptsJson(request) ? "json" : "xml";

    function refuse(error: WireError, subject?: string): GeneratedResponse {
      deps.writeLine(describeIssue(error.code, requestId, { subject }));
      return errorResponse(error, requestId, cors, form);
    }

    if (!METHODS.includes(request.method))
      return refuse(methodNotAllowed([...METHODS, "OPTIONS"].join(", "), "Ask for a URL with GET or POST."));
    const authorization = await deps.authorizer.authorize(headerFields(request.headers));
    if (authorization.status === "unauthenticated") return refuse(unauthenticated(authorization.challenge));
    const { subject } = authorization;
    if (authorization.status === "forbidden") return refuse(FORBIDDEN, subject);
    const edgeUrl = deps.edgeUrl ?? edgeUrlOf(request);
    if (edgeUrl === undefined)
      return refuse(invalid("InvalidRequest", "The Host header is not the name of a host."), subject);
    const asked = readGrantRequest(request.querystring, deps.limits);
    if ("fault" in asked) return refuse(invalid("InvalidArgument", asked.fault), subject);

    const outcome = await deps.issuer.issue({ edgeUrl, ...asked });
    deps.writeLine(describeIssue(outcome.status, requestId, { subject, ...outcome }));
    switch (outcome.status) {
      case "issued":
        return grantResponse(outcome.grant, form === "json", cors);
      case "unavailable":
        return errorResponse(UNAVAILABLE, requestId, cors, form);
    }
  };
}

const UNAVAILABLE: WireError = {
  status: 503,
  code: "SlowDown",
  message: "No URL could be issued just now. Try again.",
  headers: [["Retry-After", "2"]],
};

const FORBIDDEN: WireError = { status: 403, code: "AccessDenied", message: "You may not ask for URLs here." };

function invalid(code: "InvalidRequest" | "InvalidArgument", message: string): WireError {
  return { status: 400, code, message };
}

function unauthenticated(challenge: string): WireError {
  return {
    status: 401,
    code: "Unauthorized",
    message: "Say who you are: this endpoint issues URLs to those whom it knows.",
    headers: [["WWW-Authenticate", challenge]],
  };
}

function edgeUrlOf(request: ViewerRequest): string | undefined {
  const host = onlyValue(request.headers, "host") ?? "";
  const url = `https://${host}`;
  return /^[A-Za-z0-9.-]+(?::[0-9]{1,5})?$/.test(host) && URL.canParse(url) ? url : undefined;
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
