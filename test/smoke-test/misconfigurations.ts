import type { HttpAnswer } from "../servers/http-answer.ts";
import type { MeddledDeployment } from "./meddled-deployment.ts";
import { headerOf, type Meddler, withHeader } from "./meddling-proxy.ts";
import { cloudFrontPage, ownRefusal, s3Page } from "./pages.ts";

/** One way in which a deployment may be wrong. */
export interface Misconfiguration {
  /** What is wrong, in words. */
  readonly what: string;
  /** Between the client and the edge. */
  readonly viewer?: (deployment: MeddledDeployment) => Meddler;
  /** Between the edge and the store. */
  readonly store?: (deployment: MeddledDeployment) => Meddler;
  /** Further flags. */
  readonly flags?: readonly string[];
  /** The one code that the smoke test finds, in one check or in several. */
  readonly code: string;
  /** Another one that it finds, since it is true as well. */
  readonly also?: string;
  /** What `seen` has to say besides. */
  readonly seen?: RegExp;
}

const isUpload = (target: string) => target.includes("X-Amz-Signature");
const isLink = (target: string) => target.startsWith("/d/");
const isIndexEntry = (target: string) => target.includes("/signatures/");

/** Answers every upload in the place of whatever is behind. */
const uploadsAnswered = (answer: HttpAnswer) => (): Meddler => (request, pass) =>
  request.method === "PUT" && isUpload(request.target) ? Promise.resolve(answer) : pass();
/** Answers every request in the place of whatever is behind. */
const allAnswered = (answer: HttpAnswer) => (): Meddler => () => Promise.resolve(answer);
/** Changes the headers of every upload. */
const headersChanged =
  (change: (rawHeaders: readonly string[]) => readonly string[]) => (): Meddler => (request, pass) =>
    pass(isUpload(request.target) ? { ...request, rawHeaders: change(request.rawHeaders) } : request);
/** Answers what the index asks of the store, by method. */
const indexAnswered =
  (answer: HttpAnswer, isAsked: (rawHeaders: readonly string[]) => boolean = () => true) =>
  (): Meddler =>
  (request, pass) =>
    request.method === "PUT" && isIndexEntry(request.target) && isAsked(request.rawHeaders)
      ? Promise.resolve(answer)
      : pass();
const isClaim = (rawHeaders: readonly string[]) => headerOf(rawHeaders, "if-match") !== undefined;

const LAMBDA = "The Lambda function associated with the CloudFront distribution";

/** CloudFront's own errors. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/troubleshooting-response-errors.html */
const ofCloudFront: readonly Misconfiguration[] = [
  {
    what: "the copies of the function are not there yet",
    viewer: allAnswered(
      cloudFrontPage(503, `${LAMBDA} is invalid or doesn't have the required permissions.`, "LambdaExecutionError"),
    ),
    code: "edge-not-ready",
  },
  {
    what: "the function's result is not valid",
    viewer: uploadsAnswered(
      cloudFrontPage(502, "The Lambda function result failed validation.", "LambdaValidationError"),
    ),
    code: "edge-result-invalid",
  },
  {
    what: "the function throws",
    viewer: allAnswered(cloudFrontPage(503, `${LAMBDA} failed.`, "LambdaExecutionError")),
    code: "edge-function-failed",
  },
  {
    what: "the account's concurrency is used up",
    viewer: allAnswered(cloudFrontPage(503, `${LAMBDA} was throttled.`)),
    code: "edge-throttled",
  },
  {
    what: "the function takes too long",
    viewer: allAnswered(cloudFrontPage(503, `${LAMBDA} timed out.`, "LambdaLimitExceeded")),
    code: "edge-throttled",
  },
  {
    what: "the account's concurrency is less than twenty",
    viewer: () => {
      const seen = new Map<string, number>();
      return (request, pass) => {
        seen.set(request.target, (seen.get(request.target) ?? 0) + 1);
        const isTooMuch = (seen.get(request.target) ?? 0) > 10;
        return isTooMuch
          ? Promise.resolve(cloudFrontPage(503, `${LAMBDA} was throttled.`, "LambdaLimitExceeded"))
          : pass();
      };
    },
    code: "edge-throttled",
  },
  {
    what: "AWS WAF takes no body over 8 KB",
    viewer: () => (request, pass) =>
      request.body.length > 8_192 ? Promise.resolve(cloudFrontPage(403, "Request blocked.")) : pass(),
    code: "waf-body-limit",
    seen: /9216 bytes/,
  },
  {
    what: "AWS WAF takes no query over 100 bytes",
    viewer: () => (request, pass) =>
      (request.target.split("?")[1] ?? "").length > 100
        ? Promise.resolve(cloudFrontPage(403, "Request blocked."))
        : pass(),
    code: "waf-blocked",
  },
  {
    what: "the country is blocked",
    viewer: allAnswered(
      cloudFrontPage(403, "The Amazon CloudFront distribution is configured to block access from your country."),
    ),
    code: "geo-blocked",
  },
  {
    what: "the behaviour takes GET and HEAD only",
    viewer: uploadsAnswered(
      cloudFrontPage(
        403,
        "This distribution is not configured to allow the HTTP request method that was used for this request.",
      ),
    ),
    code: "method-not-forwarded",
  },
  {
    what: "the domain is not an alternate name",
    viewer: allAnswered(cloudFrontPage(403, "Bad request.")),
    code: "edge-refused",
  },
  {
    what: "the origin cannot be reached",
    viewer: uploadsAnswered(cloudFrontPage(502, "CloudFront wasn't able to connect to the origin.")),
    code: "origin-unreachable",
  },
  {
    what: "the origin does not answer",
    viewer: uploadsAnswered(cloudFrontPage(504, "CloudFront attempted to establish a connection with the origin.")),
    code: "origin-silent",
  },
  {
    what: "something else answers",
    viewer: uploadsAnswered(cloudFrontPage(418, "A page of a proxy.")),
    code: "edge-error",
  },
  {
    what: "a proxy refuses the site",
    viewer: allAnswered({
      ...{ status: 403, reason: "", rawHeaders: ["Content-Type", "text/html", "Server", "squid"] },
      body: Buffer.from("<html>Access denied by policy</html>"),
    }),
    code: "intermediary",
    seen: /an intermediary answered 403/,
  },
  {
    what: "the connection breaks",
    viewer: () => (request, pass) => (isUpload(request.target) ? Promise.reject(new Error("reset")) : pass()),
    code: "connection-broken",
  },
];

/** What reaches S3 otherwise than it was signed, and S3's own errors. Answers are S3's where the front in front of R2 gives them. */
const ofS3: readonly Misconfiguration[] = [
  {
    what: "the verify function is not attached",
    viewer:
      ({ pastVerify }) =>
      (request, pass) =>
        isUpload(request.target) ? pastVerify(request, pass) : pass(),
    code: "verify-not-attached",
    seen: /x-once-lock is missing/,
  },
  {
    what: "the verify function is attached for uploads only",
    viewer:
      ({ pastVerify }) =>
      (request, pass) =>
        isUpload(request.target) && request.method !== "PUT" ? pastVerify(request, pass) : pass(),
    code: "verify-not-attached",
    also: "cors-missing",
  },
  {
    what: "Host is forwarded",
    store: ({ endpoint }) => headersChanged((headers) => withHeader(headers, "host", new URL(endpoint).host))(),
    code: "host-forwarded",
  },
  {
    what: "cookies are forwarded, so If-None-Match is taken off",
    ...cookiesForwarded(),
    code: "cookies-forwarded",
  },
  {
    what: "a signed header is changed",
    store: headersChanged((headers) => withHeader(headers, "content-type", "application/octet-stream")),
    code: "header-altered",
    seen: /content-type: sent "text\/plain", arrived "application\/octet-stream"/,
  },
  {
    what: "a signed header is left out",
    store: headersChanged((headers) => withHeader(headers, "if-none-match", undefined)),
    code: "header-altered",
    seen: /if-none-match is missing/,
  },
  {
    what: "a parameter is left out",
    store: () => (request, pass) =>
      pass({ ...request, target: request.target.replace(/X-Amz-Content-Sha256=[^&]*&/, "") }),
    code: "header-altered",
    seen: /X-Amz-Content-Sha256 is missing/,
  },
  {
    what: "a parameter is added",
    store: () => (request, pass) =>
      pass(isUpload(request.target) ? { ...request, target: `${request.target}&x-trace=1` } : request),
    code: "header-altered",
    seen: /x-trace was added/,
  },
  {
    what: "the key that signed was removed",
    store: uploadsAnswered(
      s3Page(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
    ),
    code: "signature-refused",
  },
  {
    what: "a header that is not signed is added",
    store: headersChanged((headers) => withHeader(headers, "x-amz-acl", "private")),
    code: "headers-not-signed",
    seen: /not signed: x-amz-acl/,
  },
  {
    what: "S3 wants CloudFront's id signed",
    store: uploadsAnswered(
      s3Page(403, "AccessDenied", "There were headers present in the request which were not signed", {
        HeadersNotSigned: "x-amz-cf-id",
      }),
    ),
    code: "headers-not-signed",
    seen: /not signed: x-amz-cf-id/,
  },
  {
    what: "issueRole may not write",
    store: uploadsAnswered(
      s3Page(
        403,
        "AccessDenied",
        "User: arn:aws:sts::111122223333:assumed-role/UploadsIssue/x is not authorized to perform: kms:GenerateDataKey on resource: k",
      ),
    ),
    code: "access-denied",
    seen: /kms:GenerateDataKey is missing/,
  },
  {
    what: "an OAC signs",
    store: headersChanged((headers) =>
      withHeader(
        headers,
        "authorization",
        `AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
      ),
    ),
    code: "oac-attached",
  },
  {
    what: "the credentials have ended",
    store: uploadsAnswered(s3Page(400, "ExpiredToken", "The provided token has expired.")),
    code: "credentials-expired",
  },
  {
    what: "the bucket is in an opt-in region",
    store: uploadsAnswered(s3Page(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")),
    code: "credentials-refused",
  },
  {
    what: "the bucket is new",
    store: uploadsAnswered(
      s3Page(307, "TemporaryRedirect", "Please re-send this request to the specified temporary endpoint."),
    ),
    code: "bucket-not-ready",
  },
  {
    what: "the bucket is elsewhere",
    store: uploadsAnswered(
      s3Page(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using ..."),
    ),
    code: "region-wrong",
  },
  {
    what: "the URL was signed for another region",
    store: uploadsAnswered(
      s3Page(400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-west-1'", {
        Region: "eu-west-1",
      }),
    ),
    code: "region-wrong",
    seen: /the bucket is in eu-west-1/,
  },
  {
    what: "the bucket is gone",
    store: uploadsAnswered(s3Page(404, "NoSuchBucket", "The specified bucket does not exist")),
    code: "bucket-missing",
  },
  {
    what: "the KMS key is disabled",
    store: uploadsAnswered(s3Page(400, "KMS.DisabledException", "arn:aws:kms:... is disabled.")),
    code: "kms-key-unusable",
  },
  {
    what: "the query is not forwarded to a bucket with SSE-KMS",
    store: uploadsAnswered(
      s3Page(
        400,
        "InvalidArgument",
        "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
      ),
    ),
    code: "kms-needs-sigv4",
  },
  {
    what: "S3 is busy",
    store: uploadsAnswered(s3Page(503, "SlowDown", "Please reduce your request rate.")),
    code: "s3-busy",
  },
  {
    what: "S3 refuses for a reason of its own",
    store: uploadsAnswered(s3Page(403, "AllAccessDisabled", "All access to this object has been disabled.")),
    code: "s3-refused",
    seen: /AllAccessDisabled/,
  },
];

/** What presign-once itself refuses, and why it should not have had to. */
const ofPresignOnce: readonly Misconfiguration[] = [
  {
    what: "the endpoint is another page",
    viewer: () => (request, pass) => pass({ ...request, target: request.target.replace(/^\/url/, "/") }),
    code: "not-an-issue-endpoint",
  },
  {
    what: "the path is wrong, so that the verify function answers",
    viewer: () => (request, pass) => pass({ ...request, target: request.target.replace(/^\/url/, "/nope") }),
    code: "not-an-issue-endpoint",
    seen: /presign-once answered 405 MethodNotAllowed/,
  },
  {
    what: "the path is wrong, so that S3 answers",
    viewer: allAnswered(s3Page(403, "AccessDenied", "Access Denied")),
    code: "not-an-issue-endpoint",
    seen: /S3 answered 403 AccessDenied/,
  },
  {
    what: "the host is another site, which has no such page",
    viewer: allAnswered({
      ...{ status: 404, reason: "", rawHeaders: ["Content-Type", "text/html", "Server", "nginx"] },
      body: Buffer.from("<html>Not found</html>"),
    }),
    code: "not-an-issue-endpoint",
    seen: /an intermediary answered 404/,
  },
  {
    what: "the index cannot be written when a URL is issued",
    store: indexAnswered(s3Page(503, "SlowDown", "Please reduce your request rate.")),
    code: "index-unavailable",
  },
  {
    what: "issueRole may not write into the index",
    store: indexAnswered(s3Page(403, "AccessDenied", "Access Denied")),
    code: "function-fault",
  },
  {
    what: "verifyRole may not write into the index",
    store: indexAnswered(s3Page(403, "AccessDenied", "Access Denied"), isClaim),
    code: "index-refused",
  },
  {
    what: "the index loses its answers",
    store: () => (request, pass) =>
      isIndexEntry(request.target) && (request.method !== "PUT" || isClaim(request.rawHeaders))
        ? Promise.resolve(s3Page(500, "InternalError", "We encountered an internal error. Please try again."))
        : pass(),
    code: "claim-undecided",
  },
  {
    what: "a program on the way changes the URL",
    viewer: () => (request, pass) =>
      pass({ ...request, target: request.target.replace("X-Amz-Expires=", "X-Amz-Expires=1") }),
    code: "url-unknown",
  },
  {
    what: "a program on the way sends everything twice",
    viewer: () => async (request, pass) => {
      if (isUpload(request.target)) await pass();
      return pass();
    },
    code: "url-not-fresh",
  },
  {
    what: "a program on the way takes the length off",
    viewer: headersChanged((headers) => withHeader(headers, "content-length", undefined)),
    code: "length-missing",
  },
  {
    what: "a program on the way adds a header for S3",
    viewer: headersChanged((headers) => withHeader(headers, "x-amz-acl", "private")),
    code: "header-refused",
  },
  {
    what: "a program on the way makes a form of the upload",
    viewer: () => (request, pass) => pass(isUpload(request.target) ? { ...request, method: "POST" } : request),
    code: "refused",
    seen: /MethodNotAllowed/,
  },
  {
    what: "/url gets a parameter that it does not know",
    viewer: () => (request, pass) =>
      pass(isUpload(request.target) ? request : { ...request, target: "/url?from=proxy" }),
    code: "parameter-refused",
  },
  { what: "the token is not known", viewer: allAnswered(ownRefusal("unauthenticated")), code: "caller-unknown" },
  { what: "the token may not have URLs", viewer: allAnswered(ownRefusal("forbidden")), code: "caller-forbidden" },
  {
    what: "URLs are dated by a wrong clock",
    viewer: uploadsAnswered(ownRefusal("not-yet-valid")),
    code: "clock-wrong",
  },
];

/** Guarantees that something on the way breaks. */
const ofGuarantees: readonly Misconfiguration[] = [
  {
    what: "a second use is let through",
    viewer: () => {
      const used = new Map<string, HttpAnswer>();
      return async (request, pass) => {
        const answer = used.get(request.target) ?? (await pass());
        if (request.method === "PUT" && answer.status === 200) used.set(request.target, answer);
        return answer;
      };
    },
    code: "second-use-accepted",
  },
  {
    what: "the store of the index ignores conditions",
    store: () => async (request, pass) => {
      const answer = await pass();
      const isIgnored = answer.status === 412 && isIndexEntry(request.target);
      return isIgnored
        ? { ...answer, status: 200, rawHeaders: ["ETag", '"e"'], body: Buffer.alloc(0) }
        : ignoring(answer, request.target);
    },
    code: "two-winners",
    also: "second-use-accepted",
  },
  {
    what: "a GET is made a PUT",
    viewer: () => async (request, pass) => {
      if (request.method === "GET" && isUpload(request.target)) {
        const rawHeaders = [...request.rawHeaders, "Content-Length", "0"];
        await pass({ ...request, method: "PUT", rawHeaders });
      }
      return pass();
    },
    code: "burned-by-reading",
  },
  {
    what: "a refused upload is sent again with a length",
    viewer: () => async (request, pass) => {
      const answer = await pass();
      if (answer.status === 411) await pass({ ...request, rawHeaders: lengthAdded(request.rawHeaders, request.body) });
      return answer;
    },
    code: "burned-by-refusal",
  },
  {
    what: "headers are set to what was granted",
    viewer: headersChanged((headers) =>
      headerOf(headers, "content-type") === undefined ? headers : withHeader(headers, "content-type", "text/plain"),
    ),
    code: "pin-ignored",
  },
  {
    what: "S3 stores another body than was granted",
    store: () => async (_, pass) => {
      const answer = await pass();
      const isStored = answer.status === 400 && /BadDigest|Checksum/.test(answer.body.toString());
      return isStored ? { ...answer, status: 200, rawHeaders: ["Server", "AmazonS3"], body: Buffer.alloc(0) } : answer;
    },
    code: "pin-ignored",
  },
  {
    what: "the store checks no signatures",
    store: () => (request, pass) =>
      isUpload(request.target) && headerOf(request.rawHeaders, "x-once-lock") === undefined
        ? Promise.resolve({ status: 200, reason: "OK", rawHeaders: ["ETag", '"e"'], body: Buffer.alloc(0) })
        : pass(),
    code: "bucket-open",
  },
  {
    what: "escapes are changed on the way",
    viewer: () => (request, pass) =>
      pass({ ...request, target: request.target.replaceAll(/%[0-9a-f]*[a-f][0-9a-f]*/g, "") }),
    code: "spelling-refused",
  },
  {
    what: "the client's secret is taken off",
    viewer: headersChanged((headers) => withHeader(headers, "x-presign-once-client", undefined)),
    code: "retry-refused",
  },
  {
    what: "the origin is not allowed",
    flags: ["--origin", "https://other.example"],
    code: "cors-missing",
  },
  {
    what: "the bucket has no CORS rule",
    viewer: () => async (request, pass) => {
      const answer = await pass();
      if (request.method !== "PUT" || answer.status !== 200) return answer;
      return { ...answer, rawHeaders: withHeader(answer.rawHeaders, "access-control-allow-origin", undefined) };
    },
    flags: ["--origin", "https://app.example"],
    code: "cors-missing",
    seen: /S3's answer to an upload/,
  },
  {
    what: "a response headers policy adds to S3's headers",
    viewer: () => async (_, pass) => {
      const answer = await pass();
      return { ...answer, rawHeaders: [...answer.rawHeaders, "Access-Control-Allow-Origin", "*"] };
    },
    flags: ["--origin", "https://app.example"],
    code: "cors-doubled",
  },
];

/** Changes the answer that has the file of a link. */
const fileChanged = (change: (answer: HttpAnswer) => HttpAnswer) => (): Meddler => async (request, pass) => {
  const answer = await pass();
  return isLink(request.target) && request.target.includes("?") && answer.status === 200 ? change(answer) : answer;
};
const fileHeaderChanged = (name: string, value?: string) =>
  fileChanged((answer) => ({ ...answer, rawHeaders: withHeader(answer.rawHeaders, name, value) }));
/** Answers every request for a link in the place of the verify function. */
const linksAnswered = (answer: HttpAnswer) => (): Meddler => (request, pass) =>
  isLink(request.target) ? Promise.resolve(answer) : pass();

/** One-time downloads. */
const ofDownloads: readonly Misconfiguration[] = [
  {
    what: "links have no behaviour, so that S3 answers",
    viewer:
      ({ pastVerify }) =>
      (request, pass) =>
        isLink(request.target) ? pastVerify(request, pass) : pass(),
    code: "downloads-not-attached",
    seen: /S3 answered 40\d to a GET of a link/,
  },
  {
    what: "links have no behaviour, so that another site answers",
    viewer: linksAnswered({
      ...{ status: 404, reason: "", rawHeaders: ["Content-Type", "text/html", "Server", "nginx"] },
      body: Buffer.from("<html>Not found</html>"),
    }),
    code: "downloads-not-attached",
    seen: /an intermediary answered 404 to a GET of a link/,
  },
  {
    what: "the verify function has no downloads",
    viewer: linksAnswered(ownRefusal("method-not-allowed")),
    code: "downloads-not-attached",
    seen: /presign-once answered 405 to a GET of a link/,
  },
  {
    what: "the behaviour of links takes no POST",
    viewer: () => (request, pass) =>
      request.method === "POST"
        ? Promise.resolve(
            cloudFrontPage(
              403,
              "This distribution is not configured to allow the HTTP request method that was used for this request.",
            ),
          )
        : pass(),
    code: "method-not-forwarded",
  },
  {
    what: "a scanner presses the button of each link that it sees",
    viewer: () => async (request, pass) => {
      const answer = await pass();
      if (request.method === "GET" && isLink(request.target) && !request.target.includes("?")) {
        const pressed = await pass({ ...request, method: "POST" });
        const target = headerOf(pressed.rawHeaders, "location");
        if (target !== undefined) await pass({ ...request, target });
      }
      return answer;
    },
    code: "burned-by-reading",
  },
  {
    what: "the pass is taken off",
    viewer: () => (request, pass) =>
      pass(isLink(request.target) ? { ...request, target: request.target.replace(/\?.*/, "") } : request),
    code: "pass-dropped",
  },
  {
    what: "verifyRole may not read the uploads",
    store: () => (request, pass) =>
      request.target.includes("response-content-disposition")
        ? Promise.resolve(s3Page(403, "AccessDenied", "Access Denied"))
        : pass(),
    code: "download-denied",
  },
  {
    what: "the file is changed on the way",
    viewer: fileChanged((answer) => ({ ...answer, body: answer.body.subarray(1) })),
    code: "download-altered",
  },
  {
    what: "response-content-disposition is ignored",
    viewer: fileHeaderChanged("content-disposition"),
    code: "download-inline",
  },
  {
    what: "a response headers policy shows files in the browser",
    viewer: fileHeaderChanged("content-disposition", "inline"),
    code: "download-inline",
  },
  {
    what: "links have no response headers policy",
    viewer: fileHeaderChanged("x-content-type-options"),
    code: "download-sniffable",
  },
  {
    what: "the file is kept, and sent to a second client",
    viewer: () => {
      const kept = new Map<string, HttpAnswer>();
      return async (request, pass) => {
        const [path = "", query] = request.target.split("?");
        if (!isLink(path) || query === undefined) return pass();
        const answer = kept.get(path) ?? (await pass());
        if (answer.status === 200) kept.set(path, answer);
        return answer;
      };
    },
    code: "second-use-accepted",
    seen: /a second pass got the file, too/,
  },
];

/** Everything that a smoke test can be shown by this deployment. */
export const misconfigurations: readonly Misconfiguration[] = [
  ...ofCloudFront,
  ...ofS3,
  ...ofPresignOnce,
  ...ofGuarantees,
  ...ofDownloads,
];

/** CloudFront takes `If-None-Match` off a request whose cookies it forwards. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html */
function cookiesForwarded(): Required<Pick<Misconfiguration, "viewer" | "store">> {
  const withCookie = new Set<string>();
  const pathOf = (target: string) => /\/uploads\/([^?]*)/.exec(target)?.[1] ?? "";
  return {
    viewer: () => (request, pass) => {
      if (headerOf(request.rawHeaders, "cookie") !== undefined) withCookie.add(pathOf(request.target));
      return pass();
    },
    store: () => (request, pass) =>
      pass(
        isUpload(request.target) && withCookie.has(pathOf(request.target))
          ? { ...request, rawHeaders: withHeader(request.rawHeaders, "if-none-match", undefined) }
          : request,
      ),
  };
}

function lengthAdded(rawHeaders: readonly string[], body: Buffer): string[] {
  return [...withHeader(rawHeaders, "transfer-encoding", undefined), "Content-Length", String(body.length)];
}

/** A store that ignores conditions ignores them for uploads too. */
function ignoring(answer: HttpAnswer, target: string): HttpAnswer {
  return answer.status === 412 && isUpload(target)
    ? { ...answer, status: 200, rawHeaders: [], body: Buffer.alloc(0) }
    : answer;
}
