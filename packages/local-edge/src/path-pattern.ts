/**
 * Compiles a cache behaviour's path pattern: `*` is any run of characters, `?` any one; case counts.
 *
 * The path is normalised before it is compared, as CloudFront does; what the function and the origin get is still the
 * viewer's own form.
 *
 * @param pattern  with or without its leading slash
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
 */
export function compilePathPattern(pattern: string): (uri: string) => boolean {
  const source = (pattern.startsWith("/") ? pattern : `/${pattern}`)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "s");
  return (uri) => expression.test(normalisePath(uri));
}

function normalisePath(uri: string): string {
  const unreserved = uri.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape;
  });
  const segments: string[] = [];
  const received = unreserved.split("/").slice(1);
  for (const segment of received) {
    if (segment === "..") segments.pop();
    else if (segment !== ".") segments.push(segment);
  }
  const last = received.at(-1);
  if (last === "." || last === "..") segments.push("");
  return `/${segments.join("/")}`;
}
