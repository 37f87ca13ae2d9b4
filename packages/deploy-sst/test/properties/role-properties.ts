import type { Policy } from "@presign-once/test/deploy/policy-evaluator";
import { ACCOUNT } from "@presign-once/test/deploy/stand-ins/aws-provider";
import { expect } from "vitest";

import { ALL_VARIANTS, type Property } from "./property.ts";
import { INDEX, indexOf, mayOf, rolePolicyOf, settingsOf, UPLOADS, uploadsOf } from "./read-stack.ts";

/** What the roles of the functions are to allow. */
export const roleProperties: readonly Property[] = [
  {
    name: "only Lambda and Lambda@Edge may assume the roles",
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
              /^arn:aws:(?:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+|s3:::[a-z0-9-]+(?:\/(?:uploads|signatures(?:\/(?:claims|valid|expired))?)\/\*)?|logs:\*:\d{12}:log-group:\/aws\/lambda\/[\w.-]+(?::\*)?)$/,
            );
        }
    },
  },
  {
    name: "the verify role has no permission on uploads, not even to list them; with tickets it can make new ones, and with links for downloads read them",
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
        "PutObjectTagging",
        "AbortMultipartUpload",
      ])
        for (const context of [{}, { "s3:if-match": '"x"' }, { "s3:if-none-match": "*" }])
          expect([action, may({ action: `s3:${action}`, resource: `${uploads}/uploads/x`, context })]).toEqual([
            action,
            (variant === "tickets" && action === "PutObject" && "s3:if-none-match" in context) ||
              (variant === "tickets" && action === "PutObjectTagging") ||
              (variant === "download links" && action === "GetObject"),
          ]);
      const elsewhere = { resource: `${uploads}/elsewhere/x`, context: { "s3:if-none-match": "*" } };
      for (const action of ["s3:PutObject", "s3:GetObject"]) expect(may({ action, ...elsewhere })).toBe(false);
      const list = (action: string) => may({ action, resource: uploads, context: { "s3:prefix": "uploads/" } });
      expect([list("s3:ListBucket"), list("s3:ListBucketVersions")]).toEqual([false, variant === "retries"]);
    },
  },
  {
    name: "with retries, the verify role can list versions of uploads only",
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
    name: "the issue role can only put uploads, as its URLs do",
    of: ALL_VARIANTS,
    check(stack, variant) {
      const may = mayOf(stack, "Issue");
      const uploads = `arn:aws:s3:::${uploadsOf(variant)}`;
      expect(may({ action: "s3:PutObject", resource: `${uploads}/uploads/x` })).toBe(true);
      expect(may({ action: "s3:PutObject", resource: `${uploads}/elsewhere/x` })).toBe(false);
      for (const action of ["GetObject", "DeleteObject", "PutObjectAcl", "DeleteObjectVersion", "DeleteObjectTagging"])
        expect([action, may({ action: `s3:${action}`, resource: `${uploads}/uploads/x` })]).toEqual([action, false]);
      const tagsUploads = may({ action: "s3:PutObjectTagging", resource: `${uploads}/uploads/x` });
      expect(tagsUploads).toBe("tags" in stack.args);
      expect(may({ action: "s3:PutObjectTagging", resource: `${uploads}/elsewhere/x` })).toBe(false);
      expect(may({ action: "s3:ListBucket", resource: uploads, context: { "s3:prefix": "uploads/" } })).toBe(false);
    },
  },
  {
    name: "the issue role can create index entries, but not read, overwrite or delete one",
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
    name: "the verify role can read and overwrite index entries, but not create or delete one",
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
    name: "with sealed, the issue role has no permission on the index, and the verify role cannot undo a claim",
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
    name: "the roles can have S3 use the keys of the buckets that they write or read, and no other key",
    of: ALL_VARIANTS,
    check(stack, variant) {
      const { kmsKeyArn, encryption, index } = stack.args as {
        kmsKeyArn?: string;
        index?: { place?: string; kmsKeyArn?: string };
        encryption?: { keyArn: string };
      };
      const ofIndex = index?.place === "uploads-bucket" ? kmsKeyArn : index?.kmsKeyArn;
      const granted = (fn: string) =>
        rolePolicyOf(stack, fn).Statement.flatMap(({ Action, Resource, Condition }) =>
          [Action]
            .flat()
            .filter((action) => action.startsWith("kms:"))
            .flatMap((action) => [Resource].flat().map((key) => [action, key, Condition])),
        );
      const use = (action: string, ...keys: (string | undefined)[]) =>
        [...new Set(keys.filter((key) => key !== undefined))].map((key) => [
          `kms:${action}`,
          key,
          { StringEquals: { "kms:ViaService": [`s3.${key.split(":")[3]}.amazonaws.com`] } },
        ]);
      expect(granted("Issue")).toEqual(use("GenerateDataKey", kmsKeyArn, encryption?.keyArn, ofIndex));
      expect(granted("Verify")).toEqual([
        ...use("GenerateDataKey", ofIndex),
        ...use("Decrypt", ofIndex),
        ...(variant === "tickets" ? use("GenerateDataKey", kmsKeyArn, encryption?.keyArn) : []),
        ...(variant === "download links" ? use("Decrypt", kmsKeyArn, encryption?.keyArn) : []),
      ]);
      for (const fn of ["UploadsIssue", "UploadsVerify"])
        expect(settingsOf(stack, fn).uploads).toMatchObject(
          encryption === undefined ? {} : { encryption, tags: { scan: "pending" } },
        );
    },
  },
  {
    name: "each function can write only its own logs, in every region",
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
];
