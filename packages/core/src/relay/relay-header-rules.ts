import { type HeaderFault, headerRefused, tooLarge } from "../gate/header-fault.ts";
import { readUploadHeaders, STORED_HEADERS } from "../gate/upload-headers.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { UploadSink } from "../ports/upload-sink.ts";
import type { RelayGrant } from "./relay-token.ts";

/** What the headers of an upload say of it, found in order. */
export interface RelayHeaders {
  /** To be stored with the object. */
  readonly stored: readonly HeaderField[];
  /** How many bytes the body is to have; `undefined` when that is not known before its end. */
  readonly declaredBytes: number | undefined;
  /** Most bytes that the body may bring. */
  readonly maxBytes: number;
}

/** Most bytes that a sink takes. */
export type SinkLimits = Pick<UploadSink, "maxDeclaredBytes" | "maxUndeclaredBytes">;

/** The header by which a grant binds the digest of the body. */
export const SHA256_HEADER = "x-amz-checksum-sha256";

/**
 * Reads the headers of an upload at a relay, and finds whatever was not granted or cannot be honoured, so that it is
 * refused before the claim.
 *
 * The rules are those of every upload ({@link readUploadHeaders}), and one more: a relay computes no MD5, so it refuses
 * `Content-MD5`.
 *
 * @param headers  every field as received, names in lower case
 * @param grant    of the URL, its tag verified
 */
export function readRelayHeaders(
  headers: readonly HeaderField[],
  grant: RelayGrant,
  limits: SinkLimits,
): RelayHeaders | { readonly fault: HeaderFault } {
  const granted = new Map(grant.headers);
  for (const [name] of headers)
    if (name === "content-md5")
      return { fault: headerRefused("Content-MD5 is not compared here: ask for the URL with sha256.") };
  const sha256 = granted.get(SHA256_HEADER);
  if (sha256 !== undefined && !/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(sha256))
    return { fault: headerRefused(`${SHA256_HEADER} is not the base64 of 32 bytes.`) };
  const read = readUploadHeaders(headers, { granted, allowsRetries: grant.retries !== undefined });
  if ("fault" in read) return read;

  const { kept, declaredBytes } = read;
  const takes = declaredBytes === undefined ? limits.maxUndeclaredBytes : limits.maxDeclaredBytes;
  const maxBytes = Math.min(takes, grant.maxBytes ?? takes);
  if (declaredBytes !== undefined && !(declaredBytes <= maxBytes))
    return { fault: tooLarge(`This URL takes ${maxBytes} bytes at most.`) };
  return { stored: kept.filter(([name]) => STORED_HEADERS.has(name)), declaredBytes, maxBytes };
}
