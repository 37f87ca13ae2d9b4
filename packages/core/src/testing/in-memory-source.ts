import { toHex } from "../bytes/bytes.ts";
import type { DownloadSource, ReaderSignal } from "../ports/download-source.ts";
import type { InMemoryObjects } from "./in-memory-sink.ts";
import type { SourceFault } from "./source-laws.ts";

/** Bytes of a chunk, as they come from a socket. */
const CHUNK_BYTES = 65_536;

/**
 * Creates a source in memory that holds every law: for unit tests, and as the plainest reading of the contract.
 *
 * @param objects  what can be read, such as the objects of an in-memory sink
 * @param fault    of the store; default: none
 */
export function createInMemorySource(objects: InMemoryObjects, fault?: SourceFault): DownloadSource {
  return {
    async open({ key, range = "", ifRange, signal }) {
      if (fault === "silent") await left(signal);
      if (fault === "silent" || signal?.aborted === true) return { status: "failed", cause: "the reader has gone" };
      if (fault === "unavailable" || fault === "refusing") return { status: "failed", cause: "simulated fault" };
      const object = objects.get(key);
      if (object === undefined) return { status: "missing" };
      const all = new Uint8Array(object.bytes);
      const etag = `"${toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", all)))}"`;
      const part = ifRange === undefined || ifRange === etag ? partOf(range, all.length) : undefined;
      const [first, end] = part ?? [0, all.length];
      if (part !== undefined && first >= all.length) return { status: "no-such-part" };
      let isClosed = false;
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let at = first; at < end && !isClosed; at += CHUNK_BYTES) {
          yield all.subarray(at, Math.min(at + CHUNK_BYTES, end - (fault === undefined ? 0 : 1)));
          if (fault !== undefined) throw new Error("simulated fault");
        }
      }
      const contentRange = part && `bytes ${first}-${end - 1}/${all.length}`;
      const told = { bytes: end - first, etag, contentRange };
      return { status: "found", ...told, chunks: chunks(), close: () => void (isClosed = true) };
    },
  };
}

/** Resolves when the reader goes; where it cannot, never. */
function left(signal: ReaderSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    signal?.addEventListener("abort", resolve);
  });
}

/** First byte, and the one after the last; `undefined`: not one part, so the whole file is sent. */
function partOf(range: string, length: number): readonly [first: number, end: number] | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (from === "") return to === "" ? undefined : [Math.max(length - Number(to), 0), length];
  if (to !== "" && Number(to) < Number(from)) return undefined;
  return [Number(from), to === "" ? length : Math.min(Number(to) + 1, length)];
}
