import { promisedEnd } from "../claim.ts";
import { LOCK_HEADER } from "../edge-keys.ts";
import { allowsRetries } from "../header-rules.ts";
import { type MalformedUrl, readSignedUrl } from "../signed-url.ts";

/** A URL as an operator holds it, taken apart. Nothing in it is trusted before its tag was verified. */
export interface IssuedUrl {
  /** What tag and signature hash are made of. */
  readonly canonical: string;
  /** Empty when there is none. */
  readonly tag: string;
  /** Whether it is of a form that an issuer makes: only such URLs pass the edge. */
  readonly isLocked: boolean;
  /** Of the object. */
  readonly key: string;
  readonly issuedAt: Date;
  /** The end that the grant promised. */
  readonly expiresAt: Date;
  /** Whether it was granted that whoever is first may try again. */
  readonly allowsRetries: boolean;
}

/** Everything up to the path, path and query, as they stand: a parsed `URL` would have changed the spelling. */
const WHOLE_URL = /^https?:\/\/[^/?#\s]+(\/[^?#\s]*)\?([^#\s]*)$/;

/**
 * Reads a URL as the edge would read it in an upload: the one place that knows which forms of URLs are issued.
 *
 * The host is not looked at, since an edge may have several.
 *
 * @param url  whole, with scheme, host and query
 */
export function readIssuedUrl(url: string): IssuedUrl | MalformedUrl {
  const [, path, query] = WHOLE_URL.exec(url) ?? [];
  if (path === undefined || query === undefined)
    return { malformed: "Expected a whole URL: http:// or https://, host, path and query, and nothing after it." };
  const signed = readSignedUrl("PUT", path, query);
  if ("malformed" in signed) return signed;
  const { canonical, tag, signedAt, signedHeaders } = signed;
  return {
    canonical,
    tag,
    isLocked: signedHeaders.includes(LOCK_HEADER),
    key: path.slice(1),
    issuedAt: signedAt,
    expiresAt: promisedEnd(signed),
    allowsRetries: allowsRetries(signed),
  };
}
