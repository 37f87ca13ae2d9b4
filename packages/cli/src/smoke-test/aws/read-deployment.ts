import type { Distribution, Origin } from "@aws-sdk/client-cloudfront";

import type { AwsClients } from "./aws-clients.ts";
import { andThen, type Fact, read, readFact, unread } from "./fact.ts";
import { findDistribution } from "./find-distribution.ts";
import { type IndexPlace, indexPlaceOf, UPLOADS_FOLDER } from "./index-place.ts";
import type { StorageSettings } from "./needed-rights.ts";
import { mayAllow } from "./policy-statements.ts";
import { type BucketFacts, readBucket } from "./read-bucket.ts";
import { readRoute, type RouteFacts } from "./read-route.ts";

/** What AWS says about a deployment, read once. */
export interface Deployment {
  readonly distribution: Fact<Distribution>;
  /** What a request for a URL meets: the issue function. */
  readonly issue: RouteFacts;
  /** What an upload meets: the verify function. */
  readonly verify: RouteFacts;
  /** Where uploads go; `undefined`: to a group of origins. */
  readonly origin: Fact<Origin | undefined>;
  readonly uploadsBucket: Fact<BucketFacts>;
  /** `undefined`: the verify role may write nowhere, so nothing says where it is. */
  readonly index: Fact<IndexPlace | undefined>;
  /** The same as the uploads' bucket, where the index shares it. */
  readonly indexBucket: Fact<BucketFacts>;
  /** What the settings of `--config` say, unless they are those of another deployment. */
  readonly settings: Fact<StorageSettings>;
  /** Whether verify signs uploads at their use: by the settings, or because its role may store uploads. */
  readonly signsAtUse: Fact<boolean>;
  /** How many functions may run at once in us-east-1. */
  readonly concurrency: Fact<number>;
}

/** Which deployment. */
export interface DeploymentPlace {
  /** Where clients request URLs, such as `https://d111111abcdef8.cloudfront.net/url`. */
  readonly endpoint: URL;
  /** Default: the one that answers for the endpoint's host. */
  readonly distributionId?: string | undefined;
  /** Those of the functions, which are not read from there. Default: the checks that need them are skipped. */
  readonly settings?: StorageSettings | undefined;
}

/** A path as uploads have it. */
const UPLOAD_PATH = `/${UPLOADS_FOLDER}x`;

/**
 * Reads a deployment, some thirty requests in all. Nothing is changed, and no code or setting of a function is read, since
 * the archive has the edge keys.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: there are no credentials, or AWS does not accept them
 */
export async function readDeployment(
  clients: AwsClients,
  { endpoint, distributionId, settings: given }: DeploymentPlace,
): Promise<Deployment> {
  const distribution = await findDistribution(clients, endpoint.hostname, distributionId);
  const [ofUrls, ofUploads, concurrency] = await Promise.all([
    readRoute(clients, distribution, endpoint.pathname),
    readRoute(clients, distribution, UPLOAD_PATH),
    readConcurrency(clients),
  ]);
  const [issue, verify] = withoutSharedRights(ofUrls, ofUploads);
  const origin = await andThen(distribution, ({ DistributionConfig }) =>
    andThen(verify.behaviour, ({ TargetOriginId }) =>
      read(DistributionConfig?.Origins?.Items?.find(({ Id }) => Id === TargetOriginId)),
    ),
  );
  const uploadsName = await andThen(origin, (known) => {
    const host = parseBucketHost(known?.DomainName ?? "");
    return host === undefined ? unread("the uploads' origin is not a bucket of S3") : read(host.bucket);
  });
  const index = await andThen(verify.role.rights, indexPlaceOf);
  const uploadsBucket = await andThen(uploadsName, async (name) => read(await readBucket(clients, name)));
  const indexBucket = await andThen(index, async (place) => {
    if (place === undefined) return unread("no policy of the verify role names the bucket of the index");
    const shared = uploadsBucket.status === "read" && uploadsBucket.value.bucket === place.bucket;
    return shared ? uploadsBucket : read(await readBucket(clients, place.bucket));
  });
  const settings = await (given === undefined
    ? unread("--config FILE says how uploads are stored")
    : andThen(uploadsName, (name) =>
        name === given.uploads.bucket ? read(given) : unread("--config names another bucket than uploads go to"),
      ));
  const signsAtUse = await (settings.status === "read" && settings.value.signing === "at-use"
    ? read(true)
    : andThen(uploadsName, (name) =>
        andThen(verify.role.rights, (rights) =>
          read(mayAllow(rights, "s3:PutObject", `arn:aws:s3:::${name}/${UPLOADS_FOLDER}x`)),
        ),
      ));
  return { distribution, issue, verify, origin, uploadsBucket, index, indexBucket, settings, signsAtUse, concurrency };
}

/**
 * Bucket and region of the host name of a bucket; without a region it is the global one.
 *
 * @returns `undefined` for other hosts, such as a website's
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function parseBucketHost(host: string): { bucket: string; region: string | undefined } | undefined {
  const [, bucket, region] = /^([a-z0-9.-]+)\.s3(?:\.([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$/.exec(host) ?? [];
  return bucket === undefined ? undefined : { bucket, region };
}

/** Where both paths meet one function, which a check finds, nothing can be concluded from what its role lacks. */
function withoutSharedRights(one: RouteFacts, other: RouteFacts): [RouteFacts, RouteFacts] {
  const arns = [one.lambda, other.lambda].map((fact) => (fact.status === "read" ? fact.value.FunctionArn : undefined));
  if (arns[0] === undefined || arns[0] !== arns[1]) return [one, other];
  const rights = unread("one function is attached to both behaviours");
  return [
    { ...one, role: { ...one.role, rights } },
    { ...other, role: { ...other.role, rights } },
  ];
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
function readConcurrency({ lambda }: AwsClients): Promise<Fact<number>> {
  const { client, GetAccountSettingsCommand } = lambda;
  return readFact("lambda:GetAccountSettings", async () => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.ConcurrentExecutions ?? 0;
  });
}
