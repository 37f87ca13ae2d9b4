import { SingleUseUploads } from "../src/single-use-uploads.ts";
import { propsOf, synthesize } from "./record-template.ts";

/** Names that stand for parameters while the construct is synthesized. */
const [UPLOADS, INDEX] = ["uploads-as-parameter", "index-as-parameter"];

/** Where the archives of `presign-once bundle --zip` are, by the parameter that says so. */
const ARCHIVES: Readonly<Record<string, string>> = { UploadsIssue: "IssueArchive", UploadsVerify: "VerifyArchive" };

const name = (Description: string) => ({ Type: "String", Description });

/** The construct with its defaults as a template that needs no CDK: names and archives are parameters. */
export function plainTemplate(): object {
  const props = { ...propsOf({}), bucketName: UPLOADS, indexBucketName: INDEX };
  const { Resources } = synthesize(SingleUseUploads, props).template;
  const ids = Object.fromEntries(Object.keys(Resources).map((id) => [id, plainId(id)]));
  const resources = Object.entries(Resources).map(([id, resource]) => {
    const plain = inWordsOfParameters(resource, ids) as { Properties: object };
    const archive = ARCHIVES[plainId(id)];
    if (archive === undefined) return [plainId(id), plain];
    const Code = { S3Bucket: { Ref: "ArchivesBucket" }, S3Key: { Ref: archive } };
    return [plainId(id), { ...plain, Properties: { ...plain.Properties, Code } }];
  });
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "presign-once: presigned S3 upload URLs that work exactly once. Deploy in us-east-1.",
    Parameters: {
      UploadsBucket: name("uploads.bucket of the settings: the bucket that is made for uploads"),
      IndexBucket: name("index.bucket of the settings: the bucket that is made for the index"),
      ArchivesBucket: name("A bucket in us-east-1 that holds both archives"),
      IssueArchive: name("Key of issue.zip in it; another one for every other archive"),
      VerifyArchive: name("Key of verify.zip in it; another one for every other archive"),
    },
    Resources: Object.fromEntries(resources) as object,
    Outputs: {
      IssueEndpoint: { Value: { "Fn::Sub": "https://${UploadsDistribution.DomainName}/url" } },
      DistributionId: { Value: { Ref: "UploadsDistribution" } },
    },
  };
}

/** A logical id without CDK's hash, and that of a version without the hash of its archive. */
function plainId(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, "").replace(/(?<=Version)[0-9a-f]{16}$/, "1");
}

function inWordsOfParameters(value: unknown, ids: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") {
    if (value === UPLOADS) return { Ref: "UploadsBucket" };
    if (value === INDEX) return { Ref: "IndexBucket" };
    const text = value
      .replaceAll(UPLOADS, "${UploadsBucket}")
      .replaceAll(INDEX, "${IndexBucket}")
      .replace(/^TestUploads[0-9A-F]{8}/, "${AWS::StackName}-");
    return text === value ? (ids[value] ?? value) : { "Fn::Sub": text };
  }
  if (Array.isArray(value)) return value.map((part) => inWordsOfParameters(part, ids));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "Metadata")
      .map(([key, part]) => [key, inWordsOfParameters(part, ids)]),
  );
}
