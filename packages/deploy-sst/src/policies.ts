import type { Strategy } from "@presign-once/adapter-s3/strategies";

import { INDEX_FOLDER, UPLOADS_FOLDER } from "./folders.ts";
import type { Signing } from "./single-use-uploads-args.ts";

/** One statement of an IAM policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | { readonly Service: string | readonly string[] };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy as IAM and S3 take it. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** What the policies of the two roles are about. */
export interface RoleScope {
  readonly strategy: Strategy;
  readonly signing: Signing;
  /** Whether links for downloads are used. */
  readonly oneTimeDownloads: boolean;
  /** Whether clients may try again, which takes a look at the versions of uploads. */
  readonly retries: boolean;
  readonly uploadsArn: string;
  readonly indexArn: string;
  /** KMS key of the bucket, if it does not use S3's own. */
  readonly uploadsKeyArn: string | undefined;
  readonly indexKeyArn: string | undefined;
  /** KMS key that each upload names, if it names one. */
  readonly encryptionKeyArn?: string | undefined;
  /** Whether each upload names tags. */
  readonly tags?: boolean | undefined;
  /** Of the function itself, unqualified: its logs go by this name. */
  readonly functionArn: string;
}

/** For a role that may make entries, and overwrite none. */
const onlyIfNothingIsThere = { Null: { "s3:if-none-match": "false" } };

/** The policy of a list of statements. */
export function policy(...statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Who runs an edge function: Lambda where it is made, and its edge locations. */
export function trustPolicy(): PolicyDocument {
  return policy({
    Sid: "RunAtTheEdge",
    Effect: "Allow",
    Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
    Action: "sts:AssumeRole",
  });
}

/** What each strategy needs: whether its bucket keeps versions, and what either function may do in the index. */
interface StrategyRights {
  /** Whether the bucket of the index is made with versioning. */
  readonly versioned: boolean;
  /** Whether clients may try again: see `allowsRetries` of the strategy. */
  readonly allowsRetries: boolean;
  /** To register a hash. */
  issue(index: string, indexArn: string): Statement[];
  /** To claim a hash. */
  verify(index: string, indexArn: string): Statement[];
}

/**
 * The rights in the index, least privilege for each strategy.
 *
 * - `conditional`: the issue role can only create entries, so a claimed one cannot be opened again by it. The verify role
 *   can only overwrite entries that it has seen, and so never make one up; but a holder of the role can read a claimed entry
 *   and write the body of an issued one over it, since no condition key looks at a body.
 * - `sealed`: the issue role has no right in the index. The verify role can only create entries: it can use a URL up, and
 *   never take a claim back.
 * - `versioning`: the verify role can add versions and delete none, and the oldest one decides.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export const RIGHTS: Readonly<Record<Strategy, StrategyRights>> = {
  conditional: {
    versioned: false,
    allowsRetries: true,
    issue: (index) => [{ ...allow("Register", "s3:PutObject", `${index}*`), Condition: onlyIfNothingIsThere }],
    verify: (index, indexArn) => [
      { ...allow("Claim", "s3:PutObject", `${index}*`), Condition: { Null: { "s3:if-match": "false" } } },
      allow("ReadBack", "s3:GetObject", `${index}*`),
      tellMissing(indexArn),
    ],
  },
  sealed: {
    versioned: false,
    allowsRetries: true,
    issue: () => [],
    verify: (index) => [
      { ...allow("Claim", "s3:PutObject", `${index}claims/*`), Condition: onlyIfNothingIsThere },
      allow("ReadBack", "s3:GetObject", `${index}claims/*`),
    ],
  },
  versioning: {
    versioned: true,
    allowsRetries: false,
    issue: (index, indexArn) => [
      allow("Register", "s3:PutObject", `${index}valid/*`),
      allow("SeeThatVersionsAreKept", "s3:GetBucketVersioning", indexArn),
    ],
    verify: (index, indexArn) => [
      allow("Claim", "s3:PutObject", `${index}expired/*`),
      allow("ReadEntries", "s3:GetObject", `${index}*`),
      allow("ReadClaims", "s3:GetObjectVersion", `${index}expired/*`),
      tellMissing(indexArn),
      {
        ...allow("OrderClaims", "s3:ListBucketVersions", indexArn),
        Condition: { StringLike: { "s3:prefix": `${INDEX_FOLDER}expired/*` } },
      },
      allow("SeeThatVersionsAreKept", "s3:GetBucketVersioning", indexArn),
    ],
  },
};

/**
 * What the issue function may do: what the URLs that it signs may do, and register each URL in the index. With tickets it signs
 * none, and keeps the right for those that it signed before.
 */
export function issuePolicy(scope: RoleScope): PolicyDocument {
  const { strategy, uploadsArn, indexArn, uploadsKeyArn, encryptionKeyArn, indexKeyArn, functionArn } = scope;
  const registrations = RIGHTS[strategy].issue(`${indexArn}/${INDEX_FOLDER}`, indexArn);
  return policy(
    allow("SignUploads", "s3:PutObject", allUploads(uploadsArn)),
    ...tagUploads(scope),
    ...registrations,
    ...useKeys("Encrypt", "kms:GenerateDataKey", [
      ...[uploadsKeyArn, encryptionKeyArn],
      registrations.length > 0 ? indexKeyArn : undefined,
    ]),
    writeLogs(functionArn),
  );
}

/**
 * What the verify function may do: read and claim entries of the index. Of the uploads nothing; with tickets, make new objects;
 * with links for downloads, read them; where clients may try again, see their versions, for which S3 does not ask for the key.
 */
export function verifyPolicy(scope: RoleScope): PolicyDocument {
  const { strategy, signing, retries, oneTimeDownloads, uploadsArn, indexArn, indexKeyArn, functionArn } = scope;
  const claims = RIGHTS[strategy].verify(`${indexArn}/${INDEX_FOLDER}`, indexArn);
  const looks = retries ? seeVersionsOfUploads(uploadsArn) : [];
  const keys = useKeys("EncryptAndReadEntries", ["kms:GenerateDataKey", "kms:Decrypt"], [indexKeyArn]);
  const uploads = signing === "at-use" ? makeUploads(scope) : [];
  const downloads = oneTimeDownloads ? readUploads(scope) : [];
  return policy(...claims, ...looks, ...keys, ...uploads, ...downloads, writeLogs(functionArn));
}

/**
 * Lets a role have S3 use KMS keys for it, and not use them itself: `kms:GenerateDataKey` to write an object in one part,
 * `kms:Decrypt` to read one. S3 takes a key only in the region of the bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
function useKeys(
  sid: string,
  actions: string | readonly string[],
  keyArns: readonly (string | undefined)[],
): Statement[] {
  const keys = [...new Set(keyArns.filter((arn) => arn !== undefined))];
  const through = [...new Set(keys.map((arn) => `s3.${regionOfKey(arn)}.amazonaws.com`))];
  const Condition = { StringEquals: { "kms:ViaService": through } };
  return keys.length === 0 ? [] : [{ ...allow(sid, actions, keys), Condition }];
}

/** The region in the ARN of a KMS key. */
export function regionOfKey(arn: string): string {
  return arn.split(":")[3] ?? "";
}

/** For links for downloads. */
function readUploads({ uploadsArn, uploadsKeyArn, encryptionKeyArn }: RoleScope): Statement[] {
  return [
    allow("SignDownloads", "s3:GetObject", allUploads(uploadsArn)),
    ...useKeys("DecryptUploads", "kms:Decrypt", [uploadsKeyArn, encryptionKeyArn]),
  ];
}

function allUploads(uploadsArn: string): string {
  return `${uploadsArn}/${UPLOADS_FOLDER}*`;
}

/** For uploads with tickets, which S3 is always asked to store under new keys alone. */
function makeUploads(scope: RoleScope): Statement[] {
  const { uploadsArn, uploadsKeyArn, encryptionKeyArn } = scope;
  return [
    { ...allow("StoreUploads", "s3:PutObject", allUploads(uploadsArn)), Condition: onlyIfNothingIsThere },
    ...tagUploads(scope),
    ...useKeys("EncryptUploads", "kms:GenerateDataKey", [uploadsKeyArn, encryptionKeyArn]),
  ];
}

/**
 * S3 asks for this right besides the one to put an object, where a request has `x-amz-tagging`. No condition holds it to new objects or to
 * these tags: `s3:if-none-match` is none of its keys, and URLs with other tags may still be out when the setting changes.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
function tagUploads({ uploadsArn, tags = false }: RoleScope): Statement[] {
  return tags ? [allow("TagUploads", "s3:PutObjectTagging", allUploads(uploadsArn))] : [];
}

/** What a client that tries again is measured by: whether anything was ever stored under its key. */
function seeVersionsOfUploads(uploadsArn: string): Statement[] {
  return [
    {
      ...allow("SeeWhatWasStored", "s3:ListBucketVersions", uploadsArn),
      Condition: { StringLike: { "s3:prefix": `${UPLOADS_FOLDER}*` } },
    },
    allow("SeeThatUploadsKeepVersions", "s3:GetBucketVersioning", uploadsArn),
  ];
}

/** S3 answers 404 for a missing key only to a caller that may list the bucket, and checks that without a prefix: so, IfExists. */
function tellMissing(indexArn: string): Statement {
  return {
    ...allow("TellMissingFromForbidden", "s3:ListBucket", indexArn),
    Condition: { StringLikeIfExists: { "s3:prefix": `${INDEX_FOLDER}*` } },
  };
}

/** Refuses everything that does not come over TLS. */
export function tlsOnly(bucketArn: string): Statement {
  return {
    Sid: "OnlyTls",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/** Lets one distribution, and no other, read stored uploads. */
export function readByDistribution(bucketArn: string, distributionArn: string): Statement {
  return {
    Sid: "ReadByTheDistribution",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "s3:GetObject",
    Resource: `${bucketArn}/${UPLOADS_FOLDER}*`,
    Condition: { StringEquals: { "aws:SourceArn": distributionArn } },
  };
}

/** An edge function logs to the region it runs in, under a name that begins with the one it was made in. */
function writeLogs(functionArn: string): Statement {
  const [, partition = "", , region = "", account = "", , name = ""] = functionArn.split(":");
  const group = `arn:${partition}:logs:*:${account}:log-group:/aws/lambda/${region}.${name}`;
  return allow(
    "WriteLogs",
    ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    [group, `${group}:*`],
  );
}

function allow(Sid: string, Action: string | readonly string[], Resource: string | readonly string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource };
}
