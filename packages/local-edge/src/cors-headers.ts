/**
 * What a bucket's CORS rules add to an answer, as a flat list: nothing for an origin that they do not name.
 *
 * @param origin   the viewer's `Origin`, if it sent one
 * @param allowed  exact origins, or `*`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export function corsHeaders(origin: string | undefined, allowed: readonly string[]): string[] {
  // Whether or not this origin is allowed, another one's answer would be different.
  const vary = ["Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"];
  const anyOrigin = allowed.includes("*");
  if (origin === undefined || !(anyOrigin || allowed.includes(origin))) return allowed.length === 0 ? [] : vary;
  const headers = ["Access-Control-Allow-Origin", anyOrigin ? "*" : origin, "Access-Control-Expose-Headers", "ETag"];
  return [...headers, ...vary];
}
