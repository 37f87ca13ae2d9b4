import { PresignOnceError } from "@presign-once/core";

/** Smallest part of a multipart upload but its last, in bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MIN_PART_BYTES = 5 * 1024 ** 2;
/** Most parts of a multipart upload. */
export const MAX_PARTS = 10_000;
/** Largest object, in bytes. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 4;
/** Parts in memory in addition to those that are being sent: one that is gathered chunk by chunk, and its copy in one piece. */
const PARTS_BEING_GATHERED = 2;
/** One arrives while the next is gathered: a relay stays under 200 MB of resident memory, measured on Node 24. */
const DEFAULT_PARALLEL_PARTS = 2;

/** How a sink cuts bodies into parts. */
export interface PartPlan {
  /** Maximum bytes of a body with a declared length. */
  readonly maxDeclaredBytes: number;
  /** Maximum bytes of a body of unknown length: the maximum number of parts, of the smallest size. */
  readonly maxUndeclaredBytes: number;
  readonly parallelParts: number;
  /** Bytes of each part but the last. */
  partBytes(declaredBytes: number | undefined): number;
}

/**
 * Plans the parts of a sink from the memory that one upload may take:
 *
 * - `memoryBudgetBytes >= partBytes * (parallelParts + 2)`
 * - `partBytes = max(5 MiB, ceil(declaredBytes / 10,000))`
 * - `maxDeclaredBytes = min(5 TiB, 10,000 * floor(memoryBudgetBytes / (parallelParts + 2)))`
 * - `maxUndeclaredBytes = 10,000 * 5 MiB`, 48.8 GiB
 *
 * @param options.memoryBudgetBytes  default: 20 MiB, which keeps every part at 5 MiB. S3's largest object, 5 TiB, takes
 *                                   2.1 GiB, or 1.6 GiB with one part at a time
 * @param options.parallelParts      parts that are sent at once; default 2
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: no whole number, or less than parts of 5 MiB take
 */
export function planParts(options: {
  readonly memoryBudgetBytes?: number | undefined;
  readonly parallelParts?: number | undefined;
}): PartPlan {
  const { parallelParts = DEFAULT_PARALLEL_PARTS } = options;
  if (!Number.isInteger(parallelParts) || parallelParts < 1 || parallelParts > 64)
    throw new PresignOnceError("ARGUMENT_INVALID", "parallelParts: expected a whole number from 1 to 64");
  const partsInMemory = parallelParts + PARTS_BEING_GATHERED;
  const { memoryBudgetBytes = MIN_PART_BYTES * partsInMemory } = options;
  if (!Number.isSafeInteger(memoryBudgetBytes) || memoryBudgetBytes < MIN_PART_BYTES * partsInMemory)
    throw new PresignOnceError(
      "ARGUMENT_INVALID",
      `memoryBudgetBytes: expected a whole number of ${MIN_PART_BYTES * partsInMemory} or more with ${parallelParts} parallelParts`,
    );
  return {
    parallelParts,
    maxDeclaredBytes: Math.min(MAX_OBJECT_BYTES, MAX_PARTS * Math.floor(memoryBudgetBytes / partsInMemory)),
    maxUndeclaredBytes: MAX_PARTS * MIN_PART_BYTES,
    partBytes: (declaredBytes = 0) => Math.max(MIN_PART_BYTES, Math.ceil(declaredBytes / MAX_PARTS)),
  };
}
