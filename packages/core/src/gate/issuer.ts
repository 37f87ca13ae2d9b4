import type { HeaderField } from "../ports/header-field.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { SAME_CLIENT } from "./client-secret.ts";

/** What the issuer hands out: all that a client needs for its one upload. */
export interface Grant {
  /** Names the grant: in the log of issuing, and in the object's metadata as {@link GRANT_ID_METADATA}. No secret. */
  readonly id: string;
  readonly url: string;
  readonly method: "PUT";
  /** Headers that the client must set, with these values. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * How many bytes the file must have; absent: any number. Not among the headers: HTTP clients set `Content-Length` from
   * the body, and browsers and Java refuse to set it by hand.
   */
  readonly contentLength?: number;
  /** Object key that the upload will have. */
  readonly key: string;
  /** Whether the client that was first may retry, with its secret; absent: no client may. */
  readonly retries?: typeof SAME_CLIENT;
  /** From then on the URL is refused: the earlier of the URL's end and, where known, the signing credentials'. */
  readonly expiresAt: Date;
}

/** What to issue. */
export interface IssueRequest {
  /** Scheme and host that the client uploads to, without a trailing slash: `https://d111111abcdef8.cloudfront.net`. */
  readonly baseUrl: string;
  /** Life of the URL in seconds, from 1; a presigned URL's up to seven days, less 30 seconds. */
  readonly expiresInSeconds: number;
  /** Headers to bind into the URL. Default: none. */
  readonly headers?: readonly HeaderField[];
  /** Most bytes that the upload may bring; the edge alone can enforce it. Default: what S3 takes in one PUT, 5 GiB. */
  readonly maxBytes?: number;
  /** Least bytes that the upload must bring, and declare; edge and relay alone can enforce it. Default: 0. */
  readonly minBytes?: number | undefined;
  /** Where the object goes, below the issuer's own folders: folders, each followed by `/`. Default: nowhere below. */
  readonly folder?: string | undefined;
  /** What the object's name ends in, after a dot. Default: nothing, as the name is a random id. */
  readonly extension?: string | undefined;
  /** Lets the client that was first retry, until its upload is stored. Default: no client may. */
  readonly retries?: typeof SAME_CLIENT | undefined;
}

/**
 * - `unavailable`: the index did not take the hash for certain, so no URL exists; try again.
 * - `store-refused`: no URL exists, and none will before the operator has changed something.
 */
export type IssueOutcome =
  | { readonly status: "issued"; readonly grant: Grant; readonly hash: SignatureHash }
  | { readonly status: "unavailable" | "store-refused"; readonly cause: unknown };

/** Issues grants. */
export interface Issuer {
  /**
   * Signs a URL for a new object, registers its hash, and only then hands it out.
   *
   * @throws {PresignOnceError} `ARGUMENT_INVALID`: a lifetime or header that cannot be; `PRESIGN_FAILED`: see {@link Presigner}
   */
  issue(request: IssueRequest): Promise<IssueOutcome>;
}

/** Of the headers that are bound into a URL, those that a client has to set, and the length that it must not set. */
export function headersToSend(headers: readonly HeaderField[]): Pick<Grant, "headers" | "contentLength"> {
  const length = headers.find(([name]) => name === "content-length")?.[1];
  const others = Object.fromEntries(headers.filter(([name]) => name !== "content-length"));
  return { headers: others, ...(length === undefined ? {} : { contentLength: Number(length) }) };
}
