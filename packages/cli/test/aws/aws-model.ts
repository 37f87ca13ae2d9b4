import type {
  CachePolicyConfig,
  DefaultCacheBehavior,
  DistributionConfig,
  OriginRequestPolicyConfig,
  ResponseHeadersPolicyConfig,
} from "@aws-sdk/client-cloudfront";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import type {
  CORSRule,
  LifecycleRule,
  ObjectLockConfiguration,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionByDefault,
} from "@aws-sdk/client-s3";

/** A statement of a policy. */
export interface PolicyStatement {
  Effect: string;
  Action: string | string[];
  Resource?: string | string[];
  Principal?: unknown;
  Condition?: object;
}

/** A role and its policies. */
export interface RoleModel {
  trust: PolicyStatement[];
  /** By name. */
  inline: Record<string, PolicyStatement[]>;
  /** By ARN. */
  managed: Record<string, PolicyStatement[]>;
}

/** A bucket; what is `undefined` was never set. */
export interface BucketModel {
  region: string;
  encryption?: ServerSideEncryptionByDefault | undefined;
  versioning?: "Enabled" | "Suspended" | undefined;
  lifecycle?: LifecycleRule[] | undefined;
  cors?: CORSRule[] | undefined;
  publicAccessBlock?: PublicAccessBlockConfiguration | undefined;
  /** Whether the policy is public; `undefined`: there is none. */
  publicPolicy?: boolean | undefined;
  objectLock?: ObjectLockConfiguration | undefined;
  /** Keys of objects, each with the ids of its versions. */
  objects: Record<string, string[]>;
}

/** The part of an AWS account that a deployment is: what the stand-in answers from. To be changed by tests. */
export interface AwsModel {
  distributionId: string;
  domainName: string;
  status: string;
  distribution: DistributionConfig & { DefaultCacheBehavior: DefaultCacheBehavior };
  /** By id, like the next two. */
  cachePolicies: Record<string, CachePolicyConfig>;
  originRequestPolicies: Record<string, OriginRequestPolicyConfig>;
  responseHeadersPolicies: Record<string, ResponseHeadersPolicyConfig>;
  /** By name. */
  functions: Record<string, FunctionConfiguration>;
  concurrency: number;
  /** By name, like the buckets. */
  roles: Record<string, RoleModel>;
  buckets: Record<string, BucketModel>;
}

/** The account of the model. */
export const ACCOUNT = "111122223333";
/** The names that tests change things by. */
export const NAMES = {
  uploads: "uploads-0a1b2c3",
  index: "uploadsindex-0a1b2c3",
  issue: "UploadsIssue-0a1b2c3",
  verify: "UploadsVerify-0a1b2c3",
  issueRole: "UploadsIssueRole-0a1b2c3",
  verifyRole: "UploadsVerifyRole-0a1b2c3",
} as const;

const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ORIGIN_REQUESTS = "0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f";

/** A deployment as the stack makes it, in which nothing is wrong: `conditional`, without retries and domain. */
export function healthyDeployment(): AwsModel {
  const uploadsArn = `arn:aws:s3:::${NAMES.uploads}`;
  const indexArn = `arn:aws:s3:::${NAMES.index}`;
  return {
    distributionId: "E1A2B3C4D5E6F7",
    domainName: "d111111abcdef8.cloudfront.net",
    status: "Deployed",
    distribution: {
      CallerReference: "terraform-20260101",
      Comment: "presign-once: Uploads",
      Enabled: true,
      Aliases: { Quantity: 0 },
      Origins: {
        Quantity: 1,
        Items: [
          {
            Id: "uploads",
            DomainName: `${NAMES.uploads}.s3.eu-west-1.amazonaws.com`,
            OriginPath: "",
            S3OriginConfig: { OriginAccessIdentity: "" },
            OriginAccessControlId: "",
          },
        ],
      },
      DefaultCacheBehavior: behaviour(NAMES.verify),
      CacheBehaviors: { Quantity: 1, Items: [{ ...behaviour(NAMES.issue), PathPattern: "/url" }] },
      WebACLId: "",
    },
    cachePolicies: { [CACHING_DISABLED]: { Name: "Managed-CachingDisabled", MinTTL: 0, MaxTTL: 0, DefaultTTL: 0 } },
    originRequestPolicies: {
      [ORIGIN_REQUESTS]: {
        Name: "UploadsOriginRequests-0a1b2c3",
        HeadersConfig: { HeaderBehavior: "allExcept", Headers: { Quantity: 1, Items: ["Host"] } },
        CookiesConfig: { CookieBehavior: "none" },
        QueryStringsConfig: { QueryStringBehavior: "all" },
      },
    },
    responseHeadersPolicies: {},
    functions: { [NAMES.issue]: edgeFunction("issue"), [NAMES.verify]: edgeFunction("verify") },
    concurrency: 1_000,
    roles: {
      [NAMES.issueRole]: role(NAMES.issue, [
        { Effect: "Allow", Action: "s3:PutObject", Resource: `${uploadsArn}/uploads/*` },
        { Effect: "Allow", Action: "s3:PutObject", Resource: `${indexArn}/signatures/*` },
      ]),
      [NAMES.verifyRole]: role(NAMES.verify, [
        { Effect: "Allow", Action: "s3:PutObject", Resource: `${indexArn}/signatures/*` },
        { Effect: "Allow", Action: "s3:GetObject", Resource: `${indexArn}/signatures/*` },
        { Effect: "Allow", Action: "s3:ListBucket", Resource: indexArn },
      ]),
    },
    buckets: {
      [NAMES.uploads]: { ...privateBucket(), versioning: "Enabled" },
      [NAMES.index]: {
        ...privateBucket(),
        lifecycle: [
          { ID: "index-entries", Status: "Enabled", Filter: { Prefix: "signatures/" }, Expiration: { Days: 31 } },
        ],
      },
    },
  };
}

function behaviour(name: string): DefaultCacheBehavior {
  const LambdaFunctionARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}:1`;
  return {
    TargetOriginId: "uploads",
    ViewerProtocolPolicy: "https-only",
    AllowedMethods: { Quantity: 7, Items: ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"] },
    TrustedSigners: { Enabled: false, Quantity: 0 },
    TrustedKeyGroups: { Enabled: false, Quantity: 0 },
    LambdaFunctionAssociations: {
      Quantity: 1,
      Items: [{ LambdaFunctionARN, EventType: "viewer-request", IncludeBody: false }],
    },
    FunctionAssociations: { Quantity: 0 },
    CachePolicyId: CACHING_DISABLED,
    OriginRequestPolicyId: ORIGIN_REQUESTS,
  };
}

function edgeFunction(which: "issue" | "verify"): FunctionConfiguration {
  return {
    FunctionName: NAMES[which],
    FunctionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${NAMES[which]}:1`,
    Role: `arn:aws:iam::${ACCOUNT}:role/${NAMES[`${which}Role`]}`,
    State: "Active",
    LastUpdateStatus: "Successful",
    Runtime: "nodejs24.x",
    Architectures: ["x86_64"],
    MemorySize: 128,
    Timeout: 5,
    TracingConfig: { Mode: "PassThrough" },
  };
}

function role(functionName: string, statements: PolicyStatement[]): RoleModel {
  const group = `arn:aws:logs:*:${ACCOUNT}:log-group:/aws/lambda/us-east-1.${functionName}`;
  const logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
  return {
    trust: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
      },
    ],
    inline: { policy: [...statements, { Effect: "Allow", Action: logs, Resource: [group, `${group}:*`] }] },
    managed: {},
  };
}

function privateBucket(): BucketModel {
  return {
    region: "eu-west-1",
    encryption: { SSEAlgorithm: "AES256" },
    publicAccessBlock: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    publicPolicy: false,
    objects: {},
  };
}
