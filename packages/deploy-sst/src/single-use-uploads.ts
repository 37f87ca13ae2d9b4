import { createAccessLogs } from "./access-logs.ts";
import { createAlarms } from "./alarms.ts";
import { type BucketRef, createBucket, createBucketPolicy, findBucket } from "./bucket.ts";
import { checkArguments } from "./check-arguments.ts";
import { createCors } from "./cors.ts";
import { createDistribution, DEFAULT_ISSUE_PATH } from "./distribution.ts";
import { createDownloads } from "./downloads.ts";
import { createEdgeFunction } from "./edge-functions.ts";
import { createEdgeKeys } from "./edge-keys.ts";
import { namedKeys, prepareSettings } from "./edge-settings.ts";
import { issuerSettings, requireEdgeKey } from "./issuer-settings.ts";
import { type KeyArgument, keyIn } from "./kms-key.ts";
import { createLifecycle } from "./lifecycle.ts";
import { createOneTimeDownloads } from "./one-time-downloads.ts";
import type { AppProviders, FunctionRole, Input, Output } from "./outputs.ts";
import { issuePolicy, readByDistribution, RIGHTS, verifyPolicy } from "./policies.ts";
import { isKnown, type Providers } from "./providers.ts";
import { runBundler } from "./run-bundler.ts";
import { type AuthorizerSettings, DEFAULT_STRATEGY, type SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

/** What an app gets to know of the stack. */
export interface SingleUseUploads {
  /** Base of all URLs: `https://` and your own domain, or CloudFront's. */
  readonly url: Output<string>;
  /** Where clients request a URL, with GET or POST. */
  readonly issueEndpoint: Output<string>;
  /**
   * For `createEdgeIssuer` of `@presign-once/issuer`, in a backend that issues URLs by itself: JSON with the edge keys. A secret:
   * hand it on in a `Linkable` of its own, to that backend alone.
   */
  readonly issuerSettings: Output<string>;
  /**
   * The same with one of `edgeKeys` alone, for a backend that is restricted to the folders that this key allows.
   *
   * @param keyId  name of the key
   * @throws {DeployError} `ARGUMENT_INVALID`: the stack has no such key
   */
  issuerSettingsOf(keyId: string): Output<string>;
  /** Name of the bucket that uploads go to, under `uploads/`. */
  readonly bucket: Output<string>;
  /** Name of the index's bucket, which may be the same. */
  readonly indexBucket: Output<string>;
  readonly distributionId: Output<string>;
  /** What the DNS records of your own domain point at. */
  readonly distributionDomainName: Output<string>;
  /** The functions' roles, to name them in policies of yours, such as that of a KMS key. */
  readonly issueRole: FunctionRole;
  readonly verifyRole: FunctionRole;
}

/**
 * Adds presigned upload URLs that work exactly once to an SST app: buckets, edge functions, roles, a distribution.
 *
 * Bundles the functions first and checks everything that can be checked, so that nothing is created when an argument is
 * wrong. What only a deployment finds out, such as the content of a secret, is checked before the functions are made.
 *
 * @param app   `{ aws, pulumi: $util }`
 * @param name  begins the names of all resources; letters and digits
 * @throws {DeployError} `ARGUMENT_INVALID`: names every argument that is wrong; `FUNCTIONS_UNFIT`: the functions cannot be
 *                       built here
 * @example
 * const { singleUseUploads } = await import("@presign-once/deploy-sst");
 * const authorizer = new sst.Secret("UploadsAuthorizer");
 * const uploads = singleUseUploads({ aws, pulumi: $util }, "Uploads", {
 *   authorizer: authorizer.value,
 *   removal: $app.removal,
 * });
 * return { issueEndpoint: uploads.issueEndpoint };
 */
export function singleUseUploads(app: AppProviders, name: string, args: SingleUseUploadsArgs): SingleUseUploads {
  const providers = app as unknown as Providers;
  checkArguments(name, args);
  const bundles = runBundler(args.root ?? process.cwd(), name, args.issueFunction);
  const writeSettings = prepareSettings(
    (value): value is AuthorizerSettings => isKnown(providers, value),
    name,
    args,
    bundles.configCheckFile,
  );

  const { pulumi } = providers;
  const strategy = args.index?.strategy ?? DEFAULT_STRATEGY;
  const signing = args.signing ?? "at-issue";
  const retries = args.retries !== undefined;
  const oneTimeDownloads = args.oneTimeDownloads !== undefined;
  const hasTickets = signing === "at-use" || oneTimeDownloads;
  const keep = args.removal !== "remove";
  const { uploads, index } = createBuckets(providers, name, args);
  const encryptionKey = keyIn(providers, uploads.region, keyOf(name, "encryption.keyArn", args.encryption?.keyArn));
  const tags = Object.keys(args.tags ?? {}).length > 0;

  const scope = pulumi
    .all([uploads.arn, index.arn, uploads.keyArn, index.keyArn, encryptionKey])
    .apply(([uploadsArn, indexArn, uploadsKeyArn, indexKeyArn, encryptionKeyArn]) => {
      const keys = { uploadsKeyArn, indexKeyArn, encryptionKeyArn };
      return { strategy, signing, retries, oneTimeDownloads, uploadsArn, indexArn, ...keys, tags };
    });
  const settings = pulumi
    .all([
      uploads.region,
      uploads.bucket,
      index.bucket,
      args.authorizer,
      createEdgeKeys(providers, name, namedKeys(args.edgeKeys)),
      scope, // or the functions would be made before its keys were checked
    ])
    .apply(([region, uploadsBucket, indexBucket, authorizer, secrets, { encryptionKeyArn }]) =>
      writeSettings({ region, uploadsBucket, indexBucket, encryptionKeyArn, authorizer, secrets }),
    );
  const shared = {
    scope,
    runtime: args.runtime ?? "nodejs24.x",
    retain: args.retainEdgeFunctions ?? false,
  };
  const issue = createEdgeFunction(providers, `${name}Issue`, {
    ...shared,
    file: bundles.issueFile,
    settings: settings.apply((texts) => texts.issue),
    policyOf: issuePolicy,
  });
  const verify = createEdgeFunction(providers, `${name}Verify`, {
    ...shared,
    file: bundles.verifyFile,
    settings: settings.apply((texts) => texts.verify),
    policyOf: verifyPolicy,
  });

  const downloads = args.downloads && createDownloads(providers, name, uploads, args.downloads);
  const ready = [...uploads.ready, ...index.ready, issue.rolePolicy, verify.rolePolicy];
  const oneTime = args.oneTimeDownloads && createOneTimeDownloads(providers, name);
  const distribution = createDistribution(providers, name, { args, uploads, issue, verify, downloads, oneTime, ready });

  if (args.bucket === undefined)
    createBucketPolicy(providers, name, uploads, { keep }, (bucketArn) =>
      downloads === undefined ? [] : distribution.arn.apply((arn) => [readByDistribution(bucketArn, arn)]),
    );
  if (args.accessLogs) createAccessLogs(providers, name, distribution, args.accessLogs, { hasTickets });
  if (args.alarms) createAlarms(providers, name, distribution, args.alarms);

  const url = pulumi.interpolate`https://${args.domain?.names[0] ?? distribution.domainName}`;
  const settingsOfIssuer = (keyId?: string) =>
    pulumi.all([settings, url]).apply(([texts, baseUrl]) => JSON.stringify(issuerSettings(texts, baseUrl, keyId)));
  return {
    url,
    issueEndpoint: pulumi.interpolate`${url}${args.issuePath ?? DEFAULT_ISSUE_PATH}`,
    issuerSettings: settingsOfIssuer(),
    issuerSettingsOf(keyId) {
      requireEdgeKey(name, args, keyId);
      return settingsOfIssuer(keyId);
    },
    bucket: uploads.bucket,
    indexBucket: index.bucket,
    distributionId: distribution.id,
    distributionDomainName: distribution.domainName,
    issueRole: issue.role,
    verifyRole: verify.role,
  };
}

/** The bucket of the uploads and that of the index: made, found, or the same. */
function createBuckets(
  providers: Providers,
  name: string,
  args: SingleUseUploadsArgs,
): { uploads: BucketRef; index: BucketRef } {
  const { bucket, index: { place = "own-bucket", strategy = DEFAULT_STRATEGY } = {}, cors, removal } = args;
  const keep = removal !== "remove";
  const shared = place === "uploads-bucket";
  const key = keyOf(name, "kmsKeyArn", args.kmsKeyArn);
  const uploads =
    bucket === undefined
      ? createBucket(providers, name, { keep, versioned: true, key })
      : findBucket(providers, bucket, key);
  if (bucket === undefined) {
    createLifecycle(providers, name, uploads, { index: shared, keep });
    if (cors !== undefined) createCors(providers, name, uploads, { origins: cors.origins, keep });
  }
  if (shared) return { uploads, index: uploads };

  const region = bucket === undefined ? {} : { region: uploads.region };
  const indexKey = keyOf(name, "index.kmsKeyArn", args.index?.kmsKeyArn);
  const options = { keep, versioned: RIGHTS[strategy].versioned, key: indexKey, ...region };
  const index = createBucket(providers, `${name}Index`, options);
  createBucketPolicy(providers, `${name}Index`, index, options);
  createLifecycle(providers, `${name}Index`, index, { ...options, index: true });
  return { uploads, index };
}

function keyOf(
  stack: string,
  argument: KeyArgument["argument"],
  arn: Input<string> | undefined,
): KeyArgument | undefined {
  return arn === undefined ? undefined : { stack, argument, arn };
}
