import { PresignOnceError } from "@presign-once/core";

import { type RunningDigest, startSha256 } from "./sha256.ts";
import type { BodyReader } from "./take-body.ts";
import { type ReadFault, type ReadTerms, watchReads } from "./watched-reads.ts";

/**
 * Why a body was not taken.
 *
 * - `too-large`: more bytes than were granted, or than the store takes.
 * - `wrong-length`: other than its Content-Length says.
 * - `digest-mismatch`: it has another SHA-256 than was granted.
 * - `stalled`, `too-slow`, `too-long`: see {@link ReadFault}.
 * - `broken-off`: the client has gone, or its connection broke.
 */
export type BodyFault = "too-large" | "wrong-length" | "digest-mismatch" | "broken-off" | ReadFault;

/** A body that is held to what was granted while it is read. */
export interface ReceivedBody {
  /** To be read once. Throws instead of ending if the body is not what was granted. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes that came so far. */
  readonly bytes: number;
  /** Why it was not taken, as soon as that is known. */
  readonly fault: BodyFault | undefined;
  /** Whether it came to its end, as granted. */
  readonly isWhole: boolean;
  /** Abandons a read in progress. */
  close(): void;
}

/** What a body is held to. */
export interface BodyTerms extends ReadTerms {
  readonly maxBytes: number;
  readonly declaredBytes: number | undefined;
  /** In base64. */
  readonly sha256: string | undefined;
  /** Told of each chunk, with all bytes so far. */
  readonly onBytes: (bytes: number) => unknown;
}

/**
 * Reads the body of a request, chunk by chunk on demand.
 *
 * Where it stops before the end, the rest is left unread and not cancelled: the answer that says why still has to reach
 * the client over the same connection.
 *
 * @param reader  is released in the end; `undefined`: an empty body
 */
export function receiveBody(reader: BodyReader | undefined, terms: BodyTerms): ReceivedBody {
  const watch = reader === undefined ? undefined : watchReads(reader, terms);
  const digest = terms.sha256 === undefined ? undefined : startSha256();
  let bytes = 0;
  let fault: BodyFault | undefined;
  let isWhole = false;

  function refuse(why: BodyFault, cause?: unknown): PresignOnceError {
    fault = why;
    return new PresignOnceError("BODY_REFUSED", `body: ${why}`, { cause });
  }

  const breakOff = (cause: unknown): never => {
    throw refuse(watch?.fault ?? "broken-off", cause);
  };

  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      while (watch !== undefined) {
        const next = await watch.read().catch(breakOff);
        if (next.done || next.value === undefined) break;
        bytes += next.value.length;
        if (bytes > terms.maxBytes) throw refuse("too-large");
        if (terms.declaredBytes !== undefined && bytes > terms.declaredBytes) throw refuse("wrong-length");
        digest?.update(next.value);
        terms.onBytes(bytes);
        yield next.value;
      }
      checkEnd(terms, bytes, digest, refuse);
      // Without a length and a digest, a complete body looks like that of a client that disconnected.
      if (terms.declaredBytes === undefined && digest === undefined) await watch?.settle().catch(breakOff);
      isWhole = true;
    } finally {
      watch?.stop();
    }
  }

  return {
    chunks: chunks(),
    get bytes() {
      return bytes;
    },
    get fault() {
      return fault;
    },
    get isWhole() {
      return isWhole;
    },
    close: () => watch?.giveUp(new Error("the read was abandoned")),
  };
}

function checkEnd(
  { declaredBytes, sha256 }: BodyTerms,
  bytes: number,
  digest: RunningDigest | undefined,
  refuse: (why: BodyFault) => PresignOnceError,
): void {
  if (declaredBytes !== undefined && bytes !== declaredBytes) throw refuse("wrong-length");
  if (digest !== undefined && digest.base64() !== sha256) throw refuse("digest-mismatch");
}
