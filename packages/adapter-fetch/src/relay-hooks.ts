import { type AcceptedRelay, boundMetadata, type SignatureHash } from "@presign-once/core";
import { type Outcome, wireError } from "@presign-once/core/http";

import { attempt, invalid, type RelayError } from "./common-options.ts";

/** An upload that is stored. */
export interface StoredUpload {
  readonly requestId: string;
  /** Names the grant: `presign-once-id` of the object's metadata. */
  readonly id: string;
  readonly key: string;
  readonly bytes: number;
  /** As the store tells it; `undefined` where it tells none. */
  readonly etag: string | undefined;
  /**
   * What was bound to the URL, by name: `filename`, percent-encoded, or what the authorizer bound. The same as upload events
   * tell of the object.
   */
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
}

/** An upload that is not stored, for something that its client did. */
export interface RefusedRelay {
  readonly requestId: string;
  /** As in the log: `already-claimed`, `expired`, `too-large`, … */
  readonly reason: string;
  /** Names the index entry of the URL; `undefined` where the URL is not one of ours. */
  readonly hash: SignatureHash | undefined;
  /** Of the grant, where the URL was used up by this upload. */
  readonly id: string | undefined;
}

/** What an operator is told of uploads. */
export interface RelayHooks {
  /**
   * An upload is stored. The client's answer waits for it, and is 200 even if it throws, which `onError` is told: the
   * object is there. It has no time limit: a client gets no answer from one that never settles, though its upload takes no
   * place of `maxConcurrentUploads` by then. Set a limit of your own where it asks anything of a network. Not called where
   * the process ends first: `presign-once-id` of the objects tells of those, too.
   */
  readonly onStored?: ((upload: StoredUpload) => void | Promise<void>) | undefined;
  /**
   * A request was refused, or its upload not stored, for something that the client did: the answer is 4xx. `onError` is told of
   * everything else, with the same fields. Not waited for.
   */
  readonly onRefused?: ((refusal: RefusedRelay) => void) | undefined;
}

/** The hooks, none of which disturbs an upload. */
export interface CheckedHooks {
  stored(upload: StoredUpload): Promise<void>;
  /** Tells `onRefused` of what the client did, and `onError` of everything else. */
  notStored(end: RefusedRelay & { readonly reason: Outcome; readonly cause: unknown }): void;
}

/**
 * Checks the hooks.
 *
 * @param tellError  told of what `onStored` throws, and of faults
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: one that is no function
 */
export function readHooks({ onStored, onRefused }: RelayHooks, tellError: (error: RelayError) => void): CheckedHooks {
  for (const [name, hook] of Object.entries({ onStored, onRefused }))
    if (hook !== undefined && typeof hook !== "function") throw invalid(name, "a function");
  return {
    async stored(upload) {
      try {
        await onStored?.(upload);
      } catch (cause) {
        tellError({ requestId: upload.requestId, cause });
      }
    },
    notStored({ cause, ...refusal }) {
      if (wireError(refusal.reason).status >= 500) tellError({ ...refusal, cause });
      else attempt(() => onRefused?.(refusal));
    },
  };
}

/** What is told of an accepted upload once it is stored. */
export function describeStored(
  { id, upload: { key, headers, metadata } }: AcceptedRelay,
  end: { readonly requestId: string; readonly bytes: number; readonly etag: string | undefined },
): StoredUpload {
  return { ...end, id, key, metadata: boundMetadata(metadata), contentType: new Map(headers).get("content-type") };
}
