/** CORS rules of a bucket: exact origins, or `*`, and whether pages of exact ones may send credentials. */
export type BucketCors = { readonly origins: readonly string[]; readonly credentials?: boolean | undefined };

/**
 * What a bucket's CORS rules add to an answer, as a flat list: nothing for an origin that they do not name.
 *
 * @param origin   the viewer's `Origin`, if it sent one
 * @param cors     of the bucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export function corsHeaders(origin: string | undefined, { origins: allowed, credentials }: BucketCors): string[] {
  // Whether or not this origin is allowed, another one's answer would be different.
  const vary = ["Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"];
  const anyOrigin = allowed.includes("*");
  if (origin === undefined || !(anyOrigin || allowed.includes(origin))) return allowed.length === 0 ? [] : vary;
  const headers = ["Access-Control-Allow-Origin", anyOrigin ? "*" : origin, "Access-Control-Expose-Headers", "ETag"];
  if (credentials === true && !anyOrigin) headers.push("Access-Control-Allow-Credentials", "true");
  return [...headers, ...vary];
}
