import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { zip } from "@presign-once/adapter-edge/bundle";
import {
  EDGE_REGION,
  FUNCTION,
  type PolicyDocument,
  requireFit,
  type RoleScope,
  trustPolicy,
} from "@presign-once/deploy-sst/stack";
import { Aws, aws_iam as iam, aws_lambda as lambda, aws_s3_assets as assets } from "aws-cdk-lib";
import type { Construct } from "constructs";

import { keepIf } from "./bucket.ts";

/** What makes one edge function. */
interface EdgeFunctionParts {
  /** Gets the archive, of which CDK makes a copy. */
  readonly outDir: string;
  /** The bundle. */
  readonly file: string;
  /** The text of `config.json`. */
  readonly settings: string;
  readonly policyOf: (scope: RoleScope) => PolicyDocument;
  readonly scope: Omit<RoleScope, "functionArn">;
  readonly runtime: string;
  readonly retain: boolean;
}

/** An edge function with its role. */
export interface EdgeFunction {
  readonly versionArn: string;
  readonly role: iam.CfnRole;
  /** Comes after the function, since it names the function's logs; nothing may call the function before. */
  readonly rolePolicy: iam.CfnRolePolicy;
}

/**
 * Makes a function that CloudFront may run at its edge locations, with a role of its own.
 *
 * Its version is named after the archive: CloudFormation publishes a version once, so another archive must be another version.
 * Versions are never deleted, since CloudFront keeps copies of an old one for hours.
 */
export function createEdgeFunction(scope: Construct, id: string, parts: EdgeFunctionParts): EdgeFunction {
  const { outDir, file, settings, policyOf, runtime, retain } = parts;
  const archive = zip({ "index.mjs": readFileSync(file), "config.json": Buffer.from(settings) });
  requireFit(id, archive.length);
  const path = join(outDir, `${id}.zip`);
  writeFileSync(path, archive, { mode: 0o600 });
  const asset = new assets.Asset(scope, `${id}Archive`, { path });

  const role = new iam.CfnRole(scope, `${id}Role`, { assumeRolePolicyDocument: trustPolicy() });
  const made = new lambda.CfnFunction(scope, id, {
    ...FUNCTION,
    runtime,
    role: role.attrArn,
    code: { s3Bucket: asset.s3BucketName, s3Key: asset.s3ObjectKey },
  });
  keepIf(retain, made);
  const hash = createHash("sha256").update(archive).update(runtime).digest("hex").slice(0, 16);
  const version = keepIf(true, new lambda.CfnVersion(scope, `${id}Version${hash}`, { functionName: made.ref }));

  const functionArn = `arn:aws:lambda:${EDGE_REGION}:${Aws.ACCOUNT_ID}:function:${made.ref}`;
  const rolePolicy = new iam.CfnRolePolicy(scope, `${id}Policy`, {
    roleName: role.ref,
    policyName: id,
    policyDocument: policyOf({ ...parts.scope, functionArn }),
  });
  return { versionArn: version.ref, role, rolePolicy };
}
