import { type ClaimedHash, createOnceGate } from "../gate/claim-once.ts";
import { clientClaimant } from "../gate/client-secret.ts";
import { type RefusedUpload, undecidedReason } from "../gate/refused-upload.ts";
import type { Clock } from "../ports/clock.ts";
import { type Digests, webDigests } from "../ports/digests.ts";
import { type HeaderField, isStrongEtag, onlyValue } from "../ports/header-field.ts";
import type { Ids } from "../ports/ids.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { InspectOutcome, SignatureIndex } from "../ports/signature-index.ts";
import type { UploadHistory } from "../ports/upload-history.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import { decodeDownloadTicket, type DownloadTicket } from "./download-ticket.ts";
import { issuePass, type Pass, readPass } from "./pass.ts";
import { type GoodTicket, readTicket } from "./read-ticket.ts";
import type { TicketTerms } from "./ticket-fault.ts";

/** Nothing is used: tell what the link is for. */
export interface ShownDownload {
  readonly status: "shown";
  readonly hash: SignatureHash;
  readonly ticket: DownloadTicket;
}

/** Nothing is used: send the client to the same path with this query. */
export interface HandedPass {
  readonly status: "pass";
  readonly hash: SignatureHash;
  /** Without `?`. */
  readonly query: string;
}

/** The ticket was claimed by this request, or by the same client before: send the file, or this part of it. */
export interface ClaimedDownload<P> extends Omit<ClaimedHash, "status"> {
  readonly status: "accepted";
  readonly ticket: DownloadTicket;
  /** What was prepared before the claim. */
  readonly prepared: P;
  /** Of the file; `undefined`: all of it, as always at the first use. */
  readonly part: DownloadPart | undefined;
  /** Whether the same client may come again, should this download break off. */
  readonly mayComeAgain: boolean;
}

/** A part of a file, as HTTP asks for it. */
export interface DownloadPart {
  /** `Range`: one range, in bytes. */
  readonly range: string;
  /** `If-Range`, a strong ETag or a date: the part only of this file, and otherwise the whole one. */
  readonly ifRange: string | undefined;
}

/** A request with a download ticket, taken out of the shape of its platform; nothing in it is trusted. */
export interface TicketRequest {
  readonly method: string;
  /** What stands after the path, still percent-encoded. */
  readonly token: string;
  /** Query string as received, without `?`. */
  readonly query: string;
  /** Every header field as received, repeated ones repeated. */
  readonly headers: readonly HeaderField[];
}

/** Called before the claim of a ticket that may be used, for what must not fail after it. A refusal uses nothing up. */
export type Prepare<P> = (
  ticket: DownloadTicket,
) => Promise<{ readonly status: "prepared"; readonly value: P } | Unprepared>;

/** Why nothing could be prepared: whether the next try may do better. */
export interface Unprepared {
  readonly status: "refused";
  readonly reason: "unavailable" | "store-refused";
  readonly cause: unknown;
}

/** Decides about requests with download tickets, for every adapter that sends files. */
export interface DownloadGate {
  /** Never throws for anything that a client may send or the index may answer. */
  decide<P>(
    request: TicketRequest,
    prepare: Prepare<P>,
  ): Promise<ShownDownload | HandedPass | ClaimedDownload<P> | RefusedUpload>;
}

/** Where download tickets are used. */
export const DOWNLOAD_PATH = "/d/";
/** Methods that are taken: two show, one hands out a pass. */
export const DOWNLOAD_METHODS: readonly string[] = ["GET", "HEAD", "POST"];
/** The only parameter. */
const PASS_PARAMETER = "pass=";

/** Nothing is ever stored by a download, so that its client may come again until the lease is over. */
const NEVER: UploadHistory = { wasStored: async () => ({ status: "never" }) };

/**
 * Creates the single-use gate of downloads. Of all clients with one link, at most one ever gets the file.
 *
 * GET and HEAD show, whatever their headers: programs open links before people do. POST hands out a pass, and a GET with
 * the pass makes the only claim, by a claimant that is derived from the pass: so the same pass may come again within the
 * lease, for parts of the file, and no other. The first use has no `Range`, so that a file is not used up for a part of it.
 *
 * @param deps.leaseSeconds  how long the same client may come again, from its first use; never beyond the end of its ticket,
 *                           from which on the index may forget it
 */
export function createDownloadGate(deps: {
  readonly index: SignatureIndex;
  readonly keys: EdgeKeys;
  readonly terms: TicketTerms;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digests?: Digests | undefined;
  readonly leaseSeconds: number;
}): DownloadGate {
  const { index, keys, clock, ids, leaseSeconds, digests = webDigests } = deps;
  const claimOnce = createOnceGate({ index, clock, ids, digests, retries: { history: NEVER, leaseSeconds } });

  /** Shows the link, or says why it is of no use any more, as far as the index tells now. */
  function show({ hash, ticket }: GoodTicket<DownloadTicket>, told: InspectOutcome): ShownDownload | RefusedUpload {
    switch (told.status) {
      case "issued":
        return { status: "shown", hash, ticket };
      case "claimed":
        return { status: "refused", hash, reason: "already-claimed" };
      case "revoked":
      case "unknown":
        return { status: "refused", hash, reason: told.status };
      case "indeterminate":
        return { status: "refused", hash, reason: undecidedReason(told.cause), cause: told.cause };
    }
  }

  async function use<P>(
    request: TicketRequest,
    { hash, ticket }: GoodTicket<DownloadTicket>,
    prepare: Prepare<P>,
    pass?: Pass,
  ): Promise<ClaimedDownload<P> | RefusedUpload> {
    const prepared = await prepare(ticket);
    if (prepared.status === "refused") return { ...prepared, hash };
    const clientSecret = ticket.retries === "none" ? undefined : pass?.nonce;
    const claim = await claimOnce({ hash, key: ticket.key, declaredBytes: undefined, clientSecret });
    if (claim.status !== "claimed") return claim;
    const part = claim.repeated ? partOf(request.headers) : undefined;
    const mayComeAgain = clientSecret !== undefined;
    return { ...claim, status: "accepted", ticket, prepared: prepared.value, part, mayComeAgain };
  }

  return {
    async decide(request, prepare) {
      const { method, token, query } = request;
      if (!DOWNLOAD_METHODS.includes(method)) return { status: "refused", reason: "method-not-allowed" };
      const good = await readTicket(token, decodeDownloadTicket, deps);
      if (good.status === "refused") return good;
      const { hash, ticket } = good;
      if (query === "") {
        if (method === "POST") return handOut(hash);
        if (method === "GET" && ticket.confirm === "never") return use(request, good, prepare);
        return show(good, await index.inspect(hash));
      }
      const pass = query.startsWith(PASS_PARAMETER)
        ? await readPass(query.slice(PASS_PARAMETER.length), hash, keys)
        : undefined;
      if (pass === undefined || method === "POST") return malformed(hash);
      const isGet = method === "GET";
      if (isGet && clock.now() < pass.expiresAt) return use(request, good, prepare, pass);
      // Too late to be the first use, or only a look; the same client may still come again for the rest.
      const told = await index.inspect(hash);
      const isOwn = told.status === "claimed" && told.claimant === (await clientClaimant(hash, pass.nonce, digests));
      if (!isOwn) return show(good, told);
      return isGet ? use(request, good, prepare, pass) : { status: "shown", hash, ticket };
    },
  };

  async function handOut(hash: SignatureHash): Promise<HandedPass> {
    const pass = await issuePass(hash, { keys, ids, now: clock.now() });
    return { status: "pass", hash, query: PASS_PARAMETER + pass };
  }
}

function malformed(hash: SignatureHash): RefusedUpload {
  return { status: "refused", hash, reason: "malformed", message: "The URL has a query that no link has." };
}

/** One range. S3 offers no more than one, and other stores answer several in their own ways. */
const ONE_RANGE = /^bytes=(?:[0-9]{1,16}-[0-9]{0,16}|-[0-9]{1,16})$/;
/** A date as HTTP writes it today. */
const DATE = /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/;

/**
 * A part of the file, for a client that comes again. All other conditions would be answered without the file.
 *
 * Whoever sends `If-Range` has a part of a file and wants the rest of this file only. Where the condition cannot be passed on
 * as it was sent, the whole file is sent: without the condition, the rest could be that of another file.
 */
function partOf(headers: readonly HeaderField[]): DownloadPart | undefined {
  const range = onlyValue(headers, "range");
  if (range === undefined || !ONE_RANGE.test(range)) return undefined;
  if (!headers.some(([name]) => name === "if-range")) return { range, ifRange: undefined };
  const ifRange = onlyValue(headers, "if-range");
  const isCondition = ifRange !== undefined && (isStrongEtag(ifRange) || DATE.test(ifRange));
  return isCondition ? { range, ifRange } : undefined;
}
