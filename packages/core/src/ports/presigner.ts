import type { HeaderField } from "./header-field.ts";

/** A query parameter, percent-decoded. */
export type QueryParameter = readonly [name: string, value: string];

/**
 * Signs a request to the store with SigV4 in the query string.
 *
 * An implementation must
 * - sign exactly the headers asked for, plus `host`, and no others;
 * - sign the extra query parameters, and use the signing date given;
 * - leave the body unsigned (`UNSIGNED-PAYLOAD`), with no checksum of an empty body in the URL;
 * - return path and query as the edge will receive them: without the origin path that the edge puts in front.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export interface Presigner {
  /** @throws {PresignOnceError} `PRESIGN_FAILED`: no credentials, or the signer refused */
  presign(request: PresignRequest): Promise<PresignedRequest>;
}

/** What to sign. */
export interface PresignRequest {
  readonly method: "PUT" | "GET";
  /** Object key; of a PUT unreserved URL characters and `/` only, so that the path is the key with a slash before it. */
  readonly key: string;
  /** Becomes `X-Amz-Date`, whole seconds. */
  readonly signingDate: Date;
  /** Becomes `X-Amz-Expires`, seconds, 1 to 604,800. */
  readonly expiresInSeconds: number;
  /** Headers that the request must carry with exactly these values. */
  readonly headers: readonly HeaderField[];
  /** Further query parameters, signed as well. */
  readonly query: readonly QueryParameter[];
}

/** What came of it. */
export interface PresignedRequest {
  /** Percent-encoded path, `/` first. */
  readonly path: string;
  /** Query string, without `?`. */
  readonly query: string;
  /** When the signing credentials end, where that is known; the URL dies with them. */
  readonly credentialsExpireAt?: Date;
}
