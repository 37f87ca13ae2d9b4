import { allows } from "@presign-once/test/deploy/policy-evaluator";
import { expect } from "vitest";

import type { RecordedStack } from "../record-stack.ts";
import { ALL_VARIANTS, type Property } from "./property.ts";
import { distributionOf, INDEX, policyOf, rulesOf, settingsOf, statements, UPLOADS } from "./read-stack.ts";

/** What the buckets are to be. */
export const bucketProperties: readonly Property[] = [
  {
    name: "both buckets block all public access",
    of: ["plain", "versioning", "everything"],
    check(stack) {
      for (const [name, bucket] of [
        ["UploadsPrivate", UPLOADS],
        ["UploadsIndexPrivate", INDEX],
      ] as const)
        expect(stack.one("s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name).inputs).toEqual({
          bucket,
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        });
    },
  },
  {
    name: "both buckets have ACLs disabled",
    of: ["plain"],
    check(stack) {
      const owners = stack.all("s3/bucketOwnershipControls:BucketOwnershipControls").map(({ inputs }) => inputs);
      expect(owners).toEqual(
        [UPLOADS, INDEX].map((bucket) => ({ bucket, rule: { objectOwnership: "BucketOwnerEnforced" } })),
      );
    },
  },
  {
    name: "both buckets are explicitly encrypted with S3's own keys",
    of: ["plain", "versioning", "everything"],
    check(stack) {
      const rules = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];
      const type = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
      expect(stack.all(type).map(({ inputs }) => inputs)).toEqual(
        [UPLOADS, INDEX].map((bucket) => ({ bucket, rules })),
      );
    },
  },
  {
    name: "a bucket is encrypted with the KMS key that is named for it, and an existing one is left as it is",
    of: ["KMS keys", "one KMS key"],
    check(stack, variant) {
      const [bucket, kmsMasterKeyId] =
        variant === "KMS keys" ? [INDEX, stack.args.index?.kmsKeyArn] : [UPLOADS, stack.args.kmsKeyArn];
      const byDefault = { sseAlgorithm: "aws:kms", kmsMasterKeyId };
      const rules = [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: true }];
      const type = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
      const region = variant === "KMS keys" ? inFoundRegion(stack) : {};
      expect(stack.all(type).map(({ inputs }) => inputs)).toEqual([{ ...region, bucket, rules }]);
    },
  },
  {
    name: "the uploads bucket keeps versions, an index bucket only with the strategy versioning",
    of: ["plain", "sealed", "retries", "versioning", "one bucket"],
    check(stack, variant) {
      const versioned = stack.all("s3/bucketVersioning:BucketVersioning").map(({ inputs }) => inputs);
      const on = (bucket: string) => ({ bucket, versioningConfiguration: { status: "Enabled" } });
      expect(versioned).toEqual(variant === "versioning" ? [on(UPLOADS), on(INDEX)] : [on(UPLOADS)]);
    },
  },
  {
    name: "both buckets refuse requests without TLS",
    of: ["plain", "versioning", "everything"],
    check(stack) {
      const anything = statements({ Effect: "Allow", Action: "*", Resource: "*" });
      for (const [name, bucket] of [
        ["UploadsPolicy", UPLOADS],
        ["UploadsIndexPolicy", INDEX],
      ] as const) {
        const policies = [anything, policyOf(stack, "s3/bucketPolicy:BucketPolicy", name)];
        for (const resource of [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/uploads/x`]) {
          const over = (tls: string) => ({ action: "s3:GetObject", resource, context: { "aws:SecureTransport": tls } });
          expect(allows(policies, over("true"))).toBe(true);
          expect(allows(policies, over("false"))).toBe(false);
        }
      }
    },
  },
  {
    name: "index entries outlive the longest ticket there may be and then expire, their versions a day later",
    of: ["plain", "versioning", "tickets", "one bucket", "existing bucket"],
    check(stack, variant) {
      const name = variant === "one bucket" ? "UploadsLifecycle" : "UploadsIndexLifecycle";
      const rule = rulesOf(stack, name).find(({ id }) => id === "index-entries");
      expect(rule).toEqual({
        id: "index-entries",
        status: "Enabled",
        filter: { prefix: "signatures/" },
        expiration: { days: 31 },
        noncurrentVersionExpiration: { noncurrentDays: 1 },
      });
    },
  },
  {
    name: "parts of unfinished uploads are removed after a day",
    of: ["plain", "one bucket"],
    check(stack) {
      for (const { name } of stack.all("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"))
        expect(rulesOf(stack, name)).toContainEqual({
          id: "unfinished-uploads",
          status: "Enabled",
          filter: { prefix: "" },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        });
      expect(rulesOf(stack, "UploadsLifecycle").length).toBeGreaterThan(0);
    },
  },
  {
    name: "no lifecycle rule removes an upload",
    of: ALL_VARIANTS,
    check(stack) {
      for (const { name } of stack.all("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"))
        for (const { filter, expiration, noncurrentVersionExpiration } of rulesOf(stack, name))
          if (expiration ?? noncurrentVersionExpiration) expect("uploads/x".startsWith(filter.prefix)).toBe(false);
    },
  },
  {
    name: "only pages of the configured origins may upload, and none by default",
    of: ["plain", "everything"],
    check(stack, variant) {
      const cors = stack.all("s3/bucketCorsConfiguration:BucketCorsConfiguration").map(({ inputs }) => inputs);
      const corsRules = [
        {
          allowedOrigins: ["https://app.example"],
          allowedMethods: ["PUT"],
          allowedHeaders: ["*"],
          exposeHeaders: ["ETag"],
          maxAgeSeconds: 600,
        },
      ];
      expect(cors).toEqual(variant === "everything" ? [{ bucket: UPLOADS, corsRules }] : []);
      const { cors: atTheEdge } = settingsOf(stack, "UploadsIssue");
      const asked = { origins: ["https://app.example"], credentials: true };
      expect(atTheEdge).toEqual(variant === "everything" ? asked : undefined);
    },
  },
  {
    name: "an existing bucket is not changed, and the index is created in its region",
    of: ["existing bucket"],
    check(stack) {
      for (const { inputs } of stack.resources) expect(inputs["bucket"]).not.toBe("theirs");
      const ofIndex = stack.resources.filter(({ type }) => type.startsWith("s3/"));
      expect(ofIndex.map(({ name }) => name).every((name) => name.startsWith("UploadsIndex"))).toBe(true);
      for (const { inputs } of ofIndex) expect(inputs["region"]).toBe(inFoundRegion(stack).region);
      expect(settingsOf(stack, "UploadsIssue")).toMatchObject({
        region: stack.foundRegion,
        uploads: { bucket: "theirs" },
      });
      expect(distributionOf(stack).origins[0]?.domainName).toBe(`theirs.s3.${stack.foundRegion}.amazonaws.com`);
    },
  },
  {
    name: "the index has its own bucket, unless it is configured to share the uploads' bucket",
    of: ["plain", "one bucket"],
    check(stack, variant) {
      const shared = variant === "one bucket";
      expect(stack.all("s3/bucket:Bucket").map(({ name }) => name)).toEqual(
        shared ? ["Uploads"] : ["Uploads", "UploadsIndex"],
      );
      expect(settingsOf(stack, "UploadsVerify")).toMatchObject({
        region: stack.region,
        uploads: { bucket: UPLOADS, prefix: "uploads/" },
        index: { bucket: shared ? UPLOADS : INDEX, prefix: "signatures/", strategy: "conditional" },
      });
    },
  },
  {
    name: "removal deletes buckets, or keeps them with their settings",
    of: ["plain", "everything"],
    check(stack, variant) {
      const keep = variant !== "everything";
      const ofBuckets = stack.resources.filter(({ type }) => type.startsWith("s3/"));
      expect(ofBuckets.length).toBeGreaterThan(10);
      for (const { name, retainOnDelete } of ofBuckets) expect([name, retainOnDelete]).toEqual([name, keep]);
    },
  },
  {
    name: "a bucket that is deleted may hold objects, one that is kept is not emptied",
    only: "sst",
    of: ["plain", "everything"],
    check(stack, variant) {
      for (const { inputs } of stack.all("s3/bucket:Bucket"))
        expect(inputs["forceDestroy"]).toBe(variant === "everything");
    },
  },
];

/** What names the region of a bucket that was there before, where it is not that of the stack. */
function inFoundRegion({ region, foundRegion }: RecordedStack): { readonly region?: string } {
  return region === foundRegion ? {} : { region: foundRegion };
}
