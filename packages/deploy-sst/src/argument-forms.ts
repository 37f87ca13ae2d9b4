import { RIGHTS } from "./policies.ts";

/**
 * A form that a text has to have, and the words that name it.
 *
 * The core defines forms as well, but SST bundles all that this package imports into the configuration of an app: so it
 * imports no code, and a test compares the two that both have.
 */
export interface Form {
  /** For a message, after "expected". */
  readonly words: string;
  is(text: string): boolean;
}

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const BUCKET_ARN = "arn:aws:s3:::";
const PATH = /^(?:\/[A-Za-z0-9._~-]+)+$/;

/** Where the distribution serves something. */
export const servedPath = matching("a path such as /files, without a / at its end", PATH);

/** What the names of all resources begin with. */
export const stackName = matching("a letter, and up to 30 letters and digits", /^[A-Za-z][A-Za-z0-9]{0,30}$/);

/** The bucket of the uploads, which the distribution reaches by its own host name. */
export const uploadsBucket: Form = {
  words: "the name of a bucket, without dots, which S3's certificate does not cover",
  is: (text) => BUCKET_NAME.test(text) && !text.includes("."),
};

/** Where the index is: `index.place`. */
export const indexPlace = oneOf("own-bucket", "uploads-bucket");
/** How claims are made atomic: `index.strategy`. */
export const indexStrategy = oneOf(...Object.keys(RIGHTS));
/** What Lambda@Edge runs the functions on. */
export const runtime = oneOf("nodejs24.x", "nodejs22.x");
/** What becomes of buckets when the stack is removed. */
export const removal = oneOf("remove", "retain", "retain-all");
/** Which edge locations serve. */
export const priceClass = oneOf("PriceClass_100", "PriceClass_200", "PriceClass_All");

/** A web ACL that a distribution can have. */
export const webAclArn = matching(
  "the ARN of a web ACL with global scope",
  /^arn:aws:wafv2:us-east-1:\d+:global\/webacl\//,
);
/** Names that a distribution can be reached by. */
export const hostNames = matching("domain names", /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);
/** A certificate that a distribution can have. */
export const certificateArn = matching("the ARN of a certificate in us-east-1", /^arn:aws:acm:us-east-1:/);
/** A policy of CloudFront's, managed or of the account. */
export const policyId = matching("the id of an origin request policy", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
/** Topics where CloudFront reports its metrics. */
export const topicArns = matching("ARNs of SNS topics in us-east-1", /^arn:aws:sns:us-east-1:/);

/**
 * A key, in the one partition that has Lambda@Edge, as a role's policy names it: an id or an alias does not do there.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
 */
export const kmsKeyArn = matching(
  "the ARN of a KMS key such as arn:aws:kms:REGION:ACCOUNT:key/ID, and neither an alias nor an id alone",
  /^arn:aws:kms:[a-z0-9-]{2,30}:\d{12}:key\/[A-Za-z0-9-]{1,64}$/,
);

/** A bucket for logs. */
export const bucketArn: Form = {
  words: "the ARN of a bucket",
  is: (text) => text.startsWith(BUCKET_ARN) && BUCKET_NAME.test(text.slice(BUCKET_ARN.length)),
};

/** Where logs go in it. */
export const logFolder: Form = {
  words: "a folder without / at either end",
  is: (text) => PATH.test(`/${text}`),
};

function matching(words: string, pattern: RegExp): Form {
  return { words, is: (text) => pattern.test(text) };
}

function oneOf(...values: readonly string[]): Form {
  return {
    words: `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`,
    is: (text) => values.includes(text),
  };
}
