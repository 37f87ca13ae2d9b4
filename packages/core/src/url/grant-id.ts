/** Object metadata that names the grant of an upload. */
export const GRANT_ID_METADATA = "presign-once-id";
/** Longest id, in characters: more would not fit beside granted metadata. */
export const MAX_GRANT_ID_LENGTH = 128;

/** The header that stores it: signed into every URL, and added by the edge, so that no client has to send it. */
export const GRANT_ID_HEADER = `x-amz-meta-${GRANT_ID_METADATA}`;

/**
 * Names a grant: the last segment of its object's key, which was made for it alone.
 *
 * Issuer and edge both take it from the path that is signed and tagged, so they cannot differ, and no client can change it.
 * It stands in the URL, and is no secret.
 *
 * @param path  of the URL, or the object's key
 */
export function grantIdOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
