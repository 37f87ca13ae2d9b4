import { AWS_ROWS } from "./aws/diagnoses.ts";
import type { Diagnosis } from "./check.ts";

/** What a row says, less its code. */
type Row = Omit<Diagnosis, "code">;

/**
 * Everything that can be found wrong with a deployment: the one table, in the order of `docs/troubleshooting.md`,
 * which has the same rows with links to their sources. A test compares the two.
 */
const ROWS = {
  // No answer.
  "dns-not-found": {
    symptom: "the host is unknown (ENOTFOUND)",
    cause: "a mistyped name, or a distribution or a DNS record that was made minutes ago",
    fix: "compare it with issueEndpoint of sst deploy; if it is new, wait some minutes, and run it again",
  },
  "not-connected": {
    symptom: "no connection",
    cause: "a firewall or a proxy between this machine and CloudFront, or a wrong port",
    fix: "try from another network",
  },
  "tls-failed": {
    symptom: "the certificate is refused",
    cause:
      "the domain is not an alternate name of the distribution, or a proxy in between has a certificate of its own",
    fix: "set the argument domain of the stack: docs/deploy.md, Your own domain, and TLS; for such a proxy set NODE_EXTRA_CA_CERTS",
  },
  "tls-not-spoken": {
    symptom: "no TLS connection (EPROTO)",
    cause: "the port speaks plain HTTP, CloudFront does not know the host, or a proxy in between ends the handshake",
    fix: "compare host and port with issueEndpoint of sst deploy; try from another network",
  },
  "connection-broken": {
    symptom: "the connection broke, or was silent for 95 s, before an answer came",
    cause: "the network, a proxy in between, or CloudFront",
    fix: "run it again; try from another network",
  },

  // CloudFront's page.
  "edge-not-ready": {
    symptom: "503, is invalid or doesn't have the required permissions",
    cause: "copies of the function are not everywhere yet, or the role or the function was changed by hand",
    fix: "wait 15 minutes; deploy again",
  },
  "edge-result-invalid": {
    symptom: "502, x-cache LambdaValidationError",
    cause: "a function returned what CloudFront does not take, such as a changed read-only header",
    fix: "with issueFunction, correct your module; otherwise report it to us",
  },
  "edge-function-failed": {
    symptom: "503, x-cache LambdaExecutionError",
    cause: "the function threw, such as EVENT_INVALID for another trigger than viewer-request",
    fix: "read its log, in the region near the client: docs/deploy.md, Reading the logs",
  },
  "edge-throttled": {
    symptom: "503, x-cache LambdaLimitExceeded, or was throttled",
    cause: "concurrency, or the function took over 5 s",
    fix: "request a higher quota: docs/deploy.md, Concurrency; read s3Ms in the log",
  },
  "waf-body-limit": {
    symptom: "403 for uploads over 8 KB only",
    cause: "a rule of AWS WAF such as SizeRestrictions_BODY",
    fix: "set its rules to Count: docs/deploy.md, AWS WAF",
  },
  "waf-blocked": {
    symptom: "403, Request blocked",
    cause: "AWS WAF blocked it, such as for its long query",
    fix: "set its rules to Count: docs/deploy.md, AWS WAF",
  },
  "geo-blocked": {
    symptom: "403, configured to block access from your country",
    cause: "a geographic restriction of the distribution",
    fix: "remove it, or run this from another country",
  },
  "method-not-forwarded": {
    symptom: "403, not configured to allow the HTTP request method",
    cause: "the behaviour takes GET and HEAD only",
    fix: "allow all seven methods",
  },
  "edge-refused": {
    symptom: "403, any other text",
    cause: "http instead of https, the host is not an alternate name of the distribution, or a GET had a body",
    fix: "use https; set the argument domain of the stack: docs/deploy.md, Your own domain, and TLS; send GET /url without a body",
  },
  "origin-unreachable": {
    symptom: "502, any other text",
    cause: "CloudFront could not connect to S3, such as to a bucket that was removed",
    fix: "deploy again",
  },
  "origin-silent": {
    symptom: "504",
    cause: "S3 did not answer within 30 s; CloudFront does not send a PUT twice",
    fix: "look for the object; request a new URL",
  },
  "edge-error": {
    symptom: "any other page of CloudFront",
    cause: "not known to us",
    fix: "ask AWS Support, with the request id",
  },
  intermediary: {
    symptom: "an answer with no header of CloudFront's or S3's",
    cause: "a proxy or a firewall answers in the place of the deployment, or the host is another site",
    fix: "compare the host with issueEndpoint of sst deploy; try from another network",
  },

  // S3's answer.
  "verify-not-attached": {
    symptom: "403 SignatureDoesNotMatch without x-once-lock, or S3 answers a GET",
    cause: "the verify function is not attached to the uploads, so nothing adds the lock and nothing is claimed",
    fix: "attach it to viewer-request of the behaviour; deploy again",
  },
  "host-forwarded": {
    symptom: "403 SignatureDoesNotMatch for the host of the edge",
    cause: "originRequestPolicyId forwards Host",
    fix: "use the stack's policy",
  },
  "cookies-forwarded": {
    symptom: "403 SignatureDoesNotMatch for uploads with a cookie only",
    cause: "originRequestPolicyId forwards cookies, and CloudFront then takes off If-None-Match",
    fix: "use the stack's policy",
  },
  "header-altered": {
    symptom: "403 SignatureDoesNotMatch for a header or parameter",
    cause:
      "something between the edge and S3 changed it: originRequestPolicyId leaves it out, or a function changes it",
    fix: "use the stack's policy; detach every function on origin-request",
  },
  "signature-refused": {
    symptom: "403 SignatureDoesNotMatch, and nothing differs; or 403 InvalidAccessKeyId",
    cause: "the credentials that signed are not those of an identity of this account, or were removed",
    fix: "deploy again; compare the edge keys of both functions",
  },
  "headers-not-signed": {
    symptom: "403 AccessDenied, headers present in the request which were not signed",
    cause:
      "an x-amz-* header that the URL does not sign, added between the edge and S3 or sent around the edge; or the origin is not of type S3",
    fix: "use the stack's policy and origin; send only the headers of the grant",
  },
  "access-denied": {
    symptom: "403 AccessDenied",
    cause:
      "issueRole, for a ticket verifyRole, may not write there, may not use the key, or a bucket policy denies it, such as one that requires x-amz-server-side-encryption: uploads send it only with the setting encryption; or nothing signs for a ticket",
    fix: "allow the role to write, in its policy and the bucket's; attach the verify function to the uploads; set kmsKeyArn, and allow it in the key's policy; set encryption",
  },
  "oac-attached": {
    symptom: "400 InvalidArgument, Only one auth mechanism allowed",
    cause: "an OAC or OAI at the uploads origin",
    fix: "remove it from the origin: docs/deploy.md, No origin access control",
  },
  "credentials-expired": {
    symptom: "400 ExpiredToken",
    cause: "the credentials ended before the URL",
    fix: "issue URLs of a shorter life: docs/deploy.md, Life of the credentials",
  },
  "credentials-refused": {
    symptom: "400 InvalidToken, or 500 InternalError with this cause in the log",
    cause: "an opt-in region",
    fix: "use a region that is enabled by default: docs/deploy.md, Opt-in regions",
  },
  "bucket-not-ready": {
    symptom: "307 TemporaryRedirect",
    cause: "a new bucket, up to 24 hours. The stack names the bucket by its region, which avoids it",
    fix: "wait; do not follow it: S3 refuses the URL outside the edge",
  },
  "region-wrong": {
    symptom: "301 PermanentRedirect, 400 AuthorizationHeaderMalformed or IllegalLocationConstraintException",
    cause: "the bucket is in another region than the settings say, such as after it was made again",
    fix: "deploy again",
  },
  "bucket-missing": {
    symptom: "404 NoSuchBucket",
    cause: "the bucket was removed, or the origin names another one",
    fix: "deploy again",
  },
  "kms-key-unusable": {
    symptom: "KMS.…, such as KMS.DisabledException or KMS.NotFoundException",
    cause: "the key is disabled, being deleted, or not one of the bucket's region",
    fix: "enable it, or set the bucket's default key",
  },
  "kms-needs-sigv4": {
    symptom: "400 InvalidArgument or InvalidRequest, AWS KMS managed keys require AWS Signature Version 4",
    cause: "the signature got lost on the way: originRequestPolicyId does not forward the query",
    fix: "use the stack's policy",
  },
  "s3-busy": {
    symptom: "503 SlowDown with a HostId, 500 InternalError with a HostId",
    cause: "S3 itself, for a moment",
    fix: "run it again",
  },
  "s3-refused": {
    symptom: "any other error of S3",
    cause: "its code says which",
    fix: "read what its code means, in S3's list of error responses",
  },

  // presign-once's answer.
  "not-an-issue-endpoint": {
    symptom: "not an issue endpoint: 404, a redirect, an error of S3's, or an answer that is no grant",
    cause: "a wrong path: it is not issuePath, or the issue function is not attached to it",
    fix: "compare it with issueEndpoint of sst deploy; deploy again",
  },
  "index-unavailable": {
    symptom: "503 SlowDown, log unavailable",
    cause: "S3 did not take the index's request: throttled, or no connection. cause names the error",
    fix: "try again",
  },
  "index-refused": {
    symptom: "500 InternalError, log store-refused",
    cause:
      "S3 refuses the index's request, and will until something is changed: a right of the role or on the key, the credentials, the region, the clock, the strategy",
    fix: "read cause in the log, which says what S3 answered and what to change: docs/deploy.md, Reading the logs",
  },
  "function-fault": {
    symptom: "500 InternalError at /url, log fault or store-refused",
    cause: "wrong settings, no credentials, a fault, or the row before",
    fix: "read cause in the log, which names the setting or the right: docs/deploy.md, Reading the logs",
  },
  "claim-undecided": {
    symptom: "503 ClaimUndecided, log undecided or fault",
    cause: "a write may have landed; or wrong settings, a fault",
    fix: "request a new URL; read cause in the log: docs/deploy.md, Reading the logs",
  },
  "url-unknown": {
    symptom: "403 UrlUnknown, log not-issued or unknown",
    cause:
      "keys, strategy, bucket or folder were changed after it was issued; the URL was altered, such as by a mail program",
    fix: "request a new URL; rotate keys in steps: docs/deploy.md, Rotating",
  },
  "url-not-fresh": {
    symptom: "403 UrlAlreadyUsed for a URL that nothing used",
    cause: "a program on the way opens or repeats requests, or two deployments share an index and a key",
    fix: "try from another network; look for both requests in the log",
  },
  "clock-wrong": {
    symptom: "403 UrlExpired or RequestTimeTooSkewed for a new URL",
    cause: "a cache in between keeps answers of /url, or a function changes X-Amz-Date",
    fix: "stop caching /url, and detach that function",
  },
  "length-missing": {
    symptom: "411 MissingContentLength",
    cause: "no length, or a chunked body",
    fix: "send a file or buffer",
  },
  "header-refused": {
    symptom: "400 InvalidRequest, log header-refused",
    cause: "an x-amz-* header that was not granted, or another of these",
    fix: "send only the headers of the grant",
  },
  "caller-unknown": {
    symptom: "401 Unauthorized at /url",
    cause: "the authorizer does not know the token",
    fix: "send a token that the authorizer of this stage knows: docs/issuing.md, Authorizers",
  },
  "caller-forbidden": {
    symptom: "403 AccessDenied at /url",
    cause: "the authorizer knows the caller, and does not allow it",
    fix: "allow the caller in the settings of the authorizer, such as scope: docs/issuing.md, Authorizers",
  },
  "parameter-refused": {
    symptom: "400 InvalidArgument at /url",
    cause: "a parameter that the settings do not allow; the message names it",
    fix: "change maxBytes, maxExpiresInSeconds or retries: docs/edge.md, Settings",
  },
  refused: {
    symptom: "any other code",
    cause: "the list of refusals says which",
    fix: "read its row: docs/edge.md, Refusals of an upload",
  },

  // A guarantee that does not hold.
  "second-use-accepted": {
    symptom: "a second use of a URL is stored, or sends the file again",
    cause: "the index forgets: it is emptied, or two deployments with the same keys have two indexes",
    fix: "stop issuing; run presign-once doctor on the bucket; run presign-once inspect on the URL",
  },
  "two-winners": {
    symptom: "of uploads at once, more than one is stored",
    cause: "the store of the index ignores conditions",
    fix: "stop issuing; run presign-once doctor, and choose a strategy that holds there: docs/operating.md, Is the bucket fit for it?",
  },
  "burned-by-reading": {
    symptom: "a GET, HEAD or OPTIONS uses a URL up",
    cause: "something before the function makes a PUT of it, or answers in its place",
    fix: "detach every other function on viewer-request",
  },
  "burned-by-refusal": {
    symptom: "a refused upload uses the URL up",
    cause: "something in between repeats the request, or the functions are of two versions",
    fix: "deploy again",
  },
  "pin-ignored": {
    symptom: "an upload is stored that is not as granted",
    cause: "the functions are of two versions, or the authorizer's module issues in its own way",
    fix: "deploy again",
  },
  "bucket-open": {
    symptom: "the bucket stores a URL that was sent around the edge",
    cause: "the issue function does not sign the lock, or the store does not check signatures",
    fix: "stop issuing; deploy again",
  },
  "spelling-refused": {
    symptom: "the same URL, spelled otherwise, is refused",
    cause: "something between the client and the function changes the query",
    fix: "detach every other function on viewer-request; use the stack's policy",
  },
  "retry-refused": {
    symptom: "a retry by the same client is refused, or is not told of its object",
    cause: "issueRole or verifyRole may not read the uploads, or the bucket is not fit for retries",
    fix: "run presign-once doctor on the bucket; check retries in the settings: docs/issuing.md, Retries",
  },

  // A one-time download.
  "downloads-not-attached": {
    symptom: "something else than presign-once answers a link, or it answers as to an upload",
    cause:
      "the behaviour /d/* is missing or without the verify function, or that function has no downloads in its settings",
    fix: "attach the verify function to viewer-request of /d/*; deploy again",
  },
  "pass-dropped": {
    symptom: "a link with a pass shows its page again",
    cause: "something between the client and the function takes the query off",
    fix: "detach every other function on viewer-request; try from another network",
  },
  "download-denied": {
    symptom: "403 AccessDenied from S3 for a download",
    cause: "verifyRole may not read the uploads or use their key, or originRequestPolicyId does not forward the query",
    fix: "deploy again; allow verifyRole s3:GetObject on the uploads; use the stack's policy",
  },
  "download-altered": {
    symptom: "the file has other bytes than were uploaded",
    cause: "something between S3 and the client changes it",
    fix: "try from another network; detach every function on origin-response and viewer-response",
  },
  "download-inline": {
    symptom: "the file comes without Content-Disposition: attachment",
    cause: "the store ignores the parameters response-*, or a response headers policy removes the header",
    fix: "use S3, or a store that takes them; use the stack's policy",
  },
  "download-sniffable": {
    symptom: "the file comes without X-Content-Type-Options: nosniff",
    cause: "the behaviour /d/* has no response headers policy, or another than the stack's",
    fix: "use the stack's policy, or deploy again",
  },

  // A page in a browser.
  "cors-missing": {
    symptom: "in a browser: a CORS error, though curl works",
    cause: "the page is not in cors.origins, or an existing bucket has no CORS rule",
    fix: "add it to cors.origins: docs/edge.md, Settings; add a CORS rule to the bucket",
  },
  "cors-doubled": {
    symptom: "in a browser: a CORS error, multiple values",
    cause: "a response headers policy adds the header a second time",
    fix: "remove the policy, or let it override",
  },

  // With --aws.
  ...AWS_ROWS,
} as const satisfies Readonly<Record<string, Row>>;

/** The code of a diagnosis. */
export type DiagnosisCode = keyof typeof ROWS;

/** Every code, in the order of the table. */
export const diagnosisCodes = Object.keys(ROWS) as DiagnosisCode[];

/** The diagnosis of a code. */
export function diagnosis(code: DiagnosisCode): Diagnosis {
  return { code, ...ROWS[code] };
}
