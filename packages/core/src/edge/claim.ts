import { type ClaimedHash, createOnceGate, type RetryRules } from "../gate/claim-once.ts";
import { CLIENT_HEADER } from "../gate/client-secret.ts";
import type { RefusedUpload } from "../gate/refused-upload.ts";
import { type Surroundings, withDefaults } from "../ports/defaults.ts";
import type { Digests } from "../ports/digests.ts";
import { onlyValue } from "../ports/header-field.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import type { OriginRequest, UploadRequest } from "./checked-upload.ts";
import { createPresignedCheck } from "./presigned-upload.ts";
import { createTicketCheck, isTicketRequest, type TicketUse } from "./ticket-upload.ts";

/** What is decided about one upload. Only `accepted` may be passed on; everything else is a refusal. */
export type ClaimDecision = AcceptedUpload | RefusedUpload;

/** The URL was claimed by this request: pass it on as it stands here, and in no other way. */
export interface AcceptedUpload extends Omit<ClaimedHash, "status">, OriginRequest {
  readonly status: "accepted";
}

/** Decides about uploads. */
export interface Claimer {
  /** Never throws for anything that a client may send or the index may answer. */
  claim(request: UploadRequest): Promise<ClaimDecision>;
}

/**
 * Creates the single-use gate: of all requests made with one URL, at most one is ever accepted.
 *
 * Checks run from the cheapest to the most expensive: method, what the kind of URL asks for, and the index last, once, and
 * only for a request that the origin would accept.
 *
 * @param given.keys     of presigned URLs
 * @param given.tickets  what uploads with tickets need; default: none is taken
 * @param given.digests  default: Web Crypto's
 * @param given.retries  how clients may try again where their URL allows it; default: no client may
 */
export function createClaimer(
  given: Surroundings & {
    readonly index: SignatureIndex;
    readonly keys: EdgeKeys;
    readonly tickets?: TicketUse | undefined;
    readonly digests?: Digests;
    readonly retries?: RetryRules | undefined;
  },
): Claimer {
  const deps = withDefaults(given);
  const { tickets } = deps;
  const claimOnce = createOnceGate(deps);
  const checkPresigned = createPresignedCheck(deps);
  const checkTicket = tickets === undefined ? checkPresigned : createTicketCheck({ ...deps, ...tickets });
  return {
    async claim(request) {
      if (request.method !== "PUT") return { status: "refused", reason: "method-not-allowed" };
      const checked = await (isTicketRequest(request) ? checkTicket : checkPresigned)(request);
      if (checked.status === "refused") return checked;

      const { hash, key, declaredBytes, path, query, headers } = checked;
      const clientSecret = onlyValue(request.headers, CLIENT_HEADER);
      const claim = await claimOnce({ hash, key, declaredBytes, clientSecret });
      if (claim.status !== "claimed") return claim;
      return { ...claim, status: "accepted", path, query, headers };
    },
  };
}
