import { deflateRawSync } from "node:zlib";

import { DeployError } from "./deploy-error.ts";

/**
 * What the archive of a viewer-request function may weigh.
 *
 * Newer quota pages allow more; the old limit is the one that is met everywhere.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge
 */
export const MAX_ARCHIVE_BYTES = 1_000_000;

/** Headers and directory entry of one file in an archive, with room to spare. */
const ENTRY_BYTES = 200;

/** What one file adds to an archive, in bytes. */
export function zippedSize(content: Uint8Array): number {
  return deflateRawSync(content).byteLength + ENTRY_BYTES;
}

/**
 * Refuses an archive that Lambda@Edge would not take.
 *
 * @throws {DeployError} `FUNCTIONS_UNFIT`
 */
export function requireFit(name: string, bytes: number): void {
  if (bytes > MAX_ARCHIVE_BYTES)
    throw new DeployError(
      "FUNCTIONS_UNFIT",
      `${name} is ${bytes} bytes zipped with its settings, more than the ${MAX_ARCHIVE_BYTES} that Lambda@Edge takes: shorten authorizer or cors`,
    );
}
