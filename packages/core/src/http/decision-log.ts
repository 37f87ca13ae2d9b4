import type { ClaimDecision } from "../edge/claim.ts";
import type { ClaimedHash, NotAdmitted } from "../gate/claim-once.ts";
import type { Grant } from "../gate/issuer.ts";
import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { OneObjectOutcome } from "../ports/one-object.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { shortHash, type SignatureHash } from "../ports/signature-hash.ts";
import type { RelayDecision } from "../relay/relay-claimer.ts";
import type { HandedPass, ShownDownload } from "../ticket/download-gate.ts";
import { logWord } from "../url/forms.ts";

/** Writes one line of the log. */
export type WriteLine = (line: string) => void;

/** Longest name of the caller that requested a URL. */
const MAX_SUBJECT_LENGTH = 64;
/** Longest description of a fault of ours: settings may have many. */
const MAX_CAUSE_LENGTH = 1_000;

/** Who writes a line: what issues URLs, the edge in front of the bucket, or a relay. */
type Writer = "issue" | "verify" | "relay";

/** An upload that was not admitted, and its log fields. */
interface LoggedNotAdmitted extends NotAdmitted {
  readonly reason: string;
  readonly hash: SignatureHash;
  /** Present where there is one. */
  readonly cause?: unknown;
}

/** A download that was accepted, at the edge or a relay. */
interface LoggedDownload extends Omit<ClaimedHash, "status"> {
  readonly status: "accepted";
}

/**
 * One line for each decision about an upload: what was decided, for which hash, by which claimant, and what it took.
 *
 * @param writer  default: the edge
 */
export function describeDecision(
  decision: LoggedDownload | ClaimDecision | RelayDecision | LoggedNotAdmitted,
  requestId: string,
  writer: "verify" | "relay" = "verify",
): string {
  return line(writer, requestId, {
    outcome: decision.status === "accepted" ? "accepted" : decision.reason,
    grant: "id" in decision ? decision.id : undefined,
    hash: prefixOf(decision.hash),
    ...(decision.status === "not-admitted"
      ? {}
      : { claimant: decision.claimant, s3Ms: decision.indexMs, attempts: decision.attempts }),
    repeated: decision.status === "accepted" && decision.repeated ? true : undefined,
    cause: "cause" in decision ? describeCause(decision.cause) : undefined,
  });
}

/**
 * One line for each request with a download ticket: what was decided, for which hash, and what it took.
 *
 * @param writer  default: the edge
 */
export function describeDownload(
  decision: LoggedDownload | ShownDownload | HandedPass | RefusedUpload,
  requestId: string,
  writer: "verify" | "relay" = "verify",
): string {
  if (decision.status === "refused" || decision.status === "accepted")
    return describeDecision(decision, requestId, writer);
  return line(writer, requestId, { outcome: decision.status, hash: prefixOf(decision.hash) });
}

/** One line for each request for a URL; of a grant, the id alone. */
export function describeIssue(
  outcome: string,
  requestId: string,
  details: {
    readonly grant?: Pick<Grant, "id">;
    readonly hash?: SignatureHash;
    readonly subject?: string | undefined;
    readonly cause?: unknown;
  } = {},
): string {
  return line("issue", requestId, {
    outcome,
    subject: details.subject?.slice(0, MAX_SUBJECT_LENGTH),
    grant: details.grant?.id,
    hash: prefixOf(details.hash),
    cause: details.cause === undefined ? undefined : describeCause(details.cause),
  });
}

/** One line for the end of an upload or a download that a relay had accepted. */
export function describeRelayed(
  outcome: string,
  requestId: string,
  details: {
    /** Of the grant. */
    readonly id: string;
    readonly hash: SignatureHash;
    /** Bytes that came, or were sent. */
    readonly bytes: number;
    /** From the decision to the end, in milliseconds. */
    readonly ms: number;
    /** Parts of an object may still take room in the store. */
    readonly leftBehind?: boolean;
    readonly cause?: unknown;
  },
): string {
  const { id, hash, bytes, ms, leftBehind = false, cause } = details;
  return line("relay", requestId, {
    ...{ outcome, grant: id, hash: prefixOf(hash), bytes, ms },
    leftBehind: leftBehind || undefined,
    cause: cause === undefined ? undefined : describeCause(cause),
  });
}

/** One line for a check whether a relay's store keeps one object of a key: the outcome, and its cause if it is not proven. */
export function describeProof(outcome: OneObjectOutcome): string {
  const { status } = outcome;
  const cause = status === "broken" ? outcome.seen : status === "undecided" ? describeCause(outcome.cause) : undefined;
  return JSON.stringify({ presignOnce: "relay", outcome: `retries-${status}`, cause });
}

/** One line for a fault that kept a function from deciding anything. */
export function describeFault(writer: Writer, requestId: string, fault: unknown): string {
  return line(writer, requestId, { outcome: "fault", cause: describeCause(fault) });
}

function line(writer: Writer, requestId: string, fields: Record<string, unknown>): string {
  return JSON.stringify({ presignOnce: writer, requestId, ...fields });
}

function prefixOf(hash: SignatureHash | undefined): string | undefined {
  return hash === undefined ? undefined : shortHash(hash);
}

/** Names an error without its message, which may hold a URL; presign-once's own messages hold none. */
function describeCause(cause: unknown): string {
  if (cause instanceof PresignOnceError) return `${cause.code}: ${cause.message}`.slice(0, MAX_CAUSE_LENGTH);
  if (!(cause instanceof Error)) return "unknown";
  const { name, code, status } = cause as { name: unknown; code?: unknown; status?: unknown };
  const words = new Set([name, code].filter(isWord));
  const told = [...words, ...(typeof status === "number" ? [status] : [])].join(" ") || "unknown";
  return PROGRAMMING_ERROR.test(cause.message) ? `${told}: ${cause.message}` : told;
}

/** The message of an error in the code itself, such as a missing global of a runtime: names alone, so nothing of a request. */
const PROGRAMMING_ERROR = /^[A-Za-z_$][\w$.]{0,63} is not (?:defined|a function|a constructor)$/;

/** Names and codes may be the server's; whatever is no plain word is not repeated. */
function isWord(text: unknown): text is string {
  return typeof text === "string" && logWord.is(text);
}
