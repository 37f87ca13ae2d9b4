/**
 * A line for a shell that gets a URL of an edge and uploads a README to it twice: stored, then refused.
 *
 * @param baseUrl  the edge's address, without a slash at its end
 */
export function tryLine(baseUrl: string): string {
  return `url=$(curl -s ${baseUrl}/url); curl -T README.md "$url"; curl -T README.md "$url"`;
}
