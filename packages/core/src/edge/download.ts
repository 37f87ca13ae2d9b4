import type { ClaimedHash } from "../gate/claim-once.ts";
import type { RefusedUpload } from "../gate/refused-upload.ts";
import { type Surroundings, withDefaults } from "../ports/defaults.ts";
import type { HeaderField } from "../ports/header-field.ts";
import {
  createDownloadGate,
  DOWNLOAD_PATH,
  type DownloadPart,
  type HandedPass,
  type ShownDownload,
} from "../ticket/download-gate.ts";
import type { DownloadTicket } from "../ticket/download-ticket.ts";
import { contentDisposition } from "../url/content-disposition.ts";
import { LOCK_HEADER } from "../url/edge-keys.ts";
import type { OriginRequest, UploadRequest } from "./checked-upload.ts";
import { SIGNATURE_SECONDS, type TicketUse, wholeSeconds } from "./ticket-upload.ts";

/** What is decided about one request with a download ticket. Only `accepted` may be passed on. */
export type DownloadDecision = ShownDownload | HandedPass | AcceptedDownload | RefusedUpload;

/** The ticket was claimed by this request, or by the same client before: pass it on as it stands here, and in no other way. */
export interface AcceptedDownload extends Omit<ClaimedHash, "status">, OriginRequest {
  readonly status: "accepted";
}

/** Decides about requests with download tickets. */
export interface Downloader {
  /** Never throws for anything that a client may send or the index may answer. */
  decide(request: UploadRequest): Promise<DownloadDecision>;
}

/**
 * Creates the gate of downloads at the edge: see `createDownloadGate`, whose decision it is. The request to S3 is signed
 * before the claim.
 *
 * @param given.leaseSeconds  how long the same client may come again, from its first use; never beyond the end of its ticket,
 *                           from which on the index may forget it
 */
export function createDownloader(
  given: Surroundings & Omit<Parameters<typeof createDownloadGate>[0], "clock" | "ids"> & Pick<TicketUse, "presigner">,
): Downloader {
  const deps = withDefaults(given);
  const { presigner, clock, ids } = deps;
  const gate = createDownloadGate(deps);
  return {
    async decide({ method, path, query, headers }) {
      const token = path.slice(DOWNLOAD_PATH.length);
      const decision = await gate.decide({ method, token, query, headers }, async (ticket) => {
        const lock: HeaderField = [LOCK_HEADER, ids.lock()];
        try {
          const signed = await presigner.presign({
            ...{ method: "GET", key: ticket.key, headers: [lock], query: forced(ticket) },
            ...{ signingDate: wholeSeconds(clock.now()), expiresInSeconds: SIGNATURE_SECONDS },
          });
          return { status: "prepared", value: { ...signed, lock } };
        } catch (cause) {
          return { status: "refused", reason: "store-refused", cause };
        }
      });
      if (decision.status !== "accepted") return decision;
      const { hash, claimant, attempts, indexMs, repeated, prepared, part } = decision;
      const claim = { hash, claimant, attempts, indexMs, repeated };
      const range = part === undefined ? [] : rangeHeaders(part);
      const { path: signedPath, query: signedQuery, lock } = prepared;
      return { ...claim, status: "accepted", path: signedPath, query: signedQuery, headers: [...range, lock] };
    },
  };
}

/** What S3 is to answer with instead of what is stored: a file to be saved, and nothing that a browser runs. */
function forced({ fileName, contentType }: DownloadTicket): readonly HeaderField[] {
  return [
    ["response-cache-control", "no-store"],
    ["response-content-disposition", contentDisposition(fileName)],
    ["response-content-type", contentType],
  ];
}

function rangeHeaders({ range, ifRange }: DownloadPart): readonly HeaderField[] {
  return [["range", range], ...(ifRange === undefined ? [] : [["if-range", ifRange] as const])];
}
