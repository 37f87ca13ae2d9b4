import type { AwsModel, BucketModel } from "./aws-model.ts";
import type { AwsAnswer, AwsRequest, HttpAnswer } from "./start-aws.ts";
import { toXml } from "./to-xml.ts";

/** A setting of a bucket: the action that reads it, its XML, and the code that says that it was never made. */
interface Setting {
  readonly action: string;
  readonly name: string;
  value(bucket: BucketModel): unknown;
  readonly absent?: string;
}

/**
 * By the query that asks for it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
const SETTINGS: Readonly<Record<string, Setting>> = {
  location: {
    action: "s3:GetBucketLocation",
    name: "LocationConstraint",
    value: ({ region }) => (region === "us-east-1" ? "" : region),
  },
  encryption: {
    action: "s3:GetEncryptionConfiguration",
    name: "ServerSideEncryptionConfiguration",
    value: ({ encryption }) => encryption && { Rule: [{ ApplyServerSideEncryptionByDefault: encryption }] },
    absent: "ServerSideEncryptionConfigurationNotFoundError",
  },
  versioning: {
    action: "s3:GetBucketVersioning",
    name: "VersioningConfiguration",
    value: ({ versioning }) => ({ Status: versioning }),
  },
  lifecycle: {
    action: "s3:GetLifecycleConfiguration",
    name: "LifecycleConfiguration",
    value: ({ lifecycle }) => lifecycle && { Rule: lifecycle },
    absent: "NoSuchLifecycleConfiguration",
  },
  cors: {
    action: "s3:GetBucketCORS",
    name: "CORSConfiguration",
    value: ({ cors }) =>
      cors && {
        CORSRule: cors.map(({ AllowedMethods, AllowedOrigins }) => ({
          AllowedMethod: AllowedMethods,
          AllowedOrigin: AllowedOrigins,
        })),
      },
    absent: "NoSuchCORSConfiguration",
  },
  publicAccessBlock: {
    action: "s3:GetBucketPublicAccessBlock",
    name: "PublicAccessBlockConfiguration",
    value: ({ publicAccessBlock }) => publicAccessBlock,
    absent: "NoSuchPublicAccessBlockConfiguration",
  },
  policyStatus: {
    action: "s3:GetBucketPolicyStatus",
    name: "PolicyStatus",
    value: ({ publicPolicy }) => (publicPolicy === undefined ? undefined : { IsPublic: publicPolicy }),
    absent: "NoSuchBucketPolicy",
  },
  "object-lock": {
    action: "s3:GetBucketObjectLockConfiguration",
    name: "ObjectLockConfiguration",
    value: ({ objectLock }) => objectLock,
    absent: "ObjectLockConfigurationNotFoundError",
  },
};

/**
 * Answers as S3, with buckets in the path. Like S3's endpoint of a region, it redirects requests for a bucket of another.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingRouting.html
 */
export function answerS3(model: AwsModel, request: AwsRequest): AwsAnswer {
  const answered = answerInRegion(model, request);
  const region = model.buckets[request.path.split("/")[1] ?? ""]?.region ?? request.region;
  if (region === request.region) return answered;
  const redirect = { ...errorOf(301, "PermanentRedirect"), headers: { "x-amz-bucket-region": region } };
  return { ...answered, answer: redirect, denied: redirect };
}

function answerInRegion({ buckets }: AwsModel, { method, path, query }: AwsRequest): AwsAnswer {
  const [, name = "", ...rest] = path.split("/");
  const key = rest.join("/");
  const arn = `arn:aws:s3:::${name}`;
  const bucket = buckets[name];
  const versionId = query.get("versionId");
  if (method === "DELETE" && versionId !== null)
    return answerOf("s3:DeleteObjectVersion", `${arn}/${key}`, () => {
      const versions = bucket?.objects[key];
      versions?.splice(versions.indexOf(versionId), 1);
      return { status: 204, body: "" };
    });
  if (query.has("versions"))
    return answerOf("s3:ListBucketVersions", arn, () =>
      xml(200, toXml("ListVersionsResult", list(bucket, query.get("prefix") ?? ""))),
    );

  const [, setting] = Object.entries(SETTINGS).find(([asked]) => query.has(asked)) ?? [];
  if (method !== "GET" || setting === undefined) throw new Error(`the stand-in for S3 does not know ${method} ${path}`);
  return answerOf(setting.action, arn, () => {
    if (bucket === undefined) return errorOf(404, "NoSuchBucket");
    const value = setting.value(bucket);
    return value === undefined ? errorOf(404, setting.absent ?? "") : xml(200, toXml(setting.name, value));
  });
}

function list(bucket: BucketModel | undefined, prefix: string) {
  const found = Object.entries(bucket?.objects ?? {}).filter(([key]) => key.startsWith(prefix));
  return { Version: found.flatMap(([Key, ids]) => ids.map((VersionId) => ({ Key, VersionId }))) };
}

function answerOf(action: string, resource: string, answer: () => HttpAnswer): AwsAnswer {
  return { action, resource, answer, denied: errorOf(403, "AccessDenied") };
}

function errorOf(status: number, Code: string): HttpAnswer {
  return xml(status, toXml("Error", { Code, Message: "-" }));
}

function xml(status: number, body: string): HttpAnswer {
  const named = body.replace(/^<(\w+)>/, '<$1 xmlns="http://s3.amazonaws.com/doc/2006-03-01/">');
  return { status, headers: { "content-type": "application/xml" }, body: named };
}
