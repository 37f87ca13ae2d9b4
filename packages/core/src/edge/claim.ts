import { type ClaimedHash, createOnceGate, type RetryRules } from "../gate/claim-once.ts";
import { CLIENT_HEADER } from "../gate/client-secret.ts";
import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { Clock } from "../ports/clock.ts";
import type { Digests } from "../ports/digests.ts";
import { type HeaderField, onlyValue } from "../ports/header-field.ts";
import type { Ids } from "../ports/ids.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import { edgeHeadersToAdd } from "../url/edge-headers.ts";
import { type EdgeKeys, LOCK_HEADER } from "../url/edge-keys.ts";
import { isAhead, promisedEnd } from "../url/url-life.ts";
import { readEdgeHeaders } from "./header-rules.ts";
import { readSignedUrl, type SignedUrl } from "./signed-url.ts";

/** An upload as it reached the edge; nothing in it is trusted. */
export interface UploadRequest {
  readonly method: string;
  /** Percent-encoded path, without the origin path. */
  readonly path: string;
  /** Query string as received, without `?`. */
  readonly query: string;
  /** Every header field as received, repeated ones repeated. */
  readonly headers: readonly HeaderField[];
}

/** What is decided about one upload. Only `accepted` may be passed on; everything else is a refusal. */
export type ClaimDecision = AcceptedUpload | RefusedUpload;

/** The URL was claimed by this request: pass it on, with this query, these headers and no others. */
export interface AcceptedUpload extends Omit<ClaimedHash, "status"> {
  readonly status: "accepted";
  /** Canonical query, the tag taken off. */
  readonly query: string;
  /**
   * All that the origin may get, each name once: of the client's headers those that have an effect, granted ones with
   * the granted value; and what the URL signs and only the edge adds, such as the origin lock.
   */
  readonly headers: readonly HeaderField[];
}

/** Decides about uploads. */
export interface Claimer {
  /** Never throws for anything that a client may send or the index may answer. */
  claim(request: UploadRequest): Promise<ClaimDecision>;
}

/**
 * Creates the single-use gate: of all requests made with one URL, at most one is ever accepted.
 *
 * Checks run from the cheapest to the most expensive: method, shape, tag, time window, headers; the index is asked last, once,
 * and only for a request that the origin would accept.
 *
 * @param deps.digests  default: Web Crypto's
 * @param deps.retries  how clients may try again where their URL allows it; default: no client may
 */
export function createClaimer(deps: {
  readonly index: SignatureIndex;
  readonly keys: EdgeKeys;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digests?: Digests;
  readonly retries?: RetryRules | undefined;
}): Claimer {
  const claimOnce = createOnceGate(deps);
  return {
    async claim(request) {
      if (request.method !== "PUT") return { status: "refused", reason: "method-not-allowed" };
      const url = readSignedUrl(request.method, request.path, request.query);
      if ("malformed" in url) return { status: "refused", reason: "malformed", message: url.malformed };
      const keyId = await deps.keys.verifyTag(url.canonical, url.tag);
      if (keyId === undefined || !url.signedHeaders.includes(LOCK_HEADER))
        return { status: "refused", reason: "not-issued" };

      const untimely = checkTime(url, deps.clock.now());
      const hash = await hashCanonicalRequest(url.canonical, deps.digests); // refusals from here on name it in the log
      if (untimely !== undefined) return { status: "refused", hash, reason: untimely };
      const read = readEdgeHeaders(request.headers, url);
      if ("fault" in read) return { status: "refused", hash, ...read.fault };

      // Derived before the claim, so that nothing can fail between winning it and passing the request on.
      const headers = [...read.passedOn, ...(await edgeHeadersToAdd(url, deps.keys, keyId))];
      const clientSecret = onlyValue(request.headers, CLIENT_HEADER);
      const declaredBytes = Number(onlyValue(request.headers, "content-length"));
      const claim = await claimOnce({ hash, key: url.path.slice(1), declaredBytes, clientSecret });
      if (claim.status !== "claimed") return claim;
      return { ...claim, status: "accepted", query: url.query, headers };
    },
  };
}

function checkTime(url: SignedUrl, now: Date): "expired" | "not-yet-valid" | undefined {
  if (now >= promisedEnd(url)) return "expired";
  return isAhead(url.signedAt, now) ? "not-yet-valid" : undefined;
}
