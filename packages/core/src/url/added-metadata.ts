import { GRANT_ID_METADATA } from "./grant-id.ts";

/**
 * Object metadata that names one call of a sink's `store`, in addition to those that name the grant: if keys must be new,
 * several uploads may be under way for one key and one grant, and each has to know its own object.
 */
export const ATTEMPT_METADATA = "presign-once-attempt";

/** Every name of object metadata that presign-once adds by itself. */
export const ADDED_METADATA: readonly string[] = [GRANT_ID_METADATA, ATTEMPT_METADATA];

/** Object metadata that a caller sets by the parameter `filename`. */
export const FILENAME_METADATA = "filename";

/**
 * The metadata of an object that was bound to its URL: all but what presign-once added by itself.
 *
 * @param stored  by name, in lower case and without `x-amz-meta-`
 */
export function boundMetadata(stored: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(stored).filter(([name]) => !ADDED_METADATA.includes(name)));
}
