import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { Clock } from "../ports/clock.ts";
import type { Digests } from "../ports/digests.ts";
import { hashCanonicalRequest, type SignatureHash } from "../ports/signature-hash.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import { findTicketFault, type TicketTerms } from "./ticket-fault.ts";
import type { TicketHead } from "./ticket.ts";
import { splitToken } from "./token.ts";

/** A ticket that may be used, unless its hash was claimed. */
export interface GoodTicket<T extends TicketHead> {
  readonly status: "good";
  readonly hash: SignatureHash;
  readonly ticket: T;
}

/**
 * Reads the token of a request without asking the index: form, tag, what a ticket may grant at all, time.
 *
 * @param text    what stands after the path, still percent-encoded, its query included
 * @param decode  reads a payload of the kind of ticket that is used here, and no other
 */
export async function readTicket<T extends TicketHead>(
  text: string,
  decode: (payload: string) => T | undefined,
  deps: {
    readonly keys: EdgeKeys;
    readonly clock: Clock;
    readonly digests?: Digests | undefined;
    readonly terms: TicketTerms;
  },
): Promise<GoodTicket<T> | RefusedUpload> {
  const token = splitToken("ticket", text);
  if (token === undefined) return { status: "refused", reason: "malformed", message: "The URL ends in no token." };
  const keyId = await deps.keys.verifyTag(token.canonical, token.tag);
  if (keyId === undefined) return { status: "refused", reason: "not-issued" };

  const hash = await hashCanonicalRequest(token.canonical, deps.digests); // refusals from here on name it in the log
  const ticket = decode(token.payload);
  if (ticket === undefined)
    return { status: "refused", hash, reason: "malformed", message: "The token is no ticket of this version." };
  if (!deps.keys.allows(ticket, keyId)) return { status: "refused", hash, reason: "not-issued" };
  const reason = findTicketFault(ticket, deps.terms, deps.clock.now());
  return reason === undefined ? { status: "good", hash, ticket } : { status: "refused", hash, reason };
}
