import { type Deadline, DEFAULT_LIMITS, startDeadline, type TimeLimits } from "../s3/deadline.ts";
import type { IndexS3 } from "../s3/index-s3.ts";
import type { EntryStore } from "./entry-store.ts";

/** Where an index lives, and how long it may take. */
export interface IndexPlace {
  /** From `createLeanIndexS3` or `createSdkIndexS3`. */
  readonly s3: IndexS3;
  /** The index's bucket, which may be the uploads' own. */
  readonly bucket: string;
  /** Folder of the index; default `signatures/`. */
  readonly prefix?: string;
  /** Default: 1.5 s a request, 3.5 s in all. */
  readonly limits?: TimeLimits;
  /** Instead of `limits`, where a test controls time: called once for each call of the index. */
  readonly newDeadline?: () => Deadline;
}

/** Default folder of the index in its bucket. */
export const DEFAULT_INDEX_PREFIX = "signatures/";

/** Fills in the defaults. */
export function completePlace({
  s3,
  bucket,
  prefix = DEFAULT_INDEX_PREFIX,
  limits = DEFAULT_LIMITS,
  newDeadline = () => startDeadline(limits),
}: IndexPlace): { readonly store: EntryStore; readonly prefix: string; readonly newDeadline: () => Deadline } {
  return { store: { s3, bucket }, prefix, newDeadline };
}
