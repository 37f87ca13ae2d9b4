import { toHex } from "../bytes/bytes.ts";
import type { Claimant } from "./claimant.ts";

/** Randomness, as a port, so that tests own it. An implementation must never return the same value twice. */
export interface Ids {
  /** A name for a new object: unreserved URL characters only, 117 at most, which leaves room for an extension. */
  objectId(): string;
  /** The value of an origin lock that is signed into one request alone: 256 random bits in hex. */
  lock(): string;
  /** A claimant for this invocation. */
  claimant(): Claimant;
}

/** Ids from the runtime's cryptographic random source. */
export const randomIds: Ids = {
  objectId: () => crypto.randomUUID(),
  lock: () => toHex(crypto.getRandomValues(new Uint8Array(32))),
  claimant: () => toHex(crypto.getRandomValues(new Uint8Array(16))) as Claimant,
};
