import type { SingleUseUploadsArgs } from "../src/single-use-uploads-args.ts";

/** Arguments that between them use everything there is, by name. */
export const variants = {
  plain: {},
  everything: {
    authorizer: '{"type":"bearer","tokens":[{"name":"app","sha256":"' + "0a".repeat(32) + '"}]}',
    cors: { origins: ["https://app.example"], credentials: true },
    expiresInSeconds: 60,
    maxExpiresInSeconds: 1_800,
    maxBytes: 1_000,
    ifNoneMatch: true,
    issuePath: "/uploads-url",
    edgeKeys: ["new", { id: "old", allows: { uploads: ["tenant-7/"] } }],
    domain: {
      names: ["up.example", "*.up.example"],
      certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/c",
    },
    webAclArn: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/w/1",
    originRequestPolicyId: "0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f",
    priceClass: "PriceClass_100",
    accessLogs: { bucketArn: "arn:aws:s3:::logs-of-theirs" },
    downloads: { access: "public" },
    alarms: { topicArns: ["arn:aws:sns:us-east-1:111122223333:oncall"], errorPercent: 2 },
    runtime: "nodejs22.x",
    removal: "remove",
    retainEdgeFunctions: true,
  },
  versioning: { index: { strategy: "versioning" } },
  sealed: { index: { strategy: "sealed" } },
  retries: { retries: { leaseSeconds: 60 } },
  tickets: {
    signing: "at-use",
    maxExpiresInSeconds: 2_592_000,
    accessLogs: { bucketArn: "arn:aws:s3:::logs-of-theirs" },
    kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    encryption: {
      type: "aws:kms",
      keyArn: "arn:aws:kms:eu-west-1:111122223333:key/abcd1234-ab12-cd34-ef56-abcdef123456",
    },
    tags: { scan: "pending" },
  },
  "download links": {
    oneTimeDownloads: { leaseSeconds: 600 },
    accessLogs: { bucketArn: "arn:aws:s3:::logs-of-theirs" },
    kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    encryption: {
      type: "aws:kms",
      keyArn: "arn:aws:kms:eu-west-1:111122223333:key/abcd1234-ab12-cd34-ef56-abcdef123456",
    },
    tags: { scan: "pending" },
  },
  "one bucket": { index: { place: "uploads-bucket" } },
  "existing bucket": { bucket: "theirs", removal: "remove" },
  "KMS keys": {
    bucket: "theirs",
    kmsKeyArn: "arn:aws:kms:ap-southeast-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    index: { kmsKeyArn: "arn:aws:kms:ap-southeast-2:444455556666:key/mrk-1234abcd12ab34cd56ef1234567890ab" },
  },
  "one KMS key": {
    kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    index: { place: "uploads-bucket" },
  },
  "downloads by signature": { downloads: { path: "/get", access: { keyGroups: ["group-1"] } } },
} satisfies Record<string, Partial<SingleUseUploadsArgs>>;

/** The name of a set of arguments. */
export type Variant = keyof typeof variants;
