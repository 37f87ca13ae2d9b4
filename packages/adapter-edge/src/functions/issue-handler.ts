import { type Authorizer, type HeaderField, type Issuer } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";
import { type Cors, createIssueEndpoint, type GrantLimits, onlyValue, type WriteLine } from "@presign-once/core/http";

import { generatedResponse } from "../cloudfront/generated-response.ts";
import { headerFields, readViewerRequest } from "../cloudfront/viewer-request.ts";
import type { ViewerRequestHandler } from "./verify-handler.ts";

/**
 * Creates the handler behind `/url`, which never goes to an origin: see `createIssueEndpoint` in the core.
 *
 * @param deps.authorizer  who may ask
 * @param deps.baseUrl     where clients reach the edge; default: https and the request's Host
 * @param deps.limits      what they may ask for
 * @throws {PresignOnceError} `EVENT_INVALID`, from the handler, for anything but a viewer-request event
 */
export function createIssueHandler(deps: {
  readonly issuer: Issuer;
  readonly cors: Cors;
  readonly writeLine: WriteLine;
  readonly authorizer: Authorizer;
  readonly limits: GrantLimits;
  readonly subjectMetadata?: string | undefined;
  readonly downloads?: Parameters<typeof createIssueEndpoint>[0]["downloads"];
  readonly baseUrl?: string | undefined;
}): ViewerRequestHandler {
  const endpoint = createIssueEndpoint(deps);
  return async (event) => {
    const { requestId, request } = readViewerRequest(event);
    const headers = headerFields(request.headers);
    const answer = await endpoint.answer({
      requestId,
      method: request.method,
      path: request.uri,
      query: request.querystring,
      headers,
      baseUrl: deps.baseUrl ?? baseUrlOf(headers),
    });
    return generatedResponse(answer);
  };
}

function baseUrlOf(headers: readonly HeaderField[]): string | undefined {
  const host = onlyValue(headers, "host") ?? "";
  const url = `https://${host}`;
  return forms.baseUrl.is(url) ? url : undefined;
}
