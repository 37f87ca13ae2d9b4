import type { Clock } from "../clock.ts";
import type { EdgeKeys } from "../edge-keys.ts";
import { hashCanonicalRequest, type SignatureHash } from "../signature-hash.ts";
import type { SignatureIndex } from "../signature-index.ts";
import { readIssuedUrl } from "./issued-url.ts";

/** What an operator's tools need. */
export interface OperatorDeps {
  readonly index: SignatureIndex;
  /** Of the edge, bound to its index; without them no tag is verified. */
  readonly keys?: EdgeKeys | undefined;
  readonly clock: Clock;
  /**
   * Whether the index records hashes when URLs are issued. Where it does not, as with `sealed`, a hash without an entry
   * is free or made up, and only the tag tells which.
   */
  readonly recordsIssued: boolean;
}

/** What a URL says of itself. */
export interface UrlFacts {
  readonly hash: SignatureHash;
  /** Of the object. */
  readonly key: string;
  readonly issuedAt: Date;
  /** The end that was promised; S3 would take the URL a little longer. */
  readonly expiresAt: Date;
  /** Whether that end is over, by the operator's clock. */
  readonly isExpired: boolean;
  /** Whether it was granted that whoever claimed it may try again until an object is there. */
  readonly allowsRetries: boolean;
  /** Whether the tag was verified; if not, everything here is the word of whoever made the URL. */
  readonly isVerified: boolean;
}

/**
 * - `malformed`: no URL of the form that is issued; `message` repeats nothing of it.
 * - `not-issued`: not by this edge: the tag is not of these keys, this index and this very URL, or it has no origin lock.
 *   The edge refuses it whatever the index says, so the index was not asked.
 */
export type UnfitUrl =
  | { readonly status: "malformed"; readonly message: string }
  | { readonly status: "not-issued"; readonly hash: SignatureHash };

/** Finds out which URL this is, without asking the index. */
export async function identifyUrl(
  url: string,
  { keys, clock }: Pick<OperatorDeps, "keys" | "clock">,
): Promise<UnfitUrl | ({ readonly status: "identified" } & UrlFacts)> {
  const issued = readIssuedUrl(url);
  if ("malformed" in issued) return { status: "malformed", message: issued.malformed };
  const { canonical, tag, isLocked, ...told } = issued;
  const hash = await hashCanonicalRequest(canonical);
  const isForeign = keys !== undefined && (await keys.verifyTag(canonical, tag)) === undefined;
  if (isForeign || !isLocked) return { status: "not-issued", hash };
  const isExpired = clock.now() >= told.expiresAt;
  return { status: "identified", hash, ...told, isExpired, isVerified: keys !== undefined };
}
