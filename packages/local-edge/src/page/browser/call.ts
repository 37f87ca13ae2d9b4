import type { UploadError } from "@presign-once/client";

import { explain } from "./explain.ts";
import { shortenPath } from "./short-url.ts";

/** A request of the page and what came of it; the same several times in a row is one. */
export interface Call {
  /** `PUT /uploads/eddf168f…` */
  readonly request: string;
  /** `403 UrlAlreadyUsed`, or why there was none. */
  readonly answer: string;
  readonly outcome: "granted" | "stored" | "refused" | "lost" | "cancelled";
  /** What happened, in one or two words: `refused`. */
  readonly title: string;
  readonly reason: string;
  readonly count: number;
}

/** Why an upload failed, as the client says it. */
export type Refusal = Pick<UploadError, "code" | "message" | "status">;

const ASKING = "GET /url";
const NO_ANSWER = "no answer";
/** What stands in place of an answer, by the client's own codes. */
const WITHOUT_ANSWER: Readonly<Record<string, string>> = {
  NetworkError: NO_ANSWER,
  Stalled: NO_ANSWER,
  Aborted: "cancelled",
  FileUnreadable: "not sent",
  WrongSize: "not sent",
};

/** Reasons where no URL was issued, and so none is used up. */
const WITHOUT_URL: Readonly<Partial<Record<string, string>>> = {
  NetworkError: "The edge did not answer. Is it still running?",
  Stalled: "The edge did not answer for two minutes. Is it still running?",
  Aborted: "No URL was issued.",
};

/** A URL was issued. */
export function grantedCall(): Call {
  const reason = "The edge issued a URL for this file alone.";
  return { request: ASKING, answer: "200", outcome: "granted", title: "URL issued", reason, count: 1 };
}

/** The file was stored. @param losses  how often the connection was lost before */
export function storedCall(url: string | undefined, losses: number): Call {
  // After a lost connection the answer may be one that says that the earlier request has arrived.
  const [answer, reason] =
    losses === 0
      ? ["200", "The URL is used up now."]
      : ["stored", "The same client sent the file again to the same URL. There is one object."];
  return { request: requestTo(url), answer, outcome: "stored", title: "stored", reason, count: 1 };
}

/** The connection was lost, and the file will be sent again. */
export function lostCall(url: string | undefined): Call {
  const reason = "This client may send the file to the same URL again. No other client may.";
  return { request: requestTo(url), answer: NO_ANSWER, outcome: "lost", title: "connection lost", reason, count: 1 };
}

/** The upload failed. @param url  where it was sent to; `undefined` if no URL was issued */
export function refusedCall(url: string | undefined, refusal: Refusal): Call {
  const { code, status } = refusal;
  const own = Object.hasOwn(WITHOUT_ANSWER, code) ? WITHOUT_ANSWER[code] : undefined;
  const answer = own ?? (status === undefined ? code : `${status} ${code}`);
  const outcome = code === "Aborted" ? "cancelled" : own === NO_ANSWER ? "lost" : "refused";
  const explained = explain(refusal);
  const reason = url === undefined && Object.hasOwn(WITHOUT_URL, code) ? WITHOUT_URL[code] : undefined;
  return {
    request: requestTo(url),
    answer,
    outcome,
    title: explained.title,
    reason: reason ?? explained.reason,
    count: 1,
  };
}

/** Adds a call; one like the last is counted, and its reason replaces that of the last. */
export function addCall(calls: readonly Call[], call: Call): readonly Call[] {
  const last = calls.at(-1);
  const isRepeated =
    last !== undefined && last.request === call.request && last.answer === call.answer && last.title === call.title;
  return isRepeated ? [...calls.slice(0, -1), { ...call, count: last.count + 1 }] : [...calls, call];
}

/** `refused`, or `refused 6 times`. */
export function titleOf({ title, count }: Call): string {
  return count === 1 ? title : `${title} ${count} times`;
}

function requestTo(url: string | undefined): string {
  return url === undefined ? ASKING : `PUT ${shortenPath(new URL(url).pathname)}`;
}
