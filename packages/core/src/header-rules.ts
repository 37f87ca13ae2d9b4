import { byteLengthAbove } from "./bytes.ts";
import { CLIENT_HEADER, RETRIES_PARAMETER, SAME_CLIENT } from "./client-secret.ts";
import { declaredLength } from "./declared-length.ts";
import { LOCK_HEADER } from "./edge-keys.ts";
import { GRANT_ID_HEADER } from "./grant-id.ts";
import { findClientFault, type HeaderFault, lengthMissing, printable, refused, tooLarge } from "./header-fault.ts";
import type { HeaderField } from "./header-field.ts";
import { MAX_BYTES_PARAMETER, type SignedUrl } from "./signed-url.ts";

/** Most that one PUT may bring, in bytes: 5 GiB. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;
/**
 * Most that the headers of an upload may take, in bytes of UTF-8: S3's 8 KB for the header of a PUT, less 1 KB for what the
 * edge and CloudFront add.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export const MAX_HEADER_BYTES = 7_168;
/** Headers that the edge adds to an accepted request by itself, and that a client must not send. */
const EDGE_HEADERS: ReadonlySet<string> = new Set([LOCK_HEADER, GRANT_ID_HEADER, "if-none-match"]);

/**
 * Finds in the headers of an upload whatever S3 would refuse after the claim, so that it is refused before, unburned;
 * and whatever would make S3 compute another signature than the one in the URL, so that S3 never answers with the
 * canonical request that it saw.
 *
 * @param headers  every field as received, repeated ones repeated
 * @param url      the URL of the request, its tag verified
 * @returns        the first fault found, or `undefined`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function findHeaderFault(headers: readonly HeaderField[], url: SignedUrl): HeaderFault | undefined {
  const signed = new Set(url.signedHeaders);
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    // HTTP/2 clients may split Cookie into several fields (RFC 9113, 8.2.3), and S3 does not read it unless it is signed.
    if (values.has(name) && (name !== "cookie" || signed.has(name)))
      return refused(`The header ${printable(name)} was sent twice.`);
    values.set(name, value);
    const fault =
      name === CLIENT_HEADER ? findClientFault(value, allowsRetries(url)) : findFieldFault(name, value, signed);
    if (fault !== undefined) return refused(fault);
  }
  const separators = 4 * headers.length; // a colon, a blank and a line end each
  if (byteLengthAbove(MAX_HEADER_BYTES - separators, ...headers.flat()))
    return refused(`The headers are longer than ${MAX_HEADER_BYTES} bytes.`);
  return findLengthFault(values, url) ?? findSignedHeaderFault(values, url);
}

/**
 * Whether the first client of a URL may try again: granted, and with S3 bound to keep one object only, without which
 * nobody may.
 */
export function allowsRetries({ shown, signedHeaders }: SignedUrl): boolean {
  return shown.get(RETRIES_PARAMETER) === SAME_CLIENT && signedHeaders.includes("if-none-match");
}

/**
 * Names that every server reads as the same header. Ceph RGW takes `_` for `-`, so that to it `x_amz_acl` and
 * `x_amz_copy_source` are the headers of S3 that these rules refuse; measured: with the latter it stored a copy of
 * another object that the signer may read.
 */
const PLAIN_NAME = /^[a-z0-9-]+$/;
/** Headers whose value S3 reads or stores, so that it must be printable. */
const STORED = /^(?:content-.*|cache-control|expires)$/;
const PRINTABLE = /^[\t -~]*$/;
const CONTROL_CHARACTER = /[\0-\x08\x0a-\x1f\x7f]/;

function findFieldFault(name: string, value: string, signed: ReadonlySet<string>): string | undefined {
  if (!PLAIN_NAME.test(name))
    return `The header ${printable(name)} has other characters in its name than letters, digits and -.`;
  if (name === "upgrade") return "An upload cannot switch protocols.";
  if (name === "authorization")
    return "An Authorization header cannot go with a presigned URL. Send the upload without it.";
  if (name.startsWith("x-once-") || name === GRANT_ID_HEADER)
    return `The header ${printable(name)} is for the edge alone.`;
  if (name.startsWith("x-amz-") && !signed.has(name))
    return `The header ${printable(name)} is not signed into the URL.`;
  if (name.startsWith("if-")) return `The header ${printable(name)} is not signed into the URL.`;
  if (name === "content-md5" && !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(value))
    return "Content-MD5 is not the base64 of 16 bytes.";
  if (name === "content-encoding" && /aws-chunked/i.test(value)) return "A presigned upload cannot be aws-chunked.";
  if (STORED.test(name) && !PRINTABLE.test(value)) return `The header ${printable(name)} is not printable ASCII.`;
  if (CONTROL_CHARACTER.test(value)) return `The header ${printable(name)} has a control character in its value.`;
  return undefined;
}

function findLengthFault(values: ReadonlyMap<string, string>, url: SignedUrl): HeaderFault | undefined {
  const length = declaredLength(values);
  if ("fault" in length) return length.fault;
  const { bytes } = length;
  if (bytes === undefined) return lengthMissing();
  if (bytes > MAX_PUT_BYTES) return tooLarge(`One upload may bring ${MAX_PUT_BYTES} bytes (5 GiB) at most.`);
  const granted = url.shown.get(MAX_BYTES_PARAMETER);
  if (granted !== undefined && !(bytes <= Number(granted)))
    return tooLarge(`This URL was granted for ${Number(granted)} bytes at most.`);
  return undefined;
}

function findSignedHeaderFault(values: ReadonlyMap<string, string>, url: SignedUrl): HeaderFault | undefined {
  for (const name of url.signedHeaders) {
    if (name === "host" || EDGE_HEADERS.has(name)) continue;
    const granted = url.shown.get(name);
    if (granted === undefined) return refused(`The URL signs the header ${printable(name)} without showing its value.`);
    if (values.get(name) !== granted)
      return refused(`The header ${printable(name)} must be sent with exactly the value that was granted.`);
  }
  return undefined;
}
