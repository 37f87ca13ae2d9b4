/**
 * Where a relay reads files from.
 *
 * An implementation must hold the laws that `@presign-once/core/testing` exports:
 * - a file is read whole, and its length and ETag are told as they are;
 * - a part is the one that was asked for, or the whole file is sent: of `ifRange`, the part of no other file;
 * - a part beyond the end, a key without an object and a store that fails are told apart;
 * - a key is taken as it is, whatever characters it has;
 * - a file that is closed ends its request to the store, whether or not anything was read; so does a `signal` before that;
 * - nothing is read ahead of the reader but what the connection itself buffers;
 * - `chunks` throws for a file that breaks off.
 */
export interface DownloadSource {
  /** Begins to read a file. Never throws for anything that the store may do. */
  open(request: {
    /** Of the object. */
    readonly key: string;
    /** One part, as in HTTP: `bytes=5-`, `bytes=5-9` or `bytes=-5`; `undefined`: the whole file. */
    readonly range?: string | undefined;
    /** As in HTTP: a strong ETag, or a date. */
    readonly ifRange?: string | undefined;
    /** Fires when the reader has gone before there is an outcome, which is then `failed`; afterwards the file is closed. */
    readonly signal?: ReaderSignal | undefined;
  }): Promise<SourceOutcome>;
}

/** An `AbortSignal`, as far as it is needed here. */
export interface ReaderSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** A file that can be read. What else is stored with it is not told: the ticket says what the client gets. */
export interface SourceFile {
  readonly status: "found";
  /** To be read once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Of `chunks`, if the store tells. */
  readonly bytes: number | undefined;
  /** As in HTTP, with its quotes, if the store tells. */
  readonly etag: string | undefined;
  /** As in HTTP; `undefined`: it is the whole file. */
  readonly contentRange: string | undefined;
  /** Frees the connection. May be called at any time, and more than once. */
  close(): void;
}

/**
 * - `missing`: there is no such object, as the store says.
 * - `no-such-part`: the object does not reach as far as the part that was asked for.
 * - `failed`: everything else.
 */
export type SourceOutcome =
  | SourceFile
  | { readonly status: "missing" | "no-such-part" }
  | { readonly status: "failed"; readonly cause: unknown };
