import { createDownloadIssuer, createTicketIssuer, MAX_OBJECT_BYTES, randomIds, systemClock } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";
import { errorAnswer, errorForm, wireError } from "@presign-once/core/http";

import { invalid, readCommon } from "./common-options.ts";
import { createDownloadHandler } from "./download-handler.ts";
import type { DownloadRules } from "./download-options.ts";
import type { FetchHandler } from "./fetch-handler.ts";
import { headerFields, toResponse } from "./http-shapes.ts";
import { createIssueHandler, type IssueOptions } from "./issue-handler.ts";
import { createRelayHandler } from "./relay-handler.ts";
import { readRetries, type RelayOptions } from "./relay-options.ts";

/** What a relay with its own issuer is made of. */
export interface RelayWithIssuerOptions
  extends Omit<IssueOptions, "offerRetries" | "provenToKeepOne">, Omit<RelayOptions, "path"> {
  /** What both paths stand below, such as `/api`, without a `/` at its end; default nothing. */
  readonly basePath?: string | undefined;
  /** Most bytes that any upload may bring, up to 5 TiB; default: what the sink takes. */
  readonly maxBytes?: number | undefined;
  /** Links for one download each, of objects in the folders that the authorizer names; default: none are offered. */
  readonly downloads?: DownloadRules | undefined;
}

/**
 * Creates all handlers in one: `<basePath>/url` issues, `<basePath>/u/<token>` takes the upload, and with `downloads`
 * `<basePath>/d/<token>` gives the file.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID` or, for `keyPrefix`, `CONFIG_INVALID`: names the option and the form
 *                            expected
 * @see createIssueHandler, createRelayHandler, createDownloadHandler
 */
export function createRelay(options: RelayWithIssuerOptions): FetchHandler {
  const { index, keys, sink, basePath = "", keyPrefix = "uploads/", clock = systemClock, ids = randomIds } = options;
  if (!forms.mountPath.is(`${basePath}/`))
    throw invalid("basePath", "nothing, or a path such as /api, without a / at its end");
  const path = `${basePath}/u/`;
  const retries = readRetries(options);
  const relay = createRelayHandler({ ...options, path, retries });
  const { maxBytes = Math.min(MAX_OBJECT_BYTES, Math.max(sink.maxDeclaredBytes, sink.maxUndeclaredBytes)) } = options;
  const common = { index, keys, clock, ids, keyPrefix };
  const { downloads } = options;
  const downloadPath = `${basePath}/d/`;
  const download = downloads && createDownloadHandler({ ...options, ...downloads, path: downloadPath });
  const issue = createIssueHandler({
    ...options,
    maxBytes,
    offerRetries: retries !== undefined,
    provenToKeepOne: retries?.provenToKeepOne,
    issuer: createTicketIssuer({ ...common, path }),
    downloads: download && { keyPrefix, issuer: createDownloadIssuer({ ...common, path: downloadPath }) },
  });
  const { cors, requestIdOf } = readCommon(options);

  return async (request, context) => {
    const { pathname } = new URL(request.url);
    if (pathname === `${basePath}/url`) return issue(request);
    if (pathname.startsWith(path)) return relay(request, context);
    if (download !== undefined && pathname.startsWith(downloadPath)) return download(request, context);
    const headers = headerFields(request);
    return toResponse(
      errorAnswer(wireError("path-unknown"), requestIdOf(request), cors.headers(headers), errorForm(headers)),
    );
  };
}
