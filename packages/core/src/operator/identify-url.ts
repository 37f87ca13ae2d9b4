import type { Clock } from "../ports/clock.ts";
import { hashCanonicalRequest, type SignatureHash } from "../ports/signature-hash.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import { readIssuedUrl } from "./issued-url.ts";
import { findTagFault } from "./tag-fault.ts";

/** What an operator's tools need. */
export interface OperatorDeps {
  readonly index: SignatureIndex;
  /** Of the edge, bound to its index; without them no tag is verified. */
  readonly keys?: EdgeKeys | undefined;
  /** Of the edge's tickets, whose scope names more than that of its presigned URLs. */
  readonly ticketKeys?: EdgeKeys | undefined;
  /** Of a relay, with the scope that the relay uses for the same index: verify URLs of a relay, in addition to `keys`. */
  readonly relayKeys?: EdgeKeys | undefined;
  /**
   * Of a relay that binds its keys to no index: verify its URLs too, and no others. Their tags tell who issued a URL, but
   * not which index decides about it.
   */
  readonly unboundRelayKeys?: EdgeKeys | undefined;
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
  /** The end that was promised; S3 would take an edge's URL a little longer. */
  readonly expiresAt: Date;
  /** Whether that end is over, by the operator's clock. */
  readonly isExpired: boolean;
  /** Whether the grant lets the client that claimed it retry until an object is stored. */
  readonly allowsRetries: boolean;
  /** Whether the tag was verified; if not, everything here is the unverified claim of the URL itself. */
  readonly isVerified: boolean;
  /** Whether the verified tag names this index; one that does not may be of a URL that another index decides about. */
  readonly namesIndex: boolean;
}

/**
 * - `malformed`: no URL of the form that is issued; `message` repeats nothing of it.
 * - `not-issued`: not by this edge or relay: the tag is not of these keys, this index and this very URL, or an edge's has
 *   no origin lock. It is refused there whatever the index says, so the index was not asked. Where that needs no key to
 *   be seen, `fault` says what is wrong and the likely cause, and repeats nothing of the URL.
 */
export type UnfitUrl =
  | { readonly status: "malformed"; readonly message: string }
  | { readonly status: "not-issued"; readonly hash: SignatureHash; readonly fault?: string };

/** No presigned URL is verified with keys of tickets. */
const NO_TICKETS = { ticketKeys: undefined, relayKeys: undefined, unboundRelayKeys: undefined };

const NO_LOCK = "It does not sign the edge's own header: it is a presigned URL of another issuer.";

/** Finds out which URL this is, without asking the index. */
export async function identifyUrl(
  url: string,
  deps: Omit<OperatorDeps, "index" | "recordsIssued">,
): Promise<UnfitUrl | ({ readonly status: "identified" } & UrlFacts)> {
  const issued = readIssuedUrl(url);
  if ("malformed" in issued) return { status: "malformed", message: issued.malformed };
  const { kind, canonical, tag, isLocked, ...told } = issued;
  const hash = await hashCanonicalRequest(canonical);
  const fault = findTagFault(tag) ?? (isLocked ? undefined : NO_LOCK);
  if (fault !== undefined) return { status: "not-issued", hash, fault };
  const { keys, ticketKeys, relayKeys, unboundRelayKeys } = kind === "ticket" ? deps : { ...deps, ...NO_TICKETS };
  const isOf = async (some: EdgeKeys | undefined) => (await some?.verifyTag(canonical, tag)) !== undefined;
  const namesIndex = (await isOf(keys)) || (await isOf(ticketKeys)) || (await isOf(relayKeys));
  const isVerified = namesIndex || (await isOf(unboundRelayKeys));
  const isForeign = !isVerified && (keys ?? ticketKeys ?? relayKeys ?? unboundRelayKeys) !== undefined;
  if (isForeign) return { status: "not-issued", hash };
  const isExpired = deps.clock.now() >= told.expiresAt;
  return { status: "identified", hash, ...told, isExpired, isVerified, namesIndex };
}
