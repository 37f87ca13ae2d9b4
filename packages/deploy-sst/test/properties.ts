import { runInNewContext } from "node:vm";

import { allows, type AccessRequest, type Policy } from "@presign-once/test/deploy/policy-evaluator";
import { ACCOUNT, FOUND_REGION } from "@presign-once/test/deploy/stand-ins/aws-provider";
import { expect } from "vitest";

import { type RecordedStack, REGION, secretOf } from "./record-stack.ts";
import { type Variant, variants } from "./variants.ts";

/** Something that holds of every stack, or of those with certain arguments. */
export interface Property {
  /** A sentence. */
  readonly name: string;
  readonly of: readonly Variant[];
  /** Throws where it does not hold. */
  readonly check: (stack: RecordedStack, variant: Variant) => void;
}

const ALL_VARIANTS = Object.keys(variants) as readonly Variant[];
const EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const UPLOADS = "uploads-0a1b2c3";
const INDEX = "uploadsindex-0a1b2c3";

/** What the stack is to be, whatever becomes of its code. */
export const properties: readonly Property[] = [
  // Buckets
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
    name: "both buckets have their access lists switched off",
    of: ["plain"],
    check(stack) {
      const owners = stack.all("s3/bucketOwnershipControls:BucketOwnershipControls").map(({ inputs }) => inputs);
      expect(owners).toEqual(
        [UPLOADS, INDEX].map((bucket) => ({ bucket, rule: { objectOwnership: "BucketOwnerEnforced" } })),
      );
    },
  },
  {
    name: "both buckets are encrypted with S3's own keys, by name",
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
    name: "the uploads bucket keeps versions, an index with conditional claims none, one with versioning its own",
    of: ["plain", "sealed", "retries", "versioning", "one bucket"],
    check(stack, variant) {
      const versioned = stack.all("s3/bucketVersioning:BucketVersioning").map(({ inputs }) => inputs);
      const on = (bucket: string) => ({ bucket, versioningConfiguration: { status: "Enabled" } });
      expect(versioned).toEqual(variant === "versioning" ? [on(UPLOADS), on(INDEX)] : [on(UPLOADS)]);
    },
  },
  {
    name: "both buckets refuse everything that does not come over TLS",
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
    name: "index entries are kept longer than any URL lives, and then go, their versions a day later",
    of: ["plain", "versioning", "one bucket", "existing bucket"],
    check(stack, variant) {
      const name = variant === "one bucket" ? "UploadsLifecycle" : "UploadsIndexLifecycle";
      const rule = rulesOf(stack, name).find(({ id }) => id === "index-entries");
      const longestLifeDays = 7;
      expect(rule).toEqual({
        id: "index-entries",
        status: "Enabled",
        filter: { prefix: "signatures/" },
        expiration: { days: longestLifeDays + 1 },
        noncurrentVersionExpiration: { noncurrentDays: 1 },
      });
    },
  },
  {
    name: "parts of unfinished uploads go after a day",
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
    name: "no lifecycle rule takes an upload away",
    of: ALL_VARIANTS,
    check(stack) {
      for (const { name } of stack.all("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"))
        for (const { filter, expiration, noncurrentVersionExpiration } of rulesOf(stack, name))
          if (expiration ?? noncurrentVersionExpiration) expect("uploads/x".startsWith(filter.prefix)).toBe(false);
    },
  },
  {
    name: "the pages that may upload are those of the arguments, and none without",
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
    name: "a bucket that exists is left as it is, and the index is made in its region",
    of: ["existing bucket"],
    check(stack) {
      for (const { inputs } of stack.resources) expect(inputs["bucket"]).not.toBe("theirs");
      const ofIndex = stack.resources.filter(({ type }) => type.startsWith("s3/"));
      expect(ofIndex.map(({ name }) => name).every((name) => name.startsWith("UploadsIndex"))).toBe(true);
      for (const { inputs } of ofIndex) expect(inputs["region"]).toBe(FOUND_REGION);
      expect(settingsOf(stack, "UploadsIssue")).toMatchObject({ region: FOUND_REGION, uploads: { bucket: "theirs" } });
      expect(distributionOf(stack).origins[0]?.domainName).toBe(`theirs.s3.${FOUND_REGION}.amazonaws.com`);
    },
  },
  {
    name: "the index has a bucket of its own, unless it is to share that of the uploads",
    of: ["plain", "one bucket"],
    check(stack, variant) {
      const shared = variant === "one bucket";
      expect(stack.all("s3/bucket:Bucket").map(({ name }) => name)).toEqual(
        shared ? ["Uploads"] : ["Uploads", "UploadsIndex"],
      );
      expect(settingsOf(stack, "UploadsVerify")).toMatchObject({
        region: REGION,
        uploads: { bucket: UPLOADS, prefix: "uploads/" },
        index: { bucket: shared ? UPLOADS : INDEX, prefix: "signatures/", strategy: "conditional" },
      });
    },
  },
  {
    name: "removal deletes buckets with all they hold, or keeps them with all their settings",
    of: ["plain", "everything"],
    check(stack, variant) {
      const keep = variant !== "everything";
      const ofBuckets = stack.resources.filter(({ type }) => type.startsWith("s3/"));
      expect(ofBuckets.length).toBeGreaterThan(10);
      for (const { name, retainOnDelete } of ofBuckets) expect([name, retainOnDelete]).toEqual([name, keep]);
      for (const { inputs } of stack.all("s3/bucket:Bucket")) expect(inputs["forceDestroy"]).toBe(!keep);
    },
  },

  // Functions
  {
    name: "the functions are what Lambda@Edge takes, and nothing it does not",
    of: ["plain", "everything"],
    check(stack, variant) {
      for (const { name, inputs } of stack.all("lambda/function:Function")) {
        const { code: _, ...others } = inputs;
        expect(others).toEqual({
          region: "us-east-1",
          role: `arn:aws:iam::${ACCOUNT}:role/${name}Role-0a1b2c3`,
          runtime: variant === "everything" ? "nodejs22.x" : "nodejs24.x",
          architectures: ["x86_64"],
          handler: "index.handler",
          memorySize: 128,
          timeout: 5,
          publish: true,
        });
      }
      expect(stack.all("lambda/function:Function")).toHaveLength(2);
    },
  },
  {
    name: "each function's archive holds its own bundle and config.json, and nothing else",
    of: ["plain"],
    check(stack) {
      for (const [name, folder] of [
        ["UploadsIssue", "issue"],
        ["UploadsVerify", "verify"],
      ] as const) {
        const archive = archiveOf(stack, name);
        expect(Object.keys(archive).toSorted()).toEqual(["config.json", "index.mjs"]);
        expect(archive["index.mjs"]?.path).toMatch(new RegExp(`[\\\\/]${folder}[\\\\/]index\\.mjs$`));
      }
    },
  },
  {
    name: "config.json says what the arguments say",
    of: ALL_VARIANTS,
    check(stack, variant) {
      const settings = settingsOf(stack, "UploadsIssue");
      const { authorizer, ...shared } = settings;
      const { expiresInSeconds, maxExpiresInSeconds, maxBytes, ifNoneMatch, retries, edgeUrl } = shared;
      const found = { expiresInSeconds, maxExpiresInSeconds, maxBytes, ifNoneMatch, retries, edgeUrl, authorizer };
      if (variant === "everything")
        expect(found).toEqual({
          expiresInSeconds: 60,
          maxExpiresInSeconds: 1_800,
          maxBytes: 1_000,
          ifNoneMatch: true,
          edgeUrl: "https://up.example",
          authorizer: { type: "bearer", tokens: [{ name: "app", sha256: "0a".repeat(32) }] },
        });
      else if (variant === "retries") expect(found).toEqual({ retries: { leaseSeconds: 60 }, authorizer: "none" });
      else expect(found).toEqual({ authorizer: "none" });
      expect(settings.index.strategy).toBe(variant === "versioning" || variant === "sealed" ? variant : "conditional");
    },
  },
  {
    name: "config.json of verify is that of issue without the authorizer, whose secrets it has no use for",
    of: ALL_VARIANTS,
    check(stack) {
      const { authorizer, ...shared } = settingsOf(stack, "UploadsIssue");
      expect(authorizer).toBeDefined();
      expect(settingsOf(stack, "UploadsVerify")).toEqual(shared);
    },
  },
  {
    name: "the edge keys are random, one for each name, in the order of the names",
    of: ["plain", "everything"],
    check(stack, variant) {
      const names = variant === "everything" ? ["new", "old"] : ["key-1"];
      const made = stack.all("random:index/randomBytes:RandomBytes");
      expect(made.map(({ name }) => name)).toEqual(names.map((name) => `UploadsEdgeKey-${name}`));
      for (const { inputs } of made) expect(inputs).toEqual({ length: 32 });
      const keys = names.map((id) => ({ id, secret: secretOf(`UploadsEdgeKey-${id}`).toString("base64url") }));
      expect(settingsOf(stack, "UploadsIssue").keys).toEqual(keys);
    },
  },
  {
    name: "what holds the edge keys goes into the state encrypted",
    of: ["plain", "everything"],
    check(stack) {
      for (const { secrets } of stack.all("lambda/function:Function")) expect(secrets).toEqual(["code"]);
      expect(JSON.stringify(stack.outputs)).not.toContain(secretOf("UploadsEdgeKey-key-1").toString("base64url"));
    },
  },
  {
    name: "deleting a function is tried for hours, or not at all if it is to be left behind",
    of: ["plain", "everything"],
    check(stack, variant) {
      for (const { deleteTimeout, retainOnDelete } of stack.all("lambda/function:Function")) {
        expect(Number(/^(\d+)h$/.exec(deleteTimeout)?.[1])).toBeGreaterThanOrEqual(2);
        expect(retainOnDelete).toBe(variant === "everything");
      }
    },
  },

  // Roles
  {
    name: "the roles are trusted to Lambda and to its edge, and to nobody else",
    of: ["plain"],
    check(stack) {
      const roles = stack.all("iam/role:Role");
      expect(roles).toHaveLength(2);
      for (const { inputs } of roles) {
        const [statement, ...others] = (JSON.parse(String(inputs["assumeRolePolicy"])) as Policy).Statement;
        expect(others).toEqual([]);
        expect(statement).toMatchObject({
          Effect: "Allow",
          Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
          Action: "sts:AssumeRole",
        });
      }
    },
  },
  {
    name: "each policy belongs to the role of its function",
    of: ["plain"],
    check(stack) {
      for (const name of ["UploadsIssue", "UploadsVerify"])
        expect(stack.one("iam/rolePolicy:RolePolicy", `${name}Policy`).inputs["role"]).toBe(`${name}Role-0a1b2c3`);
    },
  },
  {
    name: "no role has a wildcard for an action, or for a resource without a folder around it",
    of: ALL_VARIANTS,
    check(stack) {
      for (const fn of ["Issue", "Verify"])
        for (const { Action, Resource } of rolePolicyOf(stack, fn).Statement) {
          expect([Action].flat().filter((action) => action.includes("*"))).toEqual([]);
          for (const resource of [Resource].flat())
            expect(resource).toMatch(
              /^arn:aws:(?:s3:::[a-z0-9-]+(?:\/(?:uploads|signatures(?:\/(?:claims|valid|expired))?)\/\*)?|logs:\*:\d{12}:log-group:\/aws\/lambda\/[\w.-]+(?::\*)?)$/,
            );
        }
    },
  },
  {
    name: "the verify role can do nothing with uploads, nor list them",
    of: ALL_VARIANTS,
    check(stack, variant) {
      const may = mayOf(stack, "Verify");
      const uploads = `arn:aws:s3:::${uploadsOf(variant)}`;
      for (const action of [
        "GetObject",
        "PutObject",
        "DeleteObject",
        "GetObjectVersion",
        "PutObjectAcl",
        "AbortMultipartUpload",
      ])
        for (const context of [{}, { "s3:if-match": '"x"' }, { "s3:if-none-match": "*" }])
          expect([action, may({ action: `s3:${action}`, resource: `${uploads}/uploads/x`, context })]).toEqual([
            action,
            false,
          ]);
      const list = (action: string) => may({ action, resource: uploads, context: { "s3:prefix": "uploads/" } });
      expect([list("s3:ListBucket"), list("s3:ListBucketVersions")]).toEqual([false, variant === "retries"]);
    },
  },
  {
    name: "where clients may try again, the verify role sees the versions of uploads and no others",
    of: ["retries", "plain"],
    check(stack, variant) {
      const may = mayOf(stack, "Verify");
      const resource = `arn:aws:s3:::${UPLOADS}`;
      const versions = (prefix: string) =>
        may({ action: "s3:ListBucketVersions", resource, context: { "s3:prefix": prefix } });
      const offered = variant === "retries";
      expect([versions("uploads/x"), versions("elsewhere/x"), versions("")]).toEqual([offered, false, false]);
      expect(may({ action: "s3:GetBucketVersioning", resource })).toBe(offered);
      expect(settingsOf(stack, "UploadsVerify").retries).toEqual(offered ? { leaseSeconds: 60 } : undefined);
    },
  },
  {
    name: "the issue role can do with uploads what its URLs do, and nothing else",
    of: ALL_VARIANTS,
    check(stack, variant) {
      const may = mayOf(stack, "Issue");
      const uploads = `arn:aws:s3:::${uploadsOf(variant)}`;
      expect(may({ action: "s3:PutObject", resource: `${uploads}/uploads/x` })).toBe(true);
      expect(may({ action: "s3:PutObject", resource: `${uploads}/elsewhere/x` })).toBe(false);
      for (const action of ["GetObject", "DeleteObject", "PutObjectAcl", "PutObjectTagging", "DeleteObjectVersion"])
        expect([action, may({ action: `s3:${action}`, resource: `${uploads}/uploads/x` })]).toEqual([action, false]);
      expect(may({ action: "s3:ListBucket", resource: uploads, context: { "s3:prefix": "uploads/" } })).toBe(false);
    },
  },
  {
    name: "the issue role can make index entries, and neither read nor overwrite nor delete one",
    of: ["plain", "one bucket", "existing bucket", "everything"],
    check(stack, variant) {
      const may = mayOf(stack, "Issue");
      const resource = `arn:aws:s3:::${indexOf(variant)}/signatures/x`;
      expect(may({ action: "s3:PutObject", resource, context: { "s3:if-none-match": "*" } })).toBe(true);
      expect(may({ action: "s3:PutObject", resource })).toBe(false);
      expect(may({ action: "s3:PutObject", resource, context: { "s3:if-match": '"x"' } })).toBe(false);
      for (const action of ["s3:GetObject", "s3:DeleteObject"]) expect(may({ action, resource })).toBe(false);
    },
  },
  {
    name: "the verify role can read and overwrite index entries, and neither make nor delete one",
    of: ["plain", "one bucket", "existing bucket", "everything"],
    check(stack, variant) {
      const may = mayOf(stack, "Verify");
      const bucket = `arn:aws:s3:::${indexOf(variant)}`;
      const resource = `${bucket}/signatures/x`;
      expect(may({ action: "s3:PutObject", resource, context: { "s3:if-match": '"x"' } })).toBe(true);
      expect(may({ action: "s3:GetObject", resource })).toBe(true);
      expect(may({ action: "s3:ListBucket", resource: bucket })).toBe(true);
      expect(may({ action: "s3:PutObject", resource })).toBe(false);
      expect(may({ action: "s3:PutObject", resource, context: { "s3:if-none-match": "*" } })).toBe(false);
      expect(may({ action: "s3:PutObject", resource: `${bucket}/elsewhere`, context: { "s3:if-match": '"x"' } })).toBe(
        false,
      );
      expect(may({ action: "s3:GetObject", resource: `${bucket}/elsewhere` })).toBe(false);
      expect(may({ action: "s3:DeleteObject", resource })).toBe(false);
    },
  },
  {
    name: "with sealed claims, the issue role has no business with the index, and the verify role can undo no claim",
    of: ["sealed"],
    check(stack) {
      const bucket = `arn:aws:s3:::${INDEX}`;
      const resource = `${bucket}/signatures/claims/x`;
      const write = { action: "s3:PutObject", resource };
      const create = { ...write, context: { "s3:if-none-match": "*" } };
      for (const request of [
        create,
        { action: "s3:GetObject", resource },
        { action: "s3:ListBucket", resource: bucket },
      ])
        expect(mayOf(stack, "Issue")(request)).toBe(false);
      const verify = mayOf(stack, "Verify");
      expect([verify(create), verify({ action: "s3:GetObject", resource })]).toEqual([true, true]);
      expect(verify({ ...create, resource: `${bucket}/signatures/x` })).toBe(false);
      for (const request of [
        write,
        { ...write, context: { "s3:if-match": '"x"' } },
        { action: "s3:DeleteObject", resource },
        { action: "s3:ListBucket", resource: bucket },
      ])
        expect(verify(request)).toBe(false);
    },
  },
  {
    name: "with versioning, the issue role writes valid entries only, the verify role expired ones only",
    of: ["versioning"],
    check(stack) {
      const bucket = `arn:aws:s3:::${INDEX}`;
      const writes = (fn: string, folder: string) =>
        mayOf(stack, fn)({ action: "s3:PutObject", resource: `${bucket}/signatures/${folder}/x` });
      expect([writes("Issue", "valid"), writes("Issue", "expired")]).toEqual([true, false]);
      expect([writes("Verify", "valid"), writes("Verify", "expired")]).toEqual([false, true]);
      const verify = mayOf(stack, "Verify");
      const versions = (prefix: string) =>
        verify({ action: "s3:ListBucketVersions", resource: bucket, context: { "s3:prefix": prefix } });
      expect([versions("signatures/expired/x"), versions("signatures/valid/x"), versions("")]).toEqual([
        true,
        false,
        false,
      ]);
      for (const fn of ["Issue", "Verify"])
        expect(mayOf(stack, fn)({ action: "s3:GetBucketVersioning", resource: bucket })).toBe(true);
      expect(verify({ action: "s3:GetObjectVersion", resource: `${bucket}/signatures/expired/x` })).toBe(true);
      expect(verify({ action: "s3:GetObjectVersion", resource: `${bucket}/signatures/valid/x` })).toBe(false);
    },
  },
  {
    name: "each function writes its own logs, in every region it runs in, and no others",
    of: ["plain"],
    check(stack) {
      const group = (region: string, name: string) =>
        `arn:aws:logs:${region}:${ACCOUNT}:log-group:/aws/lambda/us-east-1.${name}-0a1b2c3`;
      const may = mayOf(stack, "Verify");
      for (const region of ["us-east-1", "eu-central-1"]) {
        expect(may({ action: "logs:CreateLogGroup", resource: group(region, "UploadsVerify") })).toBe(true);
        const stream = `${group(region, "UploadsVerify")}:log-stream:2026/01/01/[1]x`;
        expect(may({ action: "logs:PutLogEvents", resource: stream })).toBe(true);
        expect(may({ action: "logs:CreateLogStream", resource: stream })).toBe(true);
        expect(may({ action: "logs:PutLogEvents", resource: `${group(region, "UploadsIssue")}:log-stream:x` })).toBe(
          false,
        );
        expect(may({ action: "logs:GetLogEvents", resource: stream })).toBe(false);
      }
    },
  },

  // Distribution
  {
    name: "uploads go to the bucket's regional host name, as to S3, without any signature of CloudFront's",
    of: ["plain", "everything", "downloads by signature"],
    check(stack) {
      expect(distributionOf(stack).origins[0]).toEqual({
        originId: "uploads",
        domainName: `${UPLOADS}.s3.${REGION}.amazonaws.com`,
        s3OriginConfig: { originAccessIdentity: "" },
      });
      expect(stack.all("cloudfront/originAccessIdentity:OriginAccessIdentity")).toEqual([]);
      for (const behaviour of uploadBehaviours(stack)) expect(behaviour.targetOriginId).toBe("uploads");
    },
  },
  {
    name: "nothing is served but over https, and nothing is redirected there",
    of: ALL_VARIANTS,
    check(stack) {
      for (const { viewerProtocolPolicy } of behaviours(stack)) expect(viewerProtocolPolicy).toBe("https-only");
    },
  },
  {
    name: "both behaviours take all seven methods, which a function then sorts out",
    of: ["plain", "everything"],
    check(stack) {
      for (const { allowedMethods } of uploadBehaviours(stack)) expect(allowedMethods.toSorted()).toEqual(EVERY_METHOD);
    },
  },
  {
    name: "neither uploads nor URLs are cached or compressed",
    of: ["plain", "everything"],
    check(stack) {
      for (const { cachePolicyId, compress } of uploadBehaviours(stack))
        expect([cachePolicyId, compress]).toEqual(["4135ea2d-6df8-44a3-9df3-4b5a84be39ad", false]);
    },
  },
  {
    name: "the origin gets every header of the viewer but Host",
    of: ["plain", "everything"],
    check(stack) {
      for (const { originRequestPolicyId } of uploadBehaviours(stack))
        expect(originRequestPolicyId).toBe("b689b0a8-53d0-40ab-baf2-68738e2966ac");
    },
  },
  {
    name: "every request meets a function first: the issue function at its path, the verify function everywhere else",
    of: ["plain", "everything"],
    check(stack, variant) {
      const [all, url] = uploadBehaviours(stack);
      const runs = (name: string) => [
        {
          eventType: "viewer-request",
          includeBody: false,
          lambdaArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}-0a1b2c3:1`,
        },
      ];
      expect(all?.lambdaFunctionAssociations).toEqual(runs("UploadsVerify"));
      expect(url?.lambdaFunctionAssociations).toEqual(runs("UploadsIssue"));
      expect(url?.pathPattern).toBe(variant === "everything" ? "/uploads-url" : "/url");
    },
  },
  {
    name: "the distribution is on, speaks HTTP/3 and IPv6, and a deployment waits for it",
    of: ["plain", "everything"],
    check(stack, variant) {
      expect(distributionOf(stack)).toMatchObject({
        enabled: true,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        waitForDeployment: true,
        priceClass: variant === "everything" ? "PriceClass_100" : "PriceClass_All",
        restrictions: { geoRestriction: { restrictionType: "none" } },
      });
    },
  },
  {
    name: "nothing is served before buckets and permissions are in place",
    of: ["plain", "versioning"],
    check(stack, variant) {
      const { dependsOn } = stack.one("cloudfront/distribution:Distribution", "UploadsDistribution");
      const needed = ["UploadsPrivate", "UploadsIndexPrivate", "UploadsIssuePolicy", "UploadsVerifyPolicy"];
      if (variant === "versioning") needed.push("UploadsIndexVersions");
      expect(needed.filter((name) => !dependsOn.includes(name))).toEqual([]);
    },
  },
  {
    name: "a domain of one's own comes with its certificate and stands in the outputs; without one, CloudFront's does",
    of: ["plain", "everything"],
    check(stack, variant) {
      const { aliases, viewerCertificate } = distributionOf(stack);
      if (variant === "everything") {
        expect(aliases).toEqual(["up.example", "*.up.example"]);
        expect(viewerCertificate).toEqual({
          acmCertificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/c",
          sslSupportMethod: "sni-only",
          minimumProtocolVersion: "TLSv1.2_2021",
        });
      } else {
        expect(aliases).toBeUndefined();
        expect(viewerCertificate).toEqual({ cloudfrontDefaultCertificate: true });
      }
      const own = variant === "everything";
      const url = own ? "https://up.example" : "https://d111111abcdef8.cloudfront.net";
      expect(stack.outputs).toEqual({
        url,
        issueEndpoint: `${url}${own ? "/uploads-url" : "/url"}`,
        bucket: UPLOADS,
        indexBucket: INDEX,
        distributionId: "E1A2B3C4D5E6F7",
        distributionDomainName: "d111111abcdef8.cloudfront.net",
      });
    },
  },
  {
    name: "a web ACL stands in front if there is one",
    of: ["plain", "everything"],
    check(stack, variant) {
      const arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/w/1";
      expect(distributionOf(stack).webAclId).toBe(variant === "everything" ? arn : undefined);
    },
  },
  {
    name: "access logs are off, or on without anything that may hold a signature",
    of: ["plain", "everything"],
    check(stack, variant) {
      expect(distributionOf(stack).loggingConfig).toBeUndefined();
      const deliveries = stack.all("cloudwatch/logDelivery:LogDelivery");
      expect(deliveries).toHaveLength(variant === "everything" ? 1 : 0);
      if (variant === "plain") return;
      for (const field of ["cs-uri-query", "cs(Referer)", "cs(Cookie)", "cs-headers", "cs-uri"])
        expect(deliveries[0]?.inputs["recordFields"]).not.toContain(field);
      expect(deliveries[0]?.inputs["recordFields"]).toContain("cs-uri-stem");
      const [source] = stack.all("cloudwatch/logDeliverySource:LogDeliverySource");
      const arn = `arn:aws:cloudfront::${ACCOUNT}:distribution/E1A2B3C4D5E6F7`;
      expect(source?.inputs).toEqual({ region: "us-east-1", logType: "ACCESS_LOGS", resourceArn: arn });
      const [destination] = stack.all("cloudwatch/logDeliveryDestination:LogDeliveryDestination");
      expect(destination?.inputs).toMatchObject({
        region: "us-east-1",
        deliveryDestinationConfiguration: { destinationResourceArn: "arn:aws:s3:::logs-of-theirs" },
      });
    },
  },
  {
    name: "alarms ring in us-east-1 for broken functions and too many errors, and only if there is somebody to hear them",
    of: ["plain", "everything"],
    check(stack, variant) {
      const alarms = stack.all("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs);
      expect(alarms.map(({ metricName, threshold, statistic }) => [metricName, threshold, statistic])).toEqual(
        variant === "plain"
          ? []
          : [
              ["LambdaExecutionError", 0, "Sum"],
              ["LambdaValidationError", 0, "Sum"],
              ["LambdaLimitExceededErrors", 0, "Sum"],
              ["5xxErrorRate", 2, "Average"],
            ],
      );
      for (const alarm of alarms)
        expect(alarm).toMatchObject({
          region: "us-east-1",
          namespace: "AWS/CloudFront",
          dimensions: { DistributionId: "E1A2B3C4D5E6F7", Region: "Global" },
          comparisonOperator: "GreaterThanThreshold",
          alarmActions: ["arn:aws:sns:us-east-1:111122223333:oncall"],
        });
    },
  },
  {
    name: "stored objects are served only if asked for, read-only, through an origin of their own",
    of: ["plain", "everything", "downloads by signature"],
    check(stack, variant) {
      const { origins, orderedCacheBehaviors } = distributionOf(stack);
      if (variant === "plain") {
        expect([origins.length, orderedCacheBehaviors.length]).toEqual([1, 1]);
        expect(stack.all("cloudfront/originAccessControl:OriginAccessControl")).toEqual([]);
        return;
      }
      expect(origins[1]).toMatchObject({ originId: "downloads", originAccessControlId: "UploadsDownloads-0a1b2c3" });
      const behaviour = orderedCacheBehaviors[1];
      expect(behaviour).toMatchObject({ targetOriginId: "downloads", allowedMethods: ["GET", "HEAD"] });
      expect(behaviour?.pathPattern).toBe(variant === "everything" ? "/files/*" : "/get/*");
      expect(behaviour?.trustedKeyGroups).toEqual(variant === "everything" ? undefined : ["group-1"]);
      expect(behaviour?.lambdaFunctionAssociations).toBeUndefined();
    },
  },
  {
    name: "a download path turns into the key of an upload, and into no other key",
    of: ["everything", "downloads by signature"],
    check(stack, variant) {
      const code = String(stack.one("cloudfront/function:Function", "UploadsDownloadPath").inputs["code"]);
      const handler = runInNewContext(`${code}; handler`) as (event: { request: { uri: string } }) => { uri: string };
      const path = variant === "everything" ? "/files" : "/get";
      expect(handler({ request: { uri: `${path}/0b1c` } }).uri).toBe("/uploads/0b1c");
      expect(handler({ request: { uri: `${path}/../signatures/x` } }).uri).toBe("/uploads/../signatures/x");
    },
  },
  {
    name: "the bucket lets this distribution read uploads, if downloads are asked for, and nobody anything else",
    of: ["plain", "everything"],
    check(stack, variant) {
      const { Statement } = policyOf(stack, "s3/bucketPolicy:BucketPolicy", "UploadsPolicy");
      const granting = Statement.filter(({ Effect }) => Effect === "Allow");
      expect(granting).toEqual(
        variant === "plain"
          ? []
          : [
              {
                Sid: "ReadByTheDistribution",
                Effect: "Allow",
                Principal: { Service: "cloudfront.amazonaws.com" },
                Action: "s3:GetObject",
                Resource: `arn:aws:s3:::${UPLOADS}/uploads/*`,
                Condition: {
                  StringEquals: { "aws:SourceArn": `arn:aws:cloudfront::${ACCOUNT}:distribution/E1A2B3C4D5E6F7` },
                },
              },
            ],
      );
    },
  },
];

interface Behaviour {
  readonly pathPattern?: string;
  readonly targetOriginId: string;
  readonly viewerProtocolPolicy: string;
  readonly allowedMethods: readonly string[];
  readonly cachePolicyId: string;
  readonly originRequestPolicyId?: string;
  readonly compress: boolean;
  readonly trustedKeyGroups?: readonly string[];
  readonly lambdaFunctionAssociations?: readonly unknown[];
}

interface Distribution {
  readonly aliases?: readonly string[];
  readonly origins: readonly { readonly domainName: string }[];
  readonly defaultCacheBehavior: Behaviour;
  readonly orderedCacheBehaviors: readonly Behaviour[];
  readonly viewerCertificate: unknown;
  readonly loggingConfig?: unknown;
  readonly webAclId?: string;
}

interface Settings {
  readonly index: { readonly strategy: string };
  readonly keys: unknown;
  readonly cors?: unknown;
  readonly expiresInSeconds?: number;
  readonly maxExpiresInSeconds?: number;
  readonly maxBytes?: number;
  readonly ifNoneMatch?: boolean;
  readonly retries?: object;
  readonly edgeUrl?: string;
  readonly authorizer: unknown;
}

interface LifecycleRule {
  readonly id: string;
  readonly filter: { readonly prefix: string };
  readonly expiration?: unknown;
  readonly noncurrentVersionExpiration?: unknown;
}

function distributionOf(stack: RecordedStack): Distribution {
  return stack.one("cloudfront/distribution:Distribution", "UploadsDistribution").inputs as unknown as Distribution;
}

function behaviours(stack: RecordedStack): readonly Behaviour[] {
  const { defaultCacheBehavior, orderedCacheBehaviors } = distributionOf(stack);
  return [defaultCacheBehavior, ...orderedCacheBehaviors];
}

/** The behaviour of uploads and that of the path that hands out URLs. */
function uploadBehaviours(stack: RecordedStack): readonly Behaviour[] {
  return behaviours(stack).slice(0, 2);
}

function archiveOf(stack: RecordedStack, name: string): Record<string, { path?: string; text?: string }> {
  const { archive } = stack.one("lambda/function:Function", name).inputs["code"] as { archive: Record<string, object> };
  return archive;
}

function settingsOf(stack: RecordedStack, name: string): Settings {
  return JSON.parse(archiveOf(stack, name)["config.json"]?.text ?? "") as Settings;
}

function rulesOf(stack: RecordedStack, name: string): readonly LifecycleRule[] {
  const { inputs } = stack.one("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", name);
  return inputs["rules"] as readonly LifecycleRule[];
}

function policyOf(stack: RecordedStack, type: string, name: string): Policy {
  return JSON.parse(String(stack.one(type, name).inputs["policy"])) as Policy;
}

function rolePolicyOf(stack: RecordedStack, fn: string): Policy {
  return policyOf(stack, "iam/rolePolicy:RolePolicy", `Uploads${fn}Policy`);
}

function mayOf(stack: RecordedStack, fn: string): (request: AccessRequest) => boolean {
  const role = rolePolicyOf(stack, fn);
  return (request) => allows([role], request);
}

function statements(...Statement: Policy["Statement"]): Policy {
  return { Version: "2012-10-17", Statement };
}

function uploadsOf(variant: Variant): string {
  return variant === "existing bucket" ? "theirs" : UPLOADS;
}

function indexOf(variant: Variant): string {
  return variant === "one bucket" ? UPLOADS : INDEX;
}
