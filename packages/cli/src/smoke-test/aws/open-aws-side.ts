import type { Check } from "../check.ts";
import type { BucketPlace } from "../read-smoke-arguments.ts";
import { awsChecks } from "./aws-checks.ts";
import { openAwsClients } from "./aws-clients.ts";
import { type Fact, unread } from "./fact.ts";
import type { BucketFacts } from "./read-bucket.ts";
import { type DeploymentPlace, readDeployment } from "./read-deployment.ts";
import { type RemainingObject, removeObjects } from "./remove-objects.ts";

/** The AWS side of a smoke test: what `--aws` adds. */
export interface AwsSide {
  /**
   * Reads the deployment, and changes nothing.
   *
   * @returns the checks of what was read, which send nothing; those that need what these credentials may not read are skipped
   * @throws {PresignOnceError} `CONFIG_INVALID`: there are no credentials, or AWS does not accept them
   */
  readChecks(): Promise<readonly Check[]>;
  /** The bucket of the uploads, once {@link AwsSide.readChecks} has read where it is; `undefined`: it could not. */
  uploadsPlace(): BucketPlace | undefined;
  /**
   * Removes the test's own objects, with all their versions, from the bucket of the uploads that was read.
   *
   * @param keys  exact keys, such as `uploads/` and a UUID
   * @returns those that remain, each with a reason that may be printed
   */
  removeUploads(keys: readonly string[]): Promise<readonly RemainingObject[]>;
  /** Closes the connections. */
  close(): void;
}

/**
 * Opens the AWS side of a deployment, with the caller's own AWS credentials. Nothing is sent yet.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: a package of the SDK is not installed
 */
export async function openAwsSide(place: DeploymentPlace): Promise<AwsSide> {
  const clients = await openAwsClients();
  let bucket: Fact<BucketFacts> = unread("the deployment was not read");
  return {
    async readChecks() {
      const deployment = await readDeployment(clients, place);
      bucket = deployment.uploadsBucket;
      return awsChecks(deployment);
    },
    uploadsPlace() {
      if (bucket.status !== "read" || bucket.value.region.status !== "read") return undefined;
      const region = bucket.value.region.value;
      return region === undefined ? undefined : { name: bucket.value.bucket, region, endpoint: undefined };
    },
    async removeUploads(keys) {
      if (bucket.status === "read") return removeObjects(clients, bucket.value.bucket, keys);
      const { reason } = bucket;
      return keys.map((key) => ({ key, reason }));
    },
    close: () => clients.close(),
  };
}
