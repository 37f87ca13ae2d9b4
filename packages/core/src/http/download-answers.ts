import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { DOWNLOAD_METHODS, type HandedPass, type ShownDownload } from "../ticket/download-gate.ts";
import { ticketEnd } from "../ticket/ticket.ts";
import { acceptsByName } from "./accepts-json.ts";
import { downloadPage, PAGE_HEADERS } from "./download-page.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { methodNotAllowed, type Outcome, wireError } from "./refusals.ts";
import { errorAnswer, type WireError } from "./wire-error.ts";

const NO_STORE: HeaderField = ["Cache-Control", "no-store"];

/** Refusals of a download that are told in other words, or with another status, than those of an upload. */
const OF_DOWNLOADS: Partial<Readonly<Record<RefusedUpload["reason"], Outcome>>> = {
  "already-claimed": "download-used",
  "lease-over": "download-used",
  revoked: "download-revoked",
  expired: "download-expired",
  unavailable: "download-unavailable",
  "store-refused": "download-fault",
  undecided: "download-undecided",
  malformed: "download-malformed",
  "not-issued": "download-unknown",
  unknown: "download-unknown",
};

/** Whether a client can show a page: a browser says so, a program does not. */
export function acceptsHtml(headers: readonly HeaderField[]): boolean {
  return acceptsByName(headers, "text/html");
}

/**
 * Answers a request that only looks: a page with a button, or the same as JSON.
 *
 * @param form  what the client can show
 */
export function shownAnswer({ ticket }: ShownDownload, form: "html" | "json"): HttpAnswer {
  const { fileName, contentType, issuedAt, lifeSeconds } = ticket;
  const expiresAt = ticketEnd({ issuedAt, lifeSeconds });
  if (form === "html") return page(200, { kind: "offer", fileName, expiresAt });
  const told = { fileName, contentType, expiresAt, uses: 1, download: "POST to this URL, and follow the redirect" };
  return { status: 200, headers: [["Content-Type", "application/json"], NO_STORE], body: `${JSON.stringify(told)}\n` };
}

/**
 * Sends a client from a ticket to the same ticket with its pass.
 *
 * @param path  of the ticket, as it was requested
 */
export function passAnswer({ query }: HandedPass, path: string): HttpAnswer {
  return {
    status: 303,
    headers: [["Location", `${path}?${query}`], NO_STORE, ["Referrer-Policy", "no-referrer"]],
    body: "",
  };
}

/** Answers a request that gets no file, and never will where it is 410. */
export function refusedDownloadAnswer(refusal: RefusedUpload, requestId: string, form: "html" | "json"): HttpAnswer {
  return errorAnswerOf(wireErrorOfDownload(refusal, form), requestId, form);
}

/**
 * Answers a request that was accepted, and that the store has no file for.
 *
 * @param mayComeAgain  whether the same client may try again
 */
export function failedDownloadAnswer(
  failure: "missing" | "no-such-part" | "failed",
  requestId: string,
  { form, mayComeAgain }: { readonly form: "html" | "json"; readonly mayComeAgain: boolean },
): HttpAnswer {
  const outcome = failure === "failed" && !mayComeAgain ? "download-lost" : (`download-${failure}` as const);
  return errorAnswerOf(wireError(outcome), requestId, form);
}

function errorAnswerOf(error: WireError, requestId: string, form: "html" | "json"): HttpAnswer {
  if (form === "json") return errorAnswer(error, requestId, [], "json");
  const { status, message, headers = [] } = error;
  const mayTryAgain = headers.some(([name]) => name === "Retry-After");
  return page(status, { kind: "refusal", title: titleOf(status), message, mayTryAgain, requestId }, headers);
}

/** What a person reads first: whether it is the link, or the service. */
function titleOf(status: number): string {
  if (status === 410) return "This link no longer works";
  return status === 400 || status === 403 ? "This link does not work" : "The file was not sent";
}

/** Says on the wire why a download was refused; what exactly is wrong with a link is told to programs only. */
function wireErrorOfDownload(refusal: RefusedUpload, form: "html" | "json"): WireError {
  const { reason } = refusal;
  if (reason === "method-not-allowed") return methodNotAllowed(DOWNLOAD_METHODS, "This link takes GET, HEAD and POST.");
  return wireError(
    OF_DOWNLOADS[reason] ?? reason,
    form === "json" && "message" in refusal ? { detail: refusal.message } : {},
  );
}

function page(
  status: number,
  content: Parameters<typeof downloadPage>[0],
  headers: readonly HeaderField[] = [],
): HttpAnswer {
  return { status, headers: [...PAGE_HEADERS, ...headers], body: downloadPage(content) };
}
