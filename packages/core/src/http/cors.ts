import { type HeaderField, onlyValue, TOKEN_CHARACTERS } from "../ports/header-field.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { wireError } from "./refusals.ts";
import { errorAnswer, errorForm } from "./wire-error.ts";

/** Says that an upload was stored by an earlier request of the same client. */
export const ALREADY_STORED_HEADER = "X-Presign-Once-Already-Stored";

/** How long a browser may remember a preflight, in seconds. */
const MAX_AGE_SECONDS = "600";
/** A list of header names as a browser sends it. */
const HEADER_NAMES = new RegExp(`^[${TOKEN_CHARACTERS}]+(?: ?, ?[${TOKEN_CHARACTERS}]+){0,63}$`);

/** Which pages may read answers, and whether with credentials. */
export interface CorsRules {
  /** Exact origins, or `*`. */
  readonly origins: readonly string[];
  /** Whether pages of exact origins may send cookies and other credentials of the browser; never with `*`. */
  readonly credentials?: boolean | undefined;
}

/** Whether rules let every page send credentials, which no browser accepts and no deployment may ask for. */
export function allowsAnyWithCredentials({ origins, credentials }: CorsRules): boolean {
  return credentials === true && origins.includes("*");
}

/** Answers cross-origin questions from a list of allowed origins. */
export interface Cors {
  /**
   * Headers that let a page of an allowed origin read an answer. Other origins get `Vary` alone, so that no cache gives
   * the answer to one origin to a page of another.
   *
   * @param request  headers of the request, names in lower case
   */
  headers(request: readonly HeaderField[]): readonly HeaderField[];
  /**
   * Answers an OPTIONS request, which never goes further.
   *
   * @param request  headers of the request, names in lower case
   * @param methods  that are accepted besides OPTIONS
   */
  preflight(request: readonly HeaderField[], requestId: string, methods: readonly string[]): HttpAnswer;
}

/**
 * Creates the CORS rules of one deployment.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function createCors({ origins, credentials = false }: CorsRules): Cors {
  const anyOrigin = origins.includes("*");
  const vary: readonly HeaderField[] = origins.length === 0 ? [] : [["Vary", "Origin"]];
  const withCredentials: readonly HeaderField[] =
    credentials && !anyOrigin ? [["Access-Control-Allow-Credentials", "true"]] : [];

  function allowedOrigin(request: readonly HeaderField[]): string | undefined {
    const origin = onlyValue(request, "origin");
    if (origin === undefined || !(anyOrigin || origins.includes(origin))) return undefined;
    return anyOrigin ? "*" : origin;
  }

  function headers(request: readonly HeaderField[]): readonly HeaderField[] {
    const origin = allowedOrigin(request);
    if (origin === undefined) return vary;
    return [
      ["Access-Control-Allow-Origin", origin],
      ...withCredentials,
      ["Access-Control-Expose-Headers", `ETag, Retry-After, ${ALREADY_STORED_HEADER}`],
      ...vary,
    ];
  }

  return {
    headers,
    preflight(request, requestId, methods) {
      const allowed = headers(request);
      const allow: HeaderField = ["Allow", [...methods, "OPTIONS"].join(", ")];
      const isPreflight = request.some(([name]) => name === "access-control-request-method");
      if (isPreflight && allowedOrigin(request) === undefined)
        return errorAnswer(wireError("origin-not-allowed"), requestId, allowed, errorForm(request));
      const asked = onlyValue(request, "access-control-request-headers") ?? "";
      const answer: HeaderField[] = [allow, ["Cache-Control", "no-store"], ...allowed];
      if (isPreflight) {
        answer.push(["Access-Control-Allow-Methods", methods.join(", ")], ["Access-Control-Max-Age", MAX_AGE_SECONDS]);
        if (HEADER_NAMES.test(asked)) answer.push(["Access-Control-Allow-Headers", asked]);
      }
      return { status: 204, headers: answer, body: "" };
    },
  };
}
