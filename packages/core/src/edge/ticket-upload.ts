import type { Clock } from "../ports/clock.ts";
import type { Digests } from "../ports/digests.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { Ids } from "../ports/ids.ts";
import type { Presigner } from "../ports/presigner.ts";
import { readTicket } from "../ticket/read-ticket.ts";
import type { TicketTerms } from "../ticket/ticket-fault.ts";
import { decodeTicket } from "../ticket/ticket.ts";
import { singleUseHeaders } from "../url/edge-headers.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import type { CheckUpload, UploadRequest } from "./checked-upload.ts";
import { findHeadFault, readEdgeHeaders } from "./header-rules.ts";

/** What the edge needs to take uploads with tickets. */
export interface TicketUse {
  /** Their scope names how long the index remembers a hash, too: see `ticketScope`. */
  readonly keys: EdgeKeys;
  /** Signs the request to S3, with credentials that may put objects below `terms.keyPrefix`. */
  readonly presigner: Presigner;
  readonly terms: TicketTerms;
  /** Most bytes that any upload may bring, whatever its ticket says. */
  readonly maxBytes: number;
  /** How S3 stores uploads, from `storageHeaders`; default: as the bucket has it. */
  readonly storage?: readonly HeaderField[] | undefined;
}

/** Where tickets are used. A presigned URL has a query, so that objects below `u/` have no other path than theirs. */
const TICKET_PATH = "/u/";
/** How long S3 takes the signature: longer than a claim takes, and no use to anybody later. */
export const SIGNATURE_SECONDS = 60;

/** Whether a request is an upload with a ticket. */
export function isTicketRequest({ path, query }: UploadRequest): boolean {
  return path.startsWith(TICKET_PATH) && query === "";
}

/**
 * Creates the checks of an upload with a ticket: form, tag, what a ticket may grant at all, time, headers. The request to S3 is
 * signed here, at its use.
 *
 * The signature covers a lock of 32 fresh random bytes, so that one that leaks is of no use, and `If-None-Match: *`, without
 * which one signature that is sent twice stores twice.
 */
export function createTicketCheck({
  keys,
  presigner,
  terms,
  maxBytes,
  storage = [],
  clock,
  ids,
  digests,
}: TicketUse & {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digests?: Digests | undefined;
}): CheckUpload {
  return async (request) => {
    const token = request.path.slice(TICKET_PATH.length);
    const good = await readTicket(token, decodeTicket, { keys, terms, clock, digests });
    if (good.status === "refused") return good;
    const { hash, ticket } = good;
    const granted = new Map(ticket.headers);
    const read = readEdgeHeaders(request.headers, {
      ...{
        granted,
        allowsRetries: ticket.retries !== undefined,
        maxBytes: Math.min(ticket.maxBytes ?? maxBytes, maxBytes),
        minBytes: ticket.minBytes,
      },
    });
    if ("fault" in read) return { status: "refused", hash, ...read.fault };

    const added = [...storage, ...singleUseHeaders(ticket.id, ids.lock())];
    const length: HeaderField = ["content-length", String(read.declaredBytes)];
    const signed = [...new Map([...granted, length, ...added])];
    const headers = [...read.passedOn, ...added];
    try {
      const { path, query } = await presigner.presign({
        ...{ method: "PUT", key: ticket.key, headers: signed, query: [] },
        ...{ signingDate: wholeSeconds(clock.now()), expiresInSeconds: SIGNATURE_SECONDS },
      });
      const tooLong = findHeadFault({ path, query }, [...read.passedOn, ...storage], request.headers);
      if (tooLong !== undefined) return { status: "refused", hash, ...tooLong.fault };
      return { status: "checked", hash, key: ticket.key, declaredBytes: read.declaredBytes, path, query, headers };
    } catch (cause) {
      return { status: "refused", hash, reason: "store-refused", cause }; // no credentials: nothing a client can mend
    }
  };
}

export function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}
