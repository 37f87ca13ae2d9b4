import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";

/** An upload as it reached the edge; nothing in it is trusted. */
export interface UploadRequest {
  readonly method: string;
  /** Percent-encoded path, without the origin path. */
  readonly path: string;
  /** Query string as received, without `?`. */
  readonly query: string;
  /** Every header field as received, repeated ones repeated. */
  readonly headers: readonly HeaderField[];
}

/**
 * The request as the origin gets it, should its URL not be used up: nothing can fail between winning the claim and passing
 * it on.
 */
export interface OriginRequest {
  /** Percent-encoded, without the origin path. */
  readonly path: string;
  /** With the signature, without anything of the edge's own. */
  readonly query: string;
  /**
   * All that the origin may get, each name once: of the client's headers those that have an effect, granted ones with
   * the granted value; and what is signed and only the edge adds, such as the origin lock.
   */
  readonly headers: readonly HeaderField[];
}

/** An upload that the origin would accept; the index has not been asked. */
export interface CheckedUpload extends OriginRequest {
  readonly status: "checked";
  readonly hash: SignatureHash;
  /** Of the object. */
  readonly key: string;
  readonly declaredBytes: number;
}

/** Reads an upload with one kind of URL, and never asks the index. */
export type CheckUpload = (request: UploadRequest) => Promise<CheckedUpload | RefusedUpload>;
