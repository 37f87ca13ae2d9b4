import { type HeaderField, onlyValue } from "../header-field.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { errorAnswer, errorForm } from "./wire-error.ts";

/** Says that an upload was stored by an earlier request of the same client. */
export const ALREADY_STORED_HEADER = "X-Presign-Once-Already-Stored";

/** How long a browser may remember a preflight, in seconds. */
const MAX_AGE_SECONDS = "600";
/** A list of header names as a browser sends it. */
const HEADER_NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: ?, ?[!#$%&'*+.^_`|~0-9A-Za-z-]+){0,63}$/;

/** Answers cross-origin questions from a list of allowed origins. */
export interface Cors {
  /**
   * Headers that let a page of an allowed origin read an answer; none for other origins.
   *
   * @param request  headers of the request, names in lower case
   */
  headers(request: readonly HeaderField[]): readonly HeaderField[];
  /**
   * Answers an OPTIONS request, which never goes further.
   *
   * @param request  headers of the request, names in lower case
   * @param methods  that are taken beside OPTIONS
   */
  preflight(request: readonly HeaderField[], requestId: string, methods: readonly string[]): HttpAnswer;
}

/**
 * Creates the CORS rules of one deployment.
 *
 * @param origins  exact origins, or `*`
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function createCors(origins: readonly string[]): Cors {
  const anyOrigin = origins.includes("*");

  function headers(request: readonly HeaderField[]): readonly HeaderField[] {
    const origin = onlyValue(request, "origin");
    if (origin === undefined || !(anyOrigin || origins.includes(origin))) return [];
    return [
      ["Access-Control-Allow-Origin", anyOrigin ? "*" : origin],
      ["Access-Control-Expose-Headers", `ETag, Retry-After, ${ALREADY_STORED_HEADER}`],
      ["Vary", "Origin"],
    ];
  }

  return {
    headers,
    preflight(request, requestId, methods) {
      const allowed = headers(request);
      const allow: HeaderField = ["Allow", [...methods, "OPTIONS"].join(", ")];
      const isPreflight = request.some(([name]) => name === "access-control-request-method");
      if (isPreflight && allowed.length === 0)
        return errorAnswer(
          { status: 403, code: "AccessForbidden", message: "This origin is not allowed." },
          requestId,
          [],
          errorForm(request),
        );
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
