/**
 * Whether a text matches a pattern in which `*` is any run of characters and `?` any one: path patterns of CloudFront,
 * alternate domain names, and actions and resources of IAM.
 */
export function matchesWildcards(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}
