import type { Diagnosis } from "../check.ts";

/**
 * What only AWS's own word on a deployment shows to be wrong: rows of the one table in `diagnoses.ts`. What a request shows
 * too has its row there.
 */
export const AWS_ROWS = {
  "distribution-disabled": {
    symptom: "CloudFront serves no request",
    cause: "the distribution is disabled",
    fix: "enable it, or deploy again",
  },
  "distribution-deploying": {
    symptom: "some edge locations answer as before the last change",
    cause: "CloudFront is still deploying it",
    fix: "wait some minutes",
  },
  "origin-not-s3": {
    symptom: "S3 refuses every upload, or none arrives",
    cause: "uploads go to a custom origin, a website endpoint or a group of origins, and not to a bucket",
    fix: "make BUCKET.s3.REGION.amazonaws.com the origin, as an S3 origin; deploy again",
  },
  "origin-not-regional": {
    symptom: "307 TemporaryRedirect or 403 SignatureDoesNotMatch from S3",
    cause: "the origin names the bucket without its region, and URLs are signed for the regional host name",
    fix: "make BUCKET.s3.REGION.amazonaws.com the origin; deploy again",
  },
  "function-unversioned": {
    symptom: "CloudFront does not run the function",
    cause: "Lambda@Edge takes numbered versions, and neither $LATEST nor an alias",
    fix: "deploy again",
  },
  "body-included": {
    symptom: "slow uploads",
    cause: "CloudFront puts the beginning of each body into the function's event, which needs none",
    fix: "turn IncludeBody off, or deploy again",
  },
  "other-function": {
    symptom: "403 SignatureDoesNotMatch from S3, or answers that were changed",
    cause: "another function runs at the uploads, such as one on origin-request that signs",
    fix: "detach it",
  },
  "http-allowed": {
    symptom: "a URL is sent unencrypted, before a redirect that a PUT does not follow",
    cause: "the viewer protocol policy is not https-only",
    fix: "set it to https-only, or deploy again",
  },
  "viewers-restricted": {
    symptom: "403 from CloudFront, MissingKey",
    cause: "the behaviour asks for a signature of CloudFront's: trusted signers or key groups",
    fix: "remove them: only downloads may have them",
  },
  "caching-enabled": {
    symptom: "answers from a cache",
    cause: "the cache policy is not CachingDisabled",
    fix: "use CachingDisabled, or deploy again",
  },
  "headers-dropped": {
    symptom: "403 SignatureDoesNotMatch from S3",
    cause: "originRequestPolicyId does not forward all headers but Host",
    fix: "use the stack's policy",
  },
  "queries-dropped": {
    symptom: "403 AccessDenied from S3",
    cause: "originRequestPolicyId does not forward the query, which is the signature",
    fix: "use the stack's policy",
  },
  "cors-overridden": {
    symptom: "in a browser: a CORS error, though curl works",
    cause: "a response headers policy removes what a page needs, or overrides it by methods without PUT",
    fix: "remove the policy, or let it allow what the settings allow",
  },
  "function-not-active": {
    symptom: "503 from CloudFront",
    cause: "Lambda is still making the version of the function, or could not",
    fix: "wait a minute; deploy again",
  },
  "function-runtime": {
    symptom: "503, x-cache LambdaExecutionError",
    cause: "the function runs on something else than Node.js 22 or later",
    fix: "deploy again",
  },
  "function-unfit": {
    symptom: "CloudFront does not take the function, or does not run it",
    cause: "the function has something that Lambda@Edge does not support at viewer-request",
    fix: "remove it, or deploy again",
  },
  "role-trust-missing": {
    symptom: "503, is invalid or doesn't have the required permissions",
    cause: "the role trusts only one of lambda.amazonaws.com and edgelambda.amazonaws.com, or neither",
    fix: "deploy again",
  },
  "role-right-missing": {
    symptom: "500 InternalError, log store-refused; or 403 AccessDenied from S3",
    cause: "the policies of the role do not allow what its function does",
    fix: "deploy again, or allow it: packages/deploy-sst/README.md, What the roles may do",
  },
  "logs-right-missing": {
    symptom: "no line in the logs",
    cause: "the policies of the role do not allow to write them",
    fix: "deploy again, or allow the role to write logs",
  },
  "concurrency-low": {
    symptom: "503 under load, was throttled",
    cause: "the quota of concurrency of a new account",
    fix: "request a higher quota: docs/deploy.md, Concurrency",
  },
  "kms-key-refused": {
    symptom: "403 AccessDenied from S3; or 500 InternalError, log store-refused",
    cause: "the bucket's default encryption is a KMS key that the policies of the role do not allow to use",
    fix: "set kmsKeyArn or index.kmsKeyArn; read the policy of the key too, which is not evaluated here",
  },
  "encryption-key-refused": {
    symptom: "403 AccessDenied from S3, kms:GenerateDataKey or kms:Decrypt is missing",
    cause:
      "the policies of the role do not allow to use the key of uploads.encryption: the issue role encrypts with signing at-issue, the verify role with at-use, and the verify role decrypts for downloads",
    fix: "deploy again with encryption and signing as in the settings; read the policy of the key too, which is not evaluated here",
  },
  "tags-right-missing": {
    symptom: "403 AccessDenied from S3, s3:PutObjectTagging is missing",
    cause:
      "uploads.tags, and the policies of the role that signs do not allow to tag: the issue role with signing at-issue, the verify role with at-use",
    fix: "deploy again with tags and signing as in the settings",
  },
  "bucket-public": {
    symptom: "others may read or write what is stored",
    cause: "public access is not blocked, or the policy of the bucket is public",
    fix: "turn all four blocks on",
  },
  "index-unversioned": {
    symptom: "500 InternalError, log store-refused",
    cause: "the strategy versioning needs versions, which the bucket of the index does not keep",
    fix: "turn versioning on, or deploy again",
  },
  "uploads-unversioned": {
    symptom: "a retry is refused",
    cause: "retries need versions, which the bucket of the uploads does not keep",
    fix: "turn versioning on",
  },
  "index-expires-early": {
    symptom: "403 UrlUnknown for a URL that is still valid; with sealed, a second use",
    cause:
      "a lifecycle rule removes entries of the index before their URLs end: a presigned URL may live for 7 days, a ticket for 30",
    fix: "let it remove them after 8 days, with tickets 31, or deploy again",
  },
  "cors-without-put": {
    symptom: "in a browser: a CORS error, though curl works",
    cause: "no CORS rule of the bucket allows PUT",
    fix: "allow it from your pages",
  },
  "objects-locked": {
    symptom: "400 InvalidRequest from S3, Content-MD5 OR x-amz-checksum- HTTP header is required",
    cause: "Object Lock with a default retention",
    fix: "use a bucket without it",
  },
} as const satisfies Readonly<Record<string, Omit<Diagnosis, "code">>>;
