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
    reason: "This URL has been used, and it works only once. Nothing was stored.",
  },
  UrlExpired: {
    title: "refused",
    reason: "The time of this URL is over. A new one is needed.",
  },
  UrlUnknown: {
    title: "refused",
    reason: "This edge did not issue this URL, or it was changed. After a restart, URLs of before are unknown.",
  },
  Unauthorized: {
    title: "no URL",
    reason: "This edge issues URLs only to those it knows, and this page has no token to show.",
  },
  InvalidArgument: {
    title: "no URL",
    reason: "This file is not one that URLs are issued for: its size, its type or its name is outside the limits.",
  },
  GrantRefused: {
    title: "no URL",
    reason: "The edge issued no URL, and did not say why in a form that this page can read.",
  },
  SlowDown: {
    title: "not now",
    reason: "The storage is busy or down. Try again in a while.",
  },
  ClaimUndecided: {
    title: "not uploaded",
    reason:
      "The edge could not tell whether this URL is used up, and lets nothing through in doubt. A new one is needed.",
  },
  NetworkError: {
    title: "connection lost",
    reason: "No answer came, however often it was tried. Another attempt needs a new URL.",
  },
  Stalled: {
    title: "connection lost",
    reason: "Nothing moved for two minutes, so the upload was given up. Another attempt needs a new URL.",
  },
  FileUnreadable: {
    title: "not uploaded",
    reason: "The file was deleted, moved or changed after it was chosen, or it is a folder. Choose it again.",
  },
  WrongSize: {
    title: "not sent",
    reason: "The URL was issued for a file of another size. A new one is needed.",
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
