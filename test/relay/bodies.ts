import type { Hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const MIB = 1024 ** 2;
const KIB = 1024;

/** Bytes of which none stands where another chunk's would. */
export function* chunksOf(bytes: number, chunkBytes = 64 * KIB): Generator<Buffer> {
  for (let at = 0, n = 0; at < bytes; at += chunkBytes, n++) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, bytes - at), n % 251);
    chunk.writeUInt8(n % 241);
    yield chunk;
  }
}

/** The same chunks; a digest gets each as it is taken. */
export function* watched(chunks: Iterable<Buffer>, digest: Hash): Generator<Buffer> {
  for (const chunk of chunks) {
    digest.update(chunk);
    yield chunk;
  }
}

/** A body that never ends; `look` gets the sent bytes from time to time. */
export async function* endlessly(look: (bytes: number) => Promise<void>): AsyncGenerator<Buffer> {
  for (let bytes = 0; ; bytes += 64 * KIB) {
    yield Buffer.alloc(64 * KIB, "x");
    if (bytes % MIB === 0) {
      await look(bytes);
      await sleep(10);
    }
  }
}
