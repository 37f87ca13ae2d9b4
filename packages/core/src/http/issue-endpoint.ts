import type { RetryRules } from "../gate/claim-once.ts";
import type { Issuer, IssueOutcome } from "../gate/issuer.ts";
import type { Authorizer } from "../ports/authorizer.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { isPermanentFault, PresignOnceError } from "../ports/presign-once-error.ts";
import { folders } from "../url/forms.ts";
import { acceptsJson } from "./accepts-json.ts";
import type { Cors } from "./cors.ts";
import { describeIssue, type WriteLine } from "./decision-log.ts";
import { grantAnswer } from "./grant-answer.ts";
import { type GrantLimits, readGrantRequest } from "./grant-request.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { methodNotAllowed, wireError } from "./refusals.ts";
import { errorAnswer, errorForm, type WireError } from "./wire-error.ts";

/** A request for a URL, taken out of the shape of its platform; nothing in it is trusted. */
export interface UrlRequest {
  readonly requestId: string;
  readonly method: string;
  /** Query string as received, without `?`. */
  readonly query: string;
  /** Every header field, names in lower case, repeated ones repeated. */
  readonly headers: readonly HeaderField[];
  /** Where clients reach uploads, from settings or from the request; `undefined` when its Host names no host. */
  readonly edgeUrl: string | undefined;
}

/** Answers requests for URLs. */
export interface IssueEndpoint {
  /** @throws what the authorizer or the issuer throws: faults, after which no URL was handed out */
  answer(request: UrlRequest): Promise<HttpAnswer>;
}

const METHODS = ["GET", "POST"];

/**
 * Creates what stands behind `/url`: answers GET and POST with a URL that works once.
 *
 * The answer is the URL as text, or the whole grant for `Accept: application/json`. Who asks is looked at before what is
 * asked, and nothing is signed before both are in order. One log line for each request that is no OPTIONS.
 *
 * @param deps.authorizer  who may ask
 * @param deps.limits      what they may ask for
 * @param deps.provenToKeepOne  asked before retries are granted; default: it was proven before
 */
export function createIssueEndpoint(deps: {
  readonly issuer: Issuer;
  readonly cors: Cors;
  readonly writeLine: WriteLine;
  readonly authorizer: Authorizer;
  readonly limits: GrantLimits;
  readonly provenToKeepOne?: RetryRules["provenToKeepOne"] | undefined;
}): IssueEndpoint {
  return {
    async answer({ requestId, method, query, headers, edgeUrl }) {
      if (method === "OPTIONS") return deps.cors.preflight(headers, requestId, METHODS);
      const cors = deps.cors.headers(headers);
      const answerError = (error: WireError): HttpAnswer => errorAnswer(error, requestId, cors, errorForm(headers));

      function refuse(error: WireError, subject?: string): HttpAnswer {
        deps.writeLine(describeIssue(error.code, requestId, { subject }));
        return answerError(error);
      }

      if (!METHODS.includes(method)) return refuse(methodNotAllowed(METHODS, "Ask for a URL with GET or POST."));
      const authorization = await deps.authorizer.authorize(headers);
      if (authorization.status === "unauthenticated")
        return refuse(wireError("unauthenticated", { headers: [["WWW-Authenticate", authorization.challenge]] }));
      const { subject } = authorization;
      if (authorization.status === "forbidden") return refuse(wireError("forbidden"), subject);
      // Authorizers are other people's code, and what they answer is checked by no compiler when they are bundled.
      if (authorization.status !== "allowed")
        throw new TypeError("the authorizer answered none of allowed, unauthenticated and forbidden");
      const { uploads: folder = "" } = authorization;
      if (typeof folder !== "string" || !folders.is(folder))
        throw new TypeError("the authorizer answered with uploads that are no folders");
      if (edgeUrl === undefined) return refuse(wireError("host-invalid"), subject);
      const asked = readGrantRequest(query, deps.limits);
      if ("fault" in asked) return refuse(wireError("parameter-invalid", { detail: asked.fault }), subject);

      if (asked.retries !== undefined) {
        const proof = (await deps.provenToKeepOne?.()) ?? { status: "proven" };
        if (proof.status === "broken") return refuse(wireError("retries-broken"), subject);
        if (proof.status !== "proven")
          return refuse(wireError(isPermanentFault(proof.cause) ? "issue-fault" : "retries-unproven"), subject);
      }

      let outcome: IssueOutcome;
      try {
        outcome = await deps.issuer.issue({ edgeUrl, folder, ...asked });
      } catch (fault) {
        // What the issuer refuses of a request is the caller's fault, even where no parameter was found wrong before.
        if (fault instanceof PresignOnceError && fault.code === "ARGUMENT_INVALID")
          return refuse(wireError("parameter-invalid", { detail: fault.message }), subject);
        throw fault;
      }
      deps.writeLine(describeIssue(outcome.status, requestId, { subject, ...outcome }));
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
