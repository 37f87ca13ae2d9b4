import { type ClaimedHash, createOnceGate } from "../gate/claim-once.ts";
import { clientClaimant } from "../gate/client-secret.ts";
import { type RefusedUpload, undecidedReason } from "../gate/refused-upload.ts";
import type { Clock } from "../ports/clock.ts";
import { type Digests, webDigests } from "../ports/digests.ts";
import { type HeaderField, onlyValue } from "../ports/header-field.ts";
import type { Ids } from "../ports/ids.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { InspectOutcome, SignatureIndex } from "../ports/signature-index.ts";
import type { UploadHistory } from "../ports/upload-history.ts";
import { decodeDownloadTicket, type DownloadTicket } from "../ticket/download-ticket.ts";
import { issuePass, type Pass, readPass } from "../ticket/pass.ts";
import { type GoodTicket, readTicket } from "../ticket/read-ticket.ts";
import { contentDisposition } from "../url/content-disposition.ts";
import { LOCK_HEADER } from "../url/edge-keys.ts";
import type { OriginRequest, UploadRequest } from "./checked-upload.ts";
import { SIGNATURE_SECONDS, type TicketUse, wholeSeconds } from "./ticket-upload.ts";

/** What is decided about one request with a download ticket. Only `accepted` may be passed on. */
export type DownloadDecision = ShownDownload | HandedPass | AcceptedDownload | RefusedUpload;

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

/** The ticket was claimed by this request, or by the same client before: pass it on as it stands here, and in no other way. */
export interface AcceptedDownload extends Omit<ClaimedHash, "status">, OriginRequest {
  readonly status: "accepted";
}

/** Decides about requests with download tickets. */
export interface Downloader {
  /** Never throws for anything that a client may send or the index may answer. */
  decide(request: UploadRequest): Promise<DownloadDecision>;
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
export function createDownloader(
  deps: Pick<TicketUse, "keys" | "presigner" | "terms"> & {
    readonly index: SignatureIndex;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly digests?: Digests | undefined;
    readonly leaseSeconds: number;
  },
): Downloader {
  const { index, keys, presigner, clock, ids, leaseSeconds, digests = webDigests } = deps;
  const claimOnce = createOnceGate({ index, clock, ids, digests, retries: { history: NEVER, leaseSeconds } });

  /** Shows the link, or says why it is of no use any more, as far as the index tells now. */
  function show({ hash, ticket }: GoodTicket<DownloadTicket>, told: InspectOutcome): DownloadDecision {
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

  async function use(request: UploadRequest, good: GoodTicket<DownloadTicket>, pass?: Pass): Promise<DownloadDecision> {
    const { hash, ticket } = good;
    const lock: HeaderField = [LOCK_HEADER, ids.lock()];
    let signed;
    try {
      signed = await presigner.presign({
        ...{ method: "GET", key: ticket.key, headers: [lock], query: forced(ticket) },
        ...{ signingDate: wholeSeconds(clock.now()), expiresInSeconds: SIGNATURE_SECONDS },
      });
    } catch (cause) {
      return { status: "refused", hash, reason: "store-refused", cause };
    }
    const clientSecret = ticket.retries === "none" ? undefined : pass?.nonce;
    const claim = await claimOnce({ hash, key: ticket.key, declaredBytes: undefined, clientSecret });
    if (claim.status !== "claimed") return claim;
    const range = claim.repeated ? partOf(request.headers) : [];
    return { ...claim, status: "accepted", path: signed.path, query: signed.query, headers: [...range, lock] };
  }

  return {
    async decide(request) {
      const { method, path, query } = request;
      if (!DOWNLOAD_METHODS.includes(method)) return { status: "refused", reason: "method-not-allowed" };
      const good = await readTicket(path.slice(DOWNLOAD_PATH.length), decodeDownloadTicket, deps);
      if (good.status === "refused") return good;
      const { hash, ticket } = good;
      if (query === "") {
        if (method === "POST") return handOut(hash);
        if (method === "GET" && ticket.confirm === "never") return use(request, good);
        return show(good, await index.inspect(hash));
      }
      const pass = query.startsWith(PASS_PARAMETER)
        ? await readPass(query.slice(PASS_PARAMETER.length), hash, keys)
        : undefined;
      if (pass === undefined || method === "POST") return malformed(hash);
      const isGet = method === "GET";
      if (isGet && clock.now() < pass.expiresAt) return use(request, good, pass);
      // Too late to be the first use, or only a look; the same client may still come again for the rest.
      const told = await index.inspect(hash);
      const isOwn = told.status === "claimed" && told.claimant === (await clientClaimant(hash, pass.nonce, digests));
      if (!isOwn) return show(good, told);
      return isGet ? use(request, good, pass) : { status: "shown", hash, ticket };
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

/** What S3 is to answer with instead of what is stored: a file to be saved, and nothing that a browser runs. */
function forced({ fileName, contentType }: DownloadTicket): readonly HeaderField[] {
  return [
    ["response-cache-control", "no-store"],
    ["response-content-disposition", contentDisposition(fileName)],
    ["response-content-type", contentType],
  ];
}

/** A part of the file, for a client that comes again. All other conditions would be answered without the file. */
function partOf(headers: readonly HeaderField[]): readonly HeaderField[] {
  const range = onlyValue(headers, "range");
  if (range === undefined || !/^bytes=[0-9, -]{1,100}$/.test(range)) return [];
  const condition = onlyValue(headers, "if-range");
  const isPlain = condition !== undefined && /^[ -~]{1,200}$/.test(condition);
  return [["range", range], ...(isPlain ? [["if-range", condition] as const] : [])];
}
