import type { S3Account } from "./authentication.ts";
import { readSignature } from "./presented-signature.ts";
import { readHead, type RequestHead } from "./request-head.ts";
import { computeSignature } from "./sigv4.ts";

/**
 * Puts another `If-Match` into a request that is signed in its `Authorization` header, and signs it anew.
 *
 * @param head        the request, its signature verified
 * @param rawHeaders  its headers: name, value, name, value, ...
 * @returns           the headers to send in place of these
 * @throws for a signature in the query: no request of an index has one
 */
export function withIfMatch(
  head: RequestHead,
  rawHeaders: readonly string[],
  ifMatch: string,
  { credentials }: S3Account,
): string[] {
  const presented = readSignature(head);
  if ("refusal" in presented || presented.in === "query")
    throw new Error("only a signature in a header can be made anew");
  const changed = replaced(rawHeaders, "if-match", () => ifMatch);
  const target = head.query === "" ? head.path : `${head.path}?${head.query}`;
  const { signature } = computeSignature(
    readHead(head.method, target, changed),
    presented,
    credentials.secretAccessKey,
  );
  return replaced(changed, "authorization", (value) => value.replace(presented.signature, signature));
}

function replaced(rawHeaders: readonly string[], name: string, change: (value: string) => string): string[] {
  return rawHeaders.map((text, i) => (i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name ? change(text) : text));
}
