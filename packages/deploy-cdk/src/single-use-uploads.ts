import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type AuthorizerSettings,
  DEFAULT_ISSUE_PATH,
  DEFAULT_STRATEGY,
  EDGE_REGION,
  issuePolicy,
  issuerSettings,
  prepareSettings,
  readByDistribution,
  requireKeyIn,
  RIGHTS,
  type RoleScope,
  runBundler,
  type SettingsTexts,
  type SingleUseUploadsArgs,
  verifyPolicy,
} from "@presign-once/deploy-sst/stack";
import { Aws, Stack, type aws_cloudfront as cloudfront, type aws_iam as iam, type aws_s3 as s3 } from "aws-cdk-lib";
import { Construct } from "constructs";

import { createBucket, createBucketPolicy } from "./bucket.ts";
import { checkProps } from "./check-props.ts";
import { createDistribution } from "./distribution.ts";
import { createEdgeFunction, type EdgeFunction } from "./edge-function.ts";
import { createAccessLogs, createAlarms } from "./observe.ts";
import type { SingleUseUploadsProps } from "./single-use-uploads-props.ts";

/** A bucket, made by this construct or there before. */
interface BucketRef {
  readonly name: string;
  readonly arn: string;
  readonly keyArn: string | undefined;
  /** `undefined` if it was there before. */
  readonly made: s3.CfnBucket | undefined;
}

/**
 * Presigned upload URLs that work exactly once, as a construct: buckets, edge functions, roles, a distribution.
 *
 * The stack must be in us-east-1. Bundles the functions and checks everything when the app is synthesized, without AWS
 * credentials and without a network. The archives, which go to `cdk.out` and to the bucket of CDK's assets, hold the edge keys.
 *
 * @throws {DeployError} `ARGUMENT_INVALID`: names every argument that is wrong; `FUNCTIONS_UNFIT`: the functions cannot be built
 * @example
 * new SingleUseUploads(stack, "Uploads", {
 *   bucketName: "my-company-uploads",
 *   edgeKeys: JSON.parse(readFileSync("edge-keys.json", "utf8")),
 *   authorizer: { type: "bearer", tokens: [{ name: "backend", sha256: "…" }] },
 * });
 */
export class SingleUseUploads extends Construct {
  /** Base of all URLs: `https://` and your own domain, or CloudFront's. */
  readonly url: string;
  /** Where clients request a URL, with GET or POST. */
  readonly issueEndpoint: string;
  /**
   * For `createEdgeIssuer` of `@presign-once/issuer`, in a backend that issues URLs by itself: JSON that lacks `keys`, and so is no
   * secret. The backend adds the keys, from a secret of yours that it alone may read.
   */
  readonly issuerSettingsWithoutKeys: string;
  /** Name of the bucket that uploads go to, under `uploads/`. */
  readonly bucket: string;
  /** Name of the index's bucket, which may be the same. */
  readonly indexBucket: string;
  readonly distribution: cloudfront.CfnDistribution;
  /** The functions' roles, to name them in policies of yours, such as that of a KMS key. */
  readonly issueRole: iam.CfnRole;
  readonly verifyRole: iam.CfnRole;

  constructor(scope: Construct, name: string, props: SingleUseUploadsProps) {
    super(scope, name);
    const args = checkProps(this, name, props);
    const { uploads, index } = createBuckets(this, name, props);
    const strategy = props.index?.strategy ?? DEFAULT_STRATEGY;
    const signing = props.signing ?? "at-issue";
    const retries = props.retries !== undefined;
    const oneTimeDownloads = props.oneTimeDownloads !== undefined;
    const keep = props.removal !== "remove";

    const { issue, verify, settings } = createFunctions(this, name, props, args, {
      ...{ strategy, signing, retries, oneTimeDownloads, uploadsArn: uploads.arn, indexArn: index.arn },
      ...{ uploadsKeyArn: uploads.keyArn, indexKeyArn: index.keyArn },
      encryptionKeyArn: keyOf(name, "encryption.keyArn", props.encryption?.keyArn),
      tags: Object.keys(props.tags ?? {}).length > 0,
    });

    const made = [uploads.made, index.made].filter((bucket) => bucket !== undefined);
    const distribution = createDistribution(this, name, props, {
      domainName: uploads.made?.attrRegionalDomainName ?? `${uploads.name}.s3.${EDGE_REGION}.amazonaws.com`,
      ...{ issue, verify },
      ready: [...new Set(made), issue.rolePolicy, verify.rolePolicy],
    });
    const distributionArn = `arn:aws:cloudfront::${Aws.ACCOUNT_ID}:distribution/${distribution.ref}`;
    if (uploads.made !== undefined)
      createBucketPolicy(
        this,
        "Policy",
        { bucket: uploads.made, arn: uploads.arn, keep },
        ...(props.downloads === undefined ? [] : [readByDistribution(uploads.arn, distributionArn)]),
      );
    const hasTickets = signing === "at-use" || oneTimeDownloads;
    if (props.accessLogs) createAccessLogs(this, distributionArn, props.accessLogs, { hasTickets });
    if (props.alarms) createAlarms(this, name, distribution.ref, props.alarms);

    this.url = `https://${props.domain?.names[0] ?? distribution.attrDomainName}`;
    this.issueEndpoint = `${this.url}${props.issuePath ?? DEFAULT_ISSUE_PATH}`;
    const { keys: _, ...withoutKeys } = issuerSettings(settings, this.url);
    this.issuerSettingsWithoutKeys = Stack.of(this).toJsonString(withoutKeys);
    this.bucket = uploads.name;
    this.indexBucket = index.name;
    this.distribution = distribution;
    this.issueRole = issue.role;
    this.verifyRole = verify.role;
  }
}

/** The bucket of the uploads and that of the index: made, there before, or the same. */
function createBuckets(
  scope: Construct,
  stack: string,
  props: SingleUseUploadsProps,
): { uploads: BucketRef; index: BucketRef } {
  const { bucket, bucketName, kmsKeyArn, cors } = props;
  const { place = "own-bucket", strategy = DEFAULT_STRATEGY, kmsKeyArn: indexKeyArn } = props.index ?? {};
  const keep = props.removal !== "remove";
  const shared = place === "uploads-bucket";
  const refer = (name: string, keyArn: string | undefined, made: s3.CfnBucket | undefined): BucketRef => {
    return { name, arn: `arn:aws:s3:::${name}`, keyArn, made };
  };

  const keyArn = keyOf(stack, "kmsKeyArn", kmsKeyArn);
  const origins = cors?.origins ?? [];
  const made =
    bucketName === undefined
      ? undefined
      : createBucket(scope, "Resource", { bucketName, keep, versioned: true, keyArn, index: shared, origins });
  const uploads = refer(bucketName ?? bucket ?? "", keyArn, made);
  if (shared) return { uploads, index: uploads };

  const nameOfIndex = props.indexBucketName ?? `${uploads.name}-index`;
  const options = { keep, versioned: RIGHTS[strategy].versioned, keyArn: keyOf(stack, "index.kmsKeyArn", indexKeyArn) };
  const own = createBucket(scope, "Index", { ...options, bucketName: nameOfIndex, index: true, origins: [] });
  const index = refer(nameOfIndex, options.keyArn, own);
  createBucketPolicy(scope, "IndexPolicy", { bucket: own, arn: index.arn, keep });
  return { uploads, index };
}

function keyOf(
  stack: string,
  argument: Parameters<typeof requireKeyIn>[0]["argument"],
  arn: string | undefined,
): string | undefined {
  return arn === undefined ? undefined : requireKeyIn({ stack, argument, arn }, EDGE_REGION);
}

/** Both functions. CDK copies their archives when they are made, so that nothing with the edge keys is left behind elsewhere. */
function createFunctions(
  construct: Construct,
  name: string,
  props: SingleUseUploadsProps,
  args: SingleUseUploadsArgs,
  scope: Omit<RoleScope, "functionArn">,
): { issue: EdgeFunction; verify: EdgeFunction; settings: SettingsTexts } {
  const bucketOf = (arn: string) => arn.replace("arn:aws:s3:::", "");
  const outDir = mkdtempSync(join(tmpdir(), "presign-once-cdk-"));
  try {
    const bundles = runBundler(process.cwd(), name, props.issueFunction, { outDir, from: import.meta.dirname });
    const settings = prepareSettings(
      isPlain,
      name,
      args,
      bundles.configCheckFile,
    )({
      region: EDGE_REGION,
      uploadsBucket: bucketOf(scope.uploadsArn),
      indexBucket: bucketOf(scope.indexArn),
      encryptionKeyArn: scope.encryptionKeyArn,
      authorizer: props.authorizer as AuthorizerSettings,
      secrets: props.edgeKeys.map(({ secret }) => secret),
    });
    const shared = {
      ...{ scope, outDir },
      runtime: props.runtime ?? "nodejs24.x",
      retain: props.retainEdgeFunctions ?? false,
    };
    const issue = createEdgeFunction(construct, "Issue", {
      ...shared,
      file: bundles.issueFile,
      settings: settings.issue,
      policyOf: issuePolicy,
    });
    const verify = createEdgeFunction(construct, "Verify", {
      ...shared,
      file: bundles.verifyFile,
      settings: settings.verify,
      policyOf: verifyPolicy,
    });
    return { issue, verify, settings };
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

function isPlain(_value: SingleUseUploadsArgs["authorizer"]): _value is AuthorizerSettings {
  return true;
}
