import type { ClaimDecision } from "../claim.ts";
import type { Grant } from "../issuer.ts";
import { PresignOnceError } from "../presign-once-error.ts";
import { shortHash, type SignatureHash } from "../signature-hash.ts";

/** Writes one line of the log. */
export type WriteLine = (line: string) => void;

/** Longest name of whoever asked for a URL. */
const MAX_SUBJECT_LENGTH = 64;
/** Longest description of a fault of ours: settings may have many. */
const MAX_CAUSE_LENGTH = 1_000;

/** One line for each decision about an upload: what was decided, for which hash, by which claimant, and what it took. */
export function describeDecision(decision: ClaimDecision, requestId: string): string {
  return line("verify", requestId, {
    outcome: decision.status === "accepted" ? "accepted" : decision.reason,
    hash: prefixOf(decision.hash),
    claimant: decision.claimant,
    s3Ms: decision.indexMs,
    attempts: decision.attempts,
    repeated: decision.status === "accepted" && decision.repeated ? true : undefined,
    cause: "cause" in decision ? describeCause(decision.cause) : undefined,
  });
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

/** One line for a fault that kept a function from deciding anything. */
export function describeFault(fn: "issue" | "verify", requestId: string, fault: unknown): string {
  return line(fn, requestId, { outcome: "fault", cause: describeCause(fault) });
}

function line(fn: "issue" | "verify", requestId: string, fields: Record<string, unknown>): string {
  return JSON.stringify({ presignOnce: fn, requestId, ...fields });
}

function prefixOf(hash: SignatureHash | undefined): string | undefined {
  return hash === undefined ? undefined : shortHash(hash);
}

/** Names an error without its message, which may hold a URL; presign-once's own messages hold none. */
function describeCause(cause: unknown): string {
  if (cause instanceof PresignOnceError) return `${cause.code}: ${cause.message}`.slice(0, MAX_CAUSE_LENGTH);
  if (!(cause instanceof Error)) return "unknown";
  const { name, code, $metadata } = cause as {
    name: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: unknown };
  };
  const words = new Set([name, code].filter(isWord));
  const status = $metadata?.httpStatusCode;
  return [...words, ...(typeof status === "number" ? [status] : [])].join(" ") || "unknown";
}

/** Names and codes may be the server's; whatever is no plain word is not repeated. */
function isWord(text: unknown): text is string {
  return typeof text === "string" && /^[\w.-]{1,64}$/.test(text);
}
