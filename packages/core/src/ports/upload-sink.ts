import type { HeaderField } from "./header-field.ts";
import type { OneObjectOutcome } from "./one-object.ts";

/**
 * Where a relay streams uploads to.
 *
 * An implementation must hold the laws that `@presign-once/core/testing` exports:
 * - a body that ends is stored whole, under the key, with its headers and metadata;
 * - no object exists until the body has ended;
 * - a body that throws leaves no object and no part of one, even after its last byte;
 * - if the sink requires new keys, an existing object stays unchanged.
 *
 * Beyond what the laws can try, it must
 * - read a body no further ahead than the memory that was set aside for it, however slow the store is;
 * - close a body that it does not read to its end;
 * - treat a body that turns out longer than the limit like one that throws, with the cause `UPLOAD_TOO_LARGE`;
 * - report the outcome of an upload that lost its last answer: as read back, or `mayBeStored`;
 * - say so when it could not tidy up.
 *
 * Where the sink does not require new keys, a key has one upload at a time, and what is found under the key of one that
 * failed is its own. Where it does, uploads of one key, with the same metadata, may overlap (retries by the same client):
 * `stored` is said of an own object only, and nothing of another upload is touched.
 */
export interface UploadSink {
  /** Maximum bytes of a body with a declared length. */
  readonly maxDeclaredBytes: number;
  /** Maximum bytes of a body of unknown length. */
  readonly maxUndeclaredBytes: number;
  /** Whether it requires new keys: an existing object stays unchanged, if the store applies the condition. */
  readonly requiresNew: boolean;
  /**
   * Tries on the store itself whether this holds: of several uploads of one key that overlap, in every way in which this
   * sink makes objects, it must keep one. `broken` where the sink does not require new keys.
   *
   * Takes a second or more, and leaves nothing behind that it may remove. Never throws.
   */
  proveOneObject(): Promise<OneObjectOutcome>;
  /**
   * Stores the bytes of a body as they come.
   *
   * To stop it, let the body throw; it notices this within one read. When the promise settles nothing goes on: no request
   * is in progress, and the body is not read any more.
   *
   * Never throws for anything that the body or the store may do.
   */
  store(upload: SinkUpload, body: AsyncIterable<Uint8Array>): Promise<SinkOutcome>;
}

/** What is to be stored in addition to the bytes. */
export interface SinkUpload {
  /** Of the object. */
  readonly key: string;
  /** To be stored with the object: `content-type` and other headers that describe the body. */
  readonly headers: readonly HeaderField[];
  /** To be stored with the object: printable ASCII, names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  /** How many bytes the body has; `undefined` when that is not known. */
  readonly declaredBytes: number | undefined;
}

/**
 * - `stored`: the object is there, whole. `etag` as in HTTP, with its quotes, if the store reports it.
 * - `occupied`: the sink requires new keys, and there was an object; it is as it was.
 * - `failed`: the body threw, or the store failed. `mayBeStored`: it is unknown whether the object is there; otherwise it
 *   is not. `leftBehind`: parts of it may still take room in the store.
 */
export type SinkOutcome =
  | { readonly status: "stored"; readonly etag: string | undefined }
  | { readonly status: "occupied"; readonly leftBehind: boolean }
  | { readonly status: "failed"; readonly mayBeStored: boolean; readonly leftBehind: boolean; readonly cause: unknown };
