import { toHex } from "../bytes/bytes.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { SinkOutcome, SinkUpload, UploadSink } from "../ports/upload-sink.ts";
import { content, newKey } from "./law-steps.ts";

/** How the laws get at an implementation. */
export interface SinkHarness {
  /** A sink that replaces objects. */
  readonly sink: UploadSink;
  /** A sink on the same store that requires new keys; without it the laws about these are passed over. */
  readonly newKeysOnly?: UploadSink;
  /** How many bytes to store: none, few, and more than the sink keeps in memory. */
  readonly sizes: readonly number[];
  /** An object as a reader finds it; `undefined` when there is none. */
  read(key: string): Promise<SinkObject | undefined>;
  /** How many unfinished pieces the store holds under a key. */
  leftovers(key: string): Promise<number>;
}

/** An object as a reader finds it. */
export interface SinkObject {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
}

/** One clause of the contract of {@link UploadSink}. */
export interface SinkLaw {
  /** The rule, as a sentence. */
  readonly name: string;
  /** @throws {PresignOnceError} `LAW_BROKEN`: the implementation was seen to break this law; the message says how */
  check(harness: SinkHarness): Promise<void>;
}

/** Bytes of a chunk, as they come from a socket. */
const CHUNK_BYTES = 65_536;

/**
 * The contract of {@link UploadSink} as data, with no test runner in it: bind it to any.
 *
 * How far ahead a sink reads takes a store that stands still, so that is no law here.
 *
 * @example
 * for (const law of sinkLaws) test(law.name, () => law.check(harness));
 */
export const sinkLaws: readonly SinkLaw[] = [
  {
    name: "a body that ends is stored whole, with its headers and metadata",
    async check({ sink, sizes, read }) {
      for (const size of sizes) {
        const upload = newUpload(size);
        const outcome = await sink.store(upload, bodyOf(size));
        if (outcome.status !== "stored") throw broken(`${size} bytes: ${describe(outcome)}`);
        const object = await read(upload.key);
        if (object === undefined) throw broken(`${size} bytes: there is no object`);
        if (object.etag !== outcome.etag) throw broken(`${size} bytes: another ETag than was told`);
        if ((await digest(object.bytes)) !== (await digest(content(size)))) throw broken(`${size} bytes: other bytes`);
        if (object.contentType !== "text/plain") throw broken(`${size} bytes: another content-type`);
        if (object.metadata["filename"] !== "a%20b.txt") throw broken(`${size} bytes: other metadata`);
      }
    },
  },
  {
    name: "no object exists until the body has ended",
    async check({ sink, sizes, read }) {
      for (const size of sizes) {
        const upload = { ...newUpload(size), declaredBytes: undefined };
        let early: SinkObject | undefined;
        const outcome = await sink.store(
          upload,
          bodyOf(size, async () => void (early = await read(upload.key))),
        );
        if (early !== undefined) throw broken(`${size} bytes: there was an object before the end`);
        if (outcome.status !== "stored") throw broken(`${size} bytes: ${describe(outcome)}`);
      }
    },
  },
  {
    name: "a body that throws leaves nothing, even after its last byte",
    async check({ sink, sizes, read, leftovers }) {
      for (const size of sizes) {
        const upload = newUpload(size);
        const fault = new Error("simulated");
        const outcome = await sink.store(
          upload,
          bodyOf(size, () => Promise.reject(fault)),
        );
        if (outcome.status !== "failed" || outcome.mayBeStored || outcome.leftBehind)
          throw broken(`${size} bytes: ${describe(outcome)}`);
        if (outcome.cause !== fault) throw broken(`${size} bytes: another cause than what the body threw`);
        if ((await read(upload.key)) !== undefined) throw broken(`${size} bytes: there is an object`);
        if ((await leftovers(upload.key)) > 0) throw broken(`${size} bytes: there are parts of an object`);
      }
    },
  },
  {
    name: "if keys must be new, an existing object stays unchanged",
    async check({ sink, newKeysOnly, sizes, read, leftovers }) {
      if (newKeysOnly === undefined) return;
      for (const size of sizes) {
        const first = await newKeysOnly.store(newUpload(1), bodyOf(1));
        if (first.status !== "stored") throw broken(`a new key: ${describe(first)}`);
        const upload = newUpload(size);
        await sink.store(upload, bodyOf(3));
        const before = await read(upload.key);
        const outcome = await newKeysOnly.store(upload, bodyOf(size));
        if (outcome.status !== "occupied" || outcome.leftBehind) throw broken(`${size} bytes: ${describe(outcome)}`);
        if ((await read(upload.key))?.etag !== before?.etag) throw broken(`${size} bytes: the object is another one`);
        if ((await leftovers(upload.key)) > 0) throw broken(`${size} bytes: there are parts of an object`);
      }
    },
  },
];

function newUpload(declaredBytes: number): SinkUpload {
  return {
    key: newKey(),
    headers: [["content-type", "text/plain"]],
    metadata: { filename: "a%20b.txt" },
    declaredBytes,
  };
}

/** A body in chunks of one size; `end` is waited for after the last. */
async function* bodyOf(size: number, end: () => Promise<void> = async () => {}): AsyncGenerator<Uint8Array> {
  const bytes = content(size);
  for (let at = 0; at < size; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
  await end();
}

async function digest(bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))));
}

function describe(outcome: SinkOutcome): string {
  if (outcome.status !== "failed") return outcome.status;
  const { mayBeStored, leftBehind, cause } = outcome;
  return `failed${mayBeStored ? ", may be stored" : ""}${leftBehind ? ", left something behind" : ""}: ${String(cause)}`;
}

function broken(message: string): PresignOnceError {
  return new PresignOnceError("LAW_BROKEN", message);
}
