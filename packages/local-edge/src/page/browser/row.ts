import type { UploadGrant, UploadProgress } from "@presign-once/client";

import { addCall, type Call, grantedCall, lostCall, refusedCall, type Refusal, storedCall } from "./call.ts";

/** What the page knows of the URL of a file. */
export type RowGrant = Pick<UploadGrant, "url" | "key" | "expiresAt">;

/** What is under way for a file. */
export type Activity =
  | { readonly kind: "none" }
  /** It waits for other files. */
  | { readonly kind: "queued" }
  | { readonly kind: "asking" }
  /** `movedAt`: when it was sent last, in milliseconds since 1970. */
  | { readonly kind: "sending"; readonly progress: UploadProgress | undefined; readonly movedAt: number }
  | { readonly kind: "lost"; readonly attempt: number; readonly of: number };

/** The download link of a stored file. */
export type RowLink =
  | { readonly status: "none" }
  | { readonly status: "issued"; readonly url: string; readonly isCopied: boolean }
  | { readonly status: "refused"; readonly reason: string };

/** A file on the page, with its own URL. */
export interface Row {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  readonly activity: Activity;
  /** The URL that was issued last. */
  readonly grant: RowGrant | undefined;
  readonly isStored: boolean;
  /** Whether the file was found to be gone or changed: it cannot be sent any more. */
  readonly isUnreadable: boolean;
  /** What happened so far, in HTTP terms; the oldest first. */
  readonly calls: readonly Call[];
  /** How often the connection was lost in the upload that is under way. */
  readonly losses: number;
  /** Whether the upload that is under way, or was last, goes to a URL that was used before. */
  readonly isAgain: boolean;
  readonly link: RowLink;
  /** Whether another link was requested, and has not come yet. */
  readonly isLinkRequested: boolean;
  /** Whether the URL was copied; `undefined` until this was tried. */
  readonly isUrlCopied: boolean | undefined;
}

/** What happens to a file. */
export type RowEvent =
  | { readonly type: "queued" }
  /** An upload begins: with a new URL, or again to the same one. */
  | { readonly type: "started"; readonly withNewUrl: boolean; readonly at: number }
  | { readonly type: "granted"; readonly grant: RowGrant; readonly at: number }
  | { readonly type: "progressed"; readonly progress: UploadProgress; readonly at: number }
  | { readonly type: "lost"; readonly attempt: number; readonly of: number }
  | { readonly type: "stored" }
  | { readonly type: "failed"; readonly refusal: Refusal }
  | { readonly type: "url-copied"; readonly isCopied: boolean }
  | { readonly type: "link-requested" }
  /** `key` is of the object that the link was requested for. */
  | { readonly type: "link-issued"; readonly key: string; readonly url: string; readonly isCopied: boolean }
  | { readonly type: "link-refused"; readonly key: string; readonly reason: string };

/** The row of a file that was just chosen. */
export function newRow(id: number, { name, size }: { readonly name: string; readonly size: number }): Row {
  return {
    ...{ id, name, bytes: size, activity: { kind: "none" }, grant: undefined, isStored: false, isUnreadable: false },
    ...{
      calls: [],
      losses: 0,
      isAgain: false,
      link: { status: "none" },
      isLinkRequested: false,
      isUrlCopied: undefined,
    },
  };
}

/** The row after an event; the same one if the event changes nothing. */
export function nextRow(row: Row, event: RowEvent): Row {
  switch (event.type) {
    case "queued":
      return { ...row, activity: { kind: "queued" }, isAgain: false };
    case "started":
      return event.withNewUrl
        ? { ...newRow(row.id, { name: row.name, size: row.bytes }), activity: { kind: "asking" }, calls: row.calls }
        : { ...row, activity: sending(event.at), losses: 0, isAgain: true };
    case "granted":
      return {
        ...withCall(row, grantedCall()),
        ...{ grant: event.grant, isUrlCopied: undefined, activity: sending(event.at) },
      };
    case "progressed":
      return { ...row, activity: sending(event.at, event.progress) };
    case "lost":
      return {
        ...withCall(row, lostCall(row.grant?.url)),
        ...{ activity: { kind: "lost", attempt: event.attempt, of: event.of }, losses: row.losses + 1 },
      };
    case "stored":
      return ended({ ...withCall(row, storedCall(row.grant?.url, row.losses)), isStored: true });
    case "failed":
      return ended({
        ...withCall(row, refusedCall(row.grant?.url, event.refusal)),
        isUnreadable: row.isUnreadable || event.refusal.code === "FileUnreadable",
      });
    case "url-copied":
      return { ...row, isUrlCopied: event.isCopied };
    case "link-requested":
      return { ...row, isLinkRequested: true };
    case "link-issued":
      return withLink(row, event.key, { status: "issued", url: event.url, isCopied: event.isCopied });
    case "link-refused":
      return withLink(row, event.key, { status: "refused", reason: event.reason });
  }
}

function sending(movedAt: number, progress?: UploadProgress): Activity {
  return { kind: "sending", progress, movedAt };
}

function withCall(row: Row, call: Call): Row {
  return { ...row, calls: addCall(row.calls, call) };
}

/** A link that came late, for the object of an earlier URL, is of no use. */
function withLink(row: Row, key: string, link: RowLink): Row {
  return key === row.grant?.key ? { ...row, link, isLinkRequested: false } : row;
}

function ended(row: Row): Row {
  return { ...row, activity: { kind: "none" } };
}
