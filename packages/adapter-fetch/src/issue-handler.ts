import {
  type Authorizer,
  everybody,
  type DownloadIssuer,
  type Issuer,
  MAX_OBJECT_BYTES,
  MAX_TTL_SECONDS,
  MAX_PUT_BYTES,
  type RetryRules,
} from "@presign-once/core";
import * as forms from "@presign-once/core/forms";
import {
  createIssueEndpoint,
  describeFault,
  errorAnswer,
  errorForm,
  type GrantLimits,
  SUBJECT_METADATA,
  wireError,
} from "@presign-once/core/http";

import { type CommonOptions, invalid, readCommon } from "./common-options.ts";
import type { FetchHandler } from "./fetch-handler.ts";
import { headerFields, toResponse } from "./http-shapes.ts";

/** What may be asked of an issue handler, and by whom. */
export interface IssueOptions extends CommonOptions {
  /** Who may request URLs; `everybody` of `@presign-once/core` allows every caller. */
  readonly authorizer: Authorizer;
  /** Where clients reach uploads: scheme and host, such as `https://uploads.example`; default: the origin of the request. */
  readonly baseUrl?: string | undefined;
  /** Default lifetime of a URL, in seconds; default 900. */
  readonly expiresInSeconds?: number | undefined;
  /** Maximum lifetime of a URL, in seconds, up to seven days less 30 seconds; default 3,600. */
  readonly maxExpiresInSeconds?: number | undefined;
  /** Most bytes that any upload may bring, up to 5 TiB; default 5 GiB. */
  readonly maxBytes?: number | undefined;
  /** Name of the metadata of new objects that tells who asked: the authorizer's subject, percent-encoded; default: none. */
  readonly subjectMetadata?: string | undefined;
  /** Whether clients may request retries: the part that takes the uploads must support them; default false. */
  readonly offerRetries?: boolean | undefined;
  /** Asked before retries are granted, whether the store was proven to keep one object of a key; default: it was. */
  readonly provenToKeepOne?: RetryRules["provenToKeepOne"] | undefined;
}

/**
 * Creates a handler that answers GET and POST with a URL that works once, whatever its path.
 *
 * What may be asked, and the answers, are those of the edge: see `docs/issuing.md`. A request that is refused is not
 * signed for, and its body is never read.
 *
 * @param options.issuer     `createTicketIssuer`'s, for uploads through a relay; `createIssuer`'s, for uploads through an edge
 * @param options.downloads  `createDownloadIssuer`'s and its `keyPrefix`, for links to files below the folders that the
 *                           authorizer names; default: no downloads are offered
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected
 */
export function createIssueHandler(
  options: IssueOptions & {
    readonly issuer: Issuer;
    readonly downloads?: { readonly issuer: DownloadIssuer; readonly keyPrefix: string } | undefined;
  },
): FetchHandler {
  const { issuer, authorizer, baseUrl, downloads } = options;
  if (typeof issuer?.issue !== "function") throw invalid("issuer", "an Issuer");
  if (typeof authorizer?.authorize !== "function")
    throw invalid("authorizer", "an Authorizer, such as everybody of @presign-once/core");
  if (downloads !== undefined && typeof downloads.issuer?.issue !== "function")
    throw invalid("downloads.issuer", "a DownloadIssuer");
  const { cors, writeLine, requestIdOf } = readCommon(options);
  if (baseUrl !== undefined && !forms.baseUrl.is(baseUrl)) throw invalid("baseUrl", forms.baseUrl.words);
  const { provenToKeepOne, subjectMetadata } = options;
  if (subjectMetadata !== undefined && !SUBJECT_METADATA.is(subjectMetadata))
    throw invalid("subjectMetadata", SUBJECT_METADATA.words);
  if (subjectMetadata !== undefined && authorizer === everybody)
    throw invalid("subjectMetadata", "none with the authorizer everybody, which names no caller");
  const limits = readLimits(options);
  const endpoint = createIssueEndpoint({
    ...{ issuer, downloads, authorizer, cors, writeLine, limits, subjectMetadata, provenToKeepOne },
  });

  return async (request) => {
    const requestId = requestIdOf(request);
    const headers = headerFields(request);
    try {
      const { search, origin, pathname: path } = new URL(request.url);
      const reached = baseUrl ?? (forms.baseUrl.is(origin) ? origin : undefined);
      const { method } = request;
      return toResponse(
        await endpoint.answer({ requestId, method, path, query: search.slice(1), headers, baseUrl: reached }),
      );
    } catch (fault) {
      writeLine(describeFault("issue", requestId, fault), { requestId, cause: fault });
      return toResponse(errorAnswer(wireError("issue-fault"), requestId, cors.headers(headers), errorForm(headers)));
    }
  };
}

function readLimits(options: IssueOptions): GrantLimits {
  const { maxExpiresInSeconds = 3_600, maxBytes = MAX_PUT_BYTES, offerRetries = false } = options;
  const { expiresInSeconds = Math.min(900, maxExpiresInSeconds) } = options;
  check("maxExpiresInSeconds", maxExpiresInSeconds, 1, MAX_TTL_SECONDS);
  check("expiresInSeconds", expiresInSeconds, 1, maxExpiresInSeconds);
  check("maxBytes", maxBytes, 0, MAX_OBJECT_BYTES);
  return { expiresInSeconds, maxExpiresInSeconds, maxBytes, retries: offerRetries };
}

function check(option: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw invalid(option, `a whole number from ${least} to ${most}`);
}
