import { checkKeyPrefix } from "../gate/check-issue-request.ts";
import { type Admit, type ClaimedHash, createOnceGate, type NotAdmitted, type RetryRules } from "../gate/claim-once.ts";
import { CLIENT_HEADER } from "../gate/client-secret.ts";
import type { RefusedUpload } from "../gate/refused-upload.ts";
import { METADATA_PREFIX } from "../gate/upload-headers.ts";
import { type Surroundings, withDefaults } from "../ports/defaults.ts";
import type { Digests } from "../ports/digests.ts";
import { type HeaderField, onlyValue } from "../ports/header-field.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import type { SinkUpload } from "../ports/upload-sink.ts";
import { readTicket } from "../ticket/read-ticket.ts";
import { SHA256_HEADER } from "../ticket/ticket-fault.ts";
import { decodeTicket, type Ticket } from "../ticket/ticket.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import { GRANT_ID_METADATA } from "../url/grant-id.ts";
import { MAX_TTL_SECONDS } from "../url/url-life.ts";
import { readRelayHeaders, type RelayHeaders, type SinkLimits } from "./relay-header-rules.ts";

/** An upload as it reached the relay; nothing in it is trusted. */
export interface RelayRequest {
  readonly method: string;
  /** What stands after the path of the relay, still percent-encoded, its query included. */
  readonly token: string;
  /** Every header field as received, names in lower case. */
  readonly headers: readonly HeaderField[];
}

/** What is decided about one upload. Only `accepted` may be read and stored; everything else is a refusal. */
export type RelayDecision = AcceptedRelay | RefusedUpload;

/** The URL was claimed by this request: store its body, as long as it keeps to what was granted. */
export interface AcceptedRelay extends Omit<ClaimedHash, "status"> {
  readonly status: "accepted";
  /** Names the grant. */
  readonly id: string;
  readonly upload: SinkUpload;
  /** Most bytes that the body may bring. */
  readonly maxBytes: number;
  /** SHA-256 that the body must have, in base64; `undefined` when none was granted. */
  readonly sha256: string | undefined;
  /** Whether the same client may come again, should nothing be stored. */
  readonly mayTryAgain: boolean;
}

/** Decides about uploads. */
export interface RelayClaimer {
  /**
   * Never throws for anything that a client may send or the index may answer.
   *
   * @param admit  whether the caller can take the upload now; default: it can
   */
  claim<N extends NotAdmitted = never>(request: RelayRequest, admit?: Admit<N>): Promise<RelayDecision | N>;
}

/** Methods that bring an upload; POST for clients that stream with nothing else. */
export const RELAY_METHODS: readonly string[] = ["PUT", "POST"];

/**
 * Creates the single-use gate of a relay: of all requests made with one token, at most one is ever accepted.
 *
 * Checks run from the cheapest to the most expensive: method, shape, tag, what a ticket may grant, time, headers, and `admit`. The index is asked
 * last, once, and only for a request that can succeed. The body is not looked at.
 *
 * @param given.digests    default: Web Crypto's
 * @param given.keyPrefix  of the keys of objects, as the issuer has it; a ticket for another folder is refused; default `uploads/`
 * @param given.limits   of the sink that will store the upload; with `retries` it must require new keys
 * @param given.retries  how clients may try again where their URL allows it; default: no client may
 */
export function createRelayClaimer(
  given: Surroundings & {
    readonly index: SignatureIndex;
    readonly keys: EdgeKeys;
    readonly digests?: Digests;
    readonly keyPrefix?: string;
    readonly limits: SinkLimits;
    readonly retries?: RetryRules | undefined;
  },
): RelayClaimer {
  const deps = withDefaults(given);
  const { keyPrefix = "uploads/" } = deps;
  checkKeyPrefix(keyPrefix);
  const terms = { keyPrefix, maxLifeSeconds: MAX_TTL_SECONDS };
  const claimOnce = createOnceGate(deps);
  return {
    async claim({ method, token: text, headers }, admit) {
      if (!RELAY_METHODS.includes(method)) return { status: "refused", reason: "method-not-allowed" };
      const good = await readTicket(text, decodeTicket, { ...deps, terms });
      if (good.status === "refused") return good;
      const { hash, ticket } = good;
      const read = readRelayHeaders(headers, ticket, deps.limits);
      if ("fault" in read) return { status: "refused", hash, ...read.fault };

      const clientSecret = onlyValue(headers, CLIENT_HEADER);
      const claiming = { hash, key: ticket.key, declaredBytes: read.declaredBytes, clientSecret };
      const claim = await claimOnce(claiming, admit);
      if (claim.status !== "claimed") return claim;
      const mayTryAgain = clientSecret !== undefined && deps.retries !== undefined;
      return { ...claim, status: "accepted", ...describeUpload(ticket, read), mayTryAgain };
    },
  };
}

function describeUpload(
  { id, key, headers = [] }: Ticket,
  { stored, declaredBytes, maxBytes }: RelayHeaders,
): Pick<AcceptedRelay, "id" | "upload" | "maxBytes" | "sha256"> {
  const granted = headers.filter(([name]) => name.startsWith(METADATA_PREFIX));
  const metadata = Object.fromEntries(granted.map(([name, value]) => [name.slice(METADATA_PREFIX.length), value]));
  metadata[GRANT_ID_METADATA] = id;
  const sha256 = headers.find(([name]) => name === SHA256_HEADER)?.[1];
  return { id, upload: { key, headers: stored, metadata, declaredBytes }, maxBytes, sha256 };
}
