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
    edgeKeys: ["new", "old"],
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
  "one bucket": { index: { place: "uploads-bucket" } },
  "existing bucket": { bucket: "theirs", removal: "remove" },
  "downloads by signature": { downloads: { path: "/get", access: { keyGroups: ["group-1"] } } },
} satisfies Record<string, Partial<SingleUseUploadsArgs>>;

/** The name of a set of arguments. */
export type Variant = keyof typeof variants;
