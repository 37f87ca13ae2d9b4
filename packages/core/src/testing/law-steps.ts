import { toHex } from "../bytes/bytes.ts";
import { randomIds } from "../ports/ids.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { ClaimOutcome, SignatureIndex } from "../ports/signature-index.ts";

const EXPIRES_IN_MS = 3_600_000;

/** What a hash is registered with here. */
export function soon(): { readonly expiresAt: Date } {
  return { expiresAt: new Date(Date.now() + EXPIRES_IN_MS) };
}

/** A hash that was just registered through a handle. */
export async function registered(index: SignatureIndex): Promise<SignatureHash> {
  const hash = randomHash();
  await register(index, hash);
  return hash;
}

/** Registers an unclaimed hash, which has to succeed before a law can be tried. */
export async function register(index: SignatureIndex, hash: SignatureHash): Promise<void> {
  const outcome = await index.register(hash, soon());
  if (outcome.status === "registered") return;
  broken(
    `an unclaimed hash could not be registered: ${outcome.status}`,
    "cause" in outcome ? outcome.cause : undefined,
  );
}

/** A claim by a new claimant. */
export function claim(index: SignatureIndex, hash: SignatureHash): Promise<ClaimOutcome> {
  return index.claim(hash, randomIds.claimant());
}

/** Holds an outcome against what the law says. */
export function expect<Outcome extends { readonly status: string }>(
  what: string,
  outcome: Outcome,
  status: Outcome["status"],
): void {
  if (outcome.status === status) return;
  const cause = "cause" in outcome ? outcome.cause : undefined;
  broken(`${what} was answered ${outcome.status} instead of ${status}`, cause);
}

/** A time that a store could plausibly report: near to now. */
export function isTime(time: Date | undefined): boolean {
  return time !== undefined && Math.abs(time.getTime() - Date.now()) < 24 * EXPIRES_IN_MS;
}

/** The law was seen to be broken. */
export function broken(message: string, cause?: unknown): never {
  throw new PresignOnceError("LAW_BROKEN", message, { cause });
}

/** A hash that no index knows. */
export function randomHash(): SignatureHash {
  return toHex(crypto.getRandomValues(new Uint8Array(32))) as SignatureHash;
}

/** Two hashes that differ in their last digit only. */
export function neighbours(): [SignatureHash, SignatureHash] {
  const stem = randomHash().slice(0, 63);
  return [`${stem}0` as SignatureHash, `${stem}1` as SignatureHash];
}

/** A key under which there is no object. */
export function newKey(): string {
  return `uploads/${randomIds.objectId()}`;
}

/** Bytes of which none stands where another chunk's would. */
export function content(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i ^ (i >> 8) ^ (i >> 16)) & 255;
  return bytes;
}
