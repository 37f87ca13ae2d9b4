import { CLIENT_HEADER } from "../client-secret.ts";
import { declaredLength } from "../declared-length.ts";
import { findClientFault, type HeaderFault, lengthMissing, printable, refused, tooLarge } from "../header-fault.ts";
import type { HeaderField } from "../header-field.ts";
import type { UploadSink } from "../upload-sink.ts";
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

/** Headers by which a grant binds metadata of the object. */
export const METADATA_PREFIX = "x-amz-meta-";
/** The header by which a grant binds the digest of the body. */
export const SHA256_HEADER = "x-amz-checksum-sha256";
/** Headers that S3 stores with an object, and that a client may send without having been granted them. */
const STORED = new Set([
  "content-type",
  "content-encoding",
  "content-disposition",
  "content-language",
  "cache-control",
]);

/**
 * Reads the headers of an upload, and finds whatever was not granted or cannot be heeded, so that it is refused before
 * the claim.
 *
 * Nothing that a client asks for is dropped without a word: conditions, checksums that were not granted, parts of a body,
 * ACLs and the like are refused. The relay asks the store by itself, so what would disturb an S3 signature may be sent.
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
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    if (values.has(name) && name !== "cookie")
      return { fault: refused(`The header ${printable(name)} was sent twice.`) };
    values.set(name, value);
    const fault =
      name === CLIENT_HEADER
        ? findClientFault(value, grant.retries !== undefined)
        : findFieldFault(name, value, granted);
    if (fault !== undefined) return { fault: refused(fault) };
  }
  const length = declaredLength(values);
  if ("fault" in length) return length;
  const declaredBytes = length.bytes;
  if (declaredBytes === undefined && granted.has("content-length")) return { fault: lengthMissing() };
  for (const [name, value] of granted)
    if (values.get(name) !== value)
      return { fault: refused(`The header ${printable(name)} must be sent with exactly the value that was granted.`) };

  const takes = declaredBytes === undefined ? limits.maxUndeclaredBytes : limits.maxDeclaredBytes;
  const maxBytes = Math.min(takes, grant.maxBytes ?? takes);
  if (declaredBytes !== undefined && !(declaredBytes <= maxBytes))
    return { fault: tooLarge(`This URL takes ${maxBytes} bytes at most.`) };
  return { stored: headers.filter(([name]) => STORED.has(name)), declaredBytes, maxBytes };
}

const PRINTABLE = /^[\t -~]*$/;
const SHA256 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

function findFieldFault(name: string, value: string, granted: ReadonlyMap<string, string>): string | undefined {
  if (name.startsWith("x-once-")) return `The header ${printable(name)} is for the relay alone.`;
  // CloudFront adds x-amz-cf-id to what it passes on.
  if (name.startsWith("x-amz-") && !name.startsWith("x-amz-cf-") && !granted.has(name))
    return `The header ${printable(name)} was not granted.`;
  if (name === SHA256_HEADER && !SHA256.test(value)) return `${SHA256_HEADER} is not the base64 of 32 bytes.`;
  if (name.startsWith("if-")) return `The header ${printable(name)} was not granted.`;
  if (name === "content-range") return "An upload must bring the whole body, so it can have no Content-Range.";
  if (name === "content-md5") return "Content-MD5 is not compared here: ask for the URL with sha256.";
  if (name === "content-encoding" && /aws-chunked/i.test(value)) return "An upload to a relay cannot be aws-chunked.";
  if (name === "content-type" && /^\s*multipart\/form-data/i.test(value))
    return "The body of an upload is the file alone, not a form that holds it.";
  if (STORED.has(name) && !PRINTABLE.test(value)) return `The header ${printable(name)} is not printable ASCII.`;
  return undefined;
}
