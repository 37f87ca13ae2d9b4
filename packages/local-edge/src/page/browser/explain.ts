import type { UploadError } from "@presign-once/client";

/** An outcome in words: what happened, and why. */
export interface Explanation {
  readonly title: string;
  readonly reason: string;
}

/** Codes that need more explanation than their own message. */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  UrlAlreadyUsed: {
    title: "refused",
    reason: "This URL was used before, and works only once. Nothing was stored.",
  },
  UrlExpired: {
    title: "refused",
    reason: "This URL has expired. Request a new one.",
  },
  UrlUnknown: {
    title: "refused",
    reason:
      "This edge did not issue this URL, or the URL was changed. After a restart, the edge does not know earlier URLs.",
  },
  Unauthorized: {
    title: "no URL",
    reason: "Authentication required: this edge issues URLs to callers with a token, and this page has none.",
  },
  InvalidArgument: {
    title: "no URL",
    reason: "The edge issues no URL for this file: its size, type or name is outside the limits.",
  },
  GrantRefused: {
    title: "no URL",
    reason: "The edge issued no URL, and gave no reason that this page can read.",
  },
  SlowDown: {
    title: "not now",
    reason: "The storage is busy or down. Try again later.",
  },
  ClaimUndecided: {
    title: "not uploaded",
    reason: "The edge could not decide whether this URL is used up, so it refused the upload. Request a new URL.",
  },
  NetworkError: {
    title: "connection lost",
    reason: "No answer arrived, so the URL may be used up. Another attempt needs a new one.",
  },
  Stalled: {
    title: "connection lost",
    reason: "No data moved for two minutes, so the URL may be used up. Another attempt needs a new one.",
  },
  FileUnreadable: {
    title: "not uploaded",
    reason: "The file was deleted, moved or changed after it was chosen, or it is a folder. Choose it again.",
  },
  WrongSize: {
    title: "not sent",
    reason: "The URL was issued for a file of another size. Request a new one.",
  },
  Aborted: {
    title: "cancelled",
    reason: "A URL is used up when its upload starts, so another attempt needs a new one.",
  },
};

/** Explains why an upload did not happen; a code without an explanation shows the server's message. */
export function explain({ code, message }: Pick<UploadError, "code" | "message">): Explanation {
  return (Object.hasOwn(EXPLANATIONS, code) ? EXPLANATIONS[code] : undefined) ?? { title: "refused", reason: message };
}
