import { toHex } from "../bytes/bytes.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { UploadSink } from "../ports/upload-sink.ts";

/** An object of an in-memory sink. */
export interface InMemoryObject {
  readonly bytes: Uint8Array;
  readonly headers: readonly HeaderField[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The objects of an in-memory sink, by key. */
export type InMemoryObjects = Map<string, InMemoryObject>;

/**
 * Creates a sink in memory that holds every law: for unit tests, and as the plainest reading of the contract.
 *
 * @param options.objects     where uploads go; default: a map of its own
 * @param options.maxBytes    most bytes of an upload, declared or not; default 1,000,000
 * @param options.requireNew  whether an existing object stays unchanged; default false
 */
export function createInMemorySink(
  options: { readonly objects?: InMemoryObjects; readonly maxBytes?: number; readonly requireNew?: boolean } = {},
): UploadSink {
  const { objects = new Map(), maxBytes = 1_000_000, requireNew = false } = options;
  return {
    maxDeclaredBytes: maxBytes,
    maxUndeclaredBytes: maxBytes,
    requiresNew: requireNew,
    proveOneObject: async () =>
      requireNew ? { status: "proven" } : { status: "broken", seen: "the sink replaces objects" },
    async store({ key, headers, metadata }, body) {
      const chunks: Uint8Array[] = [];
      let length = 0;
      try {
        for await (const chunk of body) {
          chunks.push(chunk);
          length += chunk.length;
          if (length > maxBytes)
            throw new PresignOnceError("UPLOAD_TOO_LARGE", `body: expected ${maxBytes} bytes at most`);
        }
      } catch (cause) {
        return { status: "failed", mayBeStored: false, leftBehind: false, cause };
      }
      if (requireNew && objects.has(key)) return { status: "occupied", leftBehind: false };
      const bytes = new Uint8Array(length);
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      objects.set(key, { bytes, headers, metadata });
      return { status: "stored", etag: `"${toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))}"` };
    },
  };
}
