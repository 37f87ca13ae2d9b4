import type { RetryRules } from "../gate/claim-once.ts";
import type { Issuer, IssueOutcome } from "../gate/issuer.ts";
import type { Authorizer } from "../ports/authorizer.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { isPermanentFault, PresignOnceError } from "../ports/presign-once-error.ts";
import type { DownloadIssueOutcome, DownloadIssuer } from "../ticket/download-issuer.ts";
import { isBelow } from "../ticket/ticket-fault.ts";
import { acceptsJson } from "./accepts-json.ts";
import type { Cors } from "./cors.ts";
import { describeIssue, type WriteLine } from "./decision-log.ts";
import { asksForDownload, readDownloadRequest } from "./download-request.ts";
import { grantAnswer } from "./grant-answer.ts";
import { type GrantLimits, readGrantRequest } from "./grant-request.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { readAuthorization } from "./read-authorization.ts";
import { methodNotAllowed, wireError } from "./refusals.ts";
import { errorAnswer, errorForm, type WireError } from "./wire-error.ts";

/** A request for a URL, taken out of the shape of its platform; nothing in it is trusted. */
export interface UrlRequest {
  readonly requestId: string;
  readonly method: string;
  /** Percent-encoded, as received. */
  readonly path: string;
  /** Query string as received, without `?`. */
  readonly query: string;
  /** Every header field, names in lower case, repeated ones repeated. */
  readonly headers: readonly HeaderField[];
  /** Where clients reach uploads, from settings or from the request; `undefined` when its Host names no host. */
  readonly baseUrl: string | undefined;
}

/** Answers requests for URLs. */
export interface IssueEndpoint {
  /** @throws what the authorizer or the issuer throws: faults, after which no URL was handed out */
  answer(request: UrlRequest): Promise<HttpAnswer>;
}

/** Why no URL was issued, beside the line of the log that names it only. */
export interface IssueFault {
  readonly requestId: string;
  readonly cause: unknown;
}

const METHODS = ["GET", "POST"];

/**
 * Creates what stands behind `/url`: answers GET and POST with a URL that works once.
 *
 * The answer is the URL as text, or the whole grant for `Accept: application/json`. Who asks is looked at before what is
 * asked, and nothing is signed before both are in order. One log line for each request that is no OPTIONS.
 *
 * @param deps.writeLine   takes each line, and the fault that it tells of
 * @param deps.authorizer  who may ask
 * @param deps.limits      what they may ask for
 * @param deps.subjectMetadata  name of the metadata of new objects that tells who asked; default: none does
 * @param deps.downloads   issues links for downloads of objects below its prefix; default: none are offered
 * @param deps.provenToKeepOne  asked before retries are granted; default: it was proven before
 */
export function createIssueEndpoint(deps: {
  readonly issuer: Issuer;
  readonly cors: Cors;
  readonly writeLine: (...line: [...Parameters<WriteLine>, fault?: IssueFault]) => void;
  readonly authorizer: Authorizer;
  readonly limits: GrantLimits;
  readonly subjectMetadata?: string | undefined;
  readonly provenToKeepOne?: RetryRules["provenToKeepOne"] | undefined;
  readonly downloads?: { readonly issuer: DownloadIssuer; readonly keyPrefix: string } | undefined;
}): IssueEndpoint {
  return {
    async answer({ requestId, method, path, query, headers, baseUrl }) {
      if (method === "OPTIONS") return deps.cors.preflight(headers, requestId, METHODS);
      const cors = deps.cors.headers(headers);
      const answerError = (error: WireError): HttpAnswer => errorAnswer(error, requestId, cors, errorForm(headers));

      function refuse(error: WireError, subject?: string): HttpAnswer {
        deps.writeLine(describeIssue(error.code, requestId, { subject }));
        return answerError(error);
      }

      if (!METHODS.includes(method)) return refuse(methodNotAllowed(METHODS, "Ask for a URL with GET or POST."));
      const authorization = readAuthorization(await deps.authorizer.authorize({ method, path, query, headers }), deps);
      if (authorization.status === "unauthenticated")
        return refuse(wireError("unauthenticated", { headers: [["WWW-Authenticate", authorization.challenge]] }));
      const { subject } = authorization;
      if (authorization.status === "forbidden") return refuse(wireError("forbidden"), subject);
      const { folder, downloads, limits } = authorization;
      if (baseUrl === undefined) return refuse(wireError("host-invalid"), subject);
      const prepared = asksForDownload(query)
        ? prepareDownload({ ...deps, limits }, query, baseUrl, downloads)
        : await prepareUpload({ ...deps, limits }, query, baseUrl, folder);
      if ("refusal" in prepared) return refuse(prepared.refusal, subject);

      let outcome: IssueOutcome | DownloadIssueOutcome;
      try {
        outcome = await prepared.issue();
      } catch (fault) {
        // What the issuer refuses of a request is the caller's fault, even where no parameter was found wrong before; but
        // no parameter names a folder, the authorizer does.
        const isCallers = fault instanceof PresignOnceError && fault.code === "ARGUMENT_INVALID";
        if (isCallers && fault.field !== "folder")
          return refuse(wireError("parameter-invalid", { detail: fault.message }), subject);
        throw fault;
      }
      const fault = "cause" in outcome ? { requestId, cause: outcome.cause } : undefined;
      deps.writeLine(describeIssue(outcome.status, requestId, { subject, ...outcome }), fault);
      switch (outcome.status) {
        case "issued":
          return grantAnswer(outcome.grant, acceptsJson(headers) ? "json" : "text", cors);
        case "unavailable":
          return answerError(wireError("issue-unavailable"));
        case "store-refused":
          return answerError(wireError("issue-fault"));
      }
    },
  };
}

type Deps = Parameters<typeof createIssueEndpoint>[0];

/** A request that may be issued, or why it may not. */
type Prepared = { readonly refusal: WireError } | { issue(): Promise<IssueOutcome | DownloadIssueOutcome> };

async function prepareUpload(deps: Deps, query: string, baseUrl: string, folder: string): Promise<Prepared> {
  const asked = readGrantRequest(query, deps.limits);
  if ("fault" in asked) return { refusal: wireError("parameter-invalid", { detail: asked.fault }) };
  if (asked.retries !== undefined) {
    const proof = (await deps.provenToKeepOne?.()) ?? { status: "proven" };
    if (proof.status === "broken") return { refusal: wireError("retries-broken") };
    if (proof.status !== "proven")
      return { refusal: wireError(isPermanentFault(proof.cause) ? "issue-fault" : "retries-unproven") };
  }
  return { issue: () => deps.issuer.issue({ baseUrl, folder, ...asked }) };
}

/** @param handedOut  folders of the settings' own, whose objects the caller may hand out links for */
function prepareDownload(
  { downloads, limits }: Deps,
  query: string,
  baseUrl: string,
  handedOut: readonly string[],
): Prepared {
  if (downloads === undefined)
    return { refusal: wireError("parameter-invalid", { detail: "download: no downloads are offered here." }) };
  const asked = readDownloadRequest(query, limits);
  if ("fault" in asked) return { refusal: wireError("parameter-invalid", { detail: asked.fault }) };
  const { issuer, keyPrefix } = downloads;
  if (!handedOut.some((folder) => isBelow(keyPrefix + folder, asked.key)))
    return { refusal: wireError("forbidden", { detail: "download: this object is in none of your folders." }) };
  return { issue: () => issuer.issue({ baseUrl, ...asked }) };
}
