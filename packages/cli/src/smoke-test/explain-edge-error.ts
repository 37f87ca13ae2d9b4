import type { DiagnosisCode } from "./diagnoses.ts";
import type { HttpAnswer } from "./http-message.ts";

/** What tells one page of CloudFront from another. The first row that fits decides. */
interface PageRow {
  readonly status: number;
  /** In the header `x-cache`. */
  readonly xCache?: RegExp;
  /** In the page, which is in English whatever the client asks for. */
  readonly text?: RegExp;
  readonly code: DiagnosisCode;
}

/**
 * Every page that is known. Texts come first: the header says `LambdaExecutionError` also of a copy that is not there yet.
 *
 * @see https://github.com/serverless-nextjs/serverless-next.js/issues/181 "is invalid or doesn't have the required permissions"
 * @see https://github.com/serverless-nextjs/serverless-next.js/issues/2544 "was throttled"
 * @see https://repost.aws/knowledge-center/cloudfront-troubleshoot-403-errors "Request blocked", "block access from your country"
 */
const PAGES: readonly PageRow[] = [
  { status: 503, text: /is invalid or doesn(?:'|&#39;|&#x27;)t have the required permissions/, code: "edge-not-ready" },
  { status: 503, text: /was throttled/, code: "edge-throttled" },
  { status: 503, xCache: /LambdaLimitExceeded/, code: "edge-throttled" },
  { status: 503, xCache: /LambdaExecutionError/, code: "edge-function-failed" },
  { status: 502, xCache: /LambdaValidationError/, code: "edge-result-invalid" },
  { status: 502, code: "origin-unreachable" },
  { status: 504, code: "origin-silent" },
  { status: 403, text: /Request blocked/, code: "waf-blocked" },
  { status: 403, text: /block access from your country/, code: "geo-blocked" },
  { status: 403, text: /not configured to allow the HTTP request method/, code: "method-not-forwarded" },
  { status: 403, code: "edge-refused" },
];

/**
 * Names the error behind a page that is neither presign-once's nor S3's.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/troubleshooting-response-errors.html
 */
export function explainEdgeError({ status, headers, body }: HttpAnswer): DiagnosisCode {
  const xCache = headers["x-cache"] ?? "";
  const row = PAGES.find(
    (page) => page.status === status && (page.xCache?.test(xCache) ?? true) && (page.text?.test(body) ?? true),
  );
  return row?.code ?? "edge-error";
}
