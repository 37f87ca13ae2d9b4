import { byteLengthAbove } from "../bytes/bytes.ts";
import { RETRIES_PARAMETER, SAME_CLIENT } from "../gate/client-secret.ts";
import { type HeaderFault, lengthMissing, printable, headerRefused, tooLarge } from "../gate/header-fault.ts";
import { type HeaderTerms, readUploadHeaders } from "../gate/upload-headers.ts";
import { type HeaderField, isPlainValue, onlyValue } from "../ports/header-field.ts";
import { isEdgeHeader, requiresNewKey, signedStorageHeaders } from "../url/edge-headers.ts";
import { STORAGE_HEADERS } from "../url/storage-headers.ts";
import { MAX_BYTES_PARAMETER, MIN_BYTES_PARAMETER, type SignedUrl } from "./signed-url.ts";

/** Most that one PUT may bring, in bytes: 5 GiB. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;
/**
 * Most that the request line and the headers of an upload may take on their way to S3, in bytes of UTF-8: S3's 8 KB, in which
 * the query counts, less 1 KB for what the edge and CloudFront add.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Error.html for `RequestHeaderSectionTooLarge`
 */
export const MAX_HEAD_BYTES = 7_168;
/** What the edge has to know of a URL to read the headers of an upload. */
export interface EdgeTerms extends HeaderTerms {
  /** Most bytes that were granted; `undefined`: as many as one PUT may bring. */
  readonly maxBytes: number | undefined;
}

/** Headers that S3 reads without storing them: passed on where they were sent once and can be read. */
const READ_BY_S3 = ["content-length", "origin", "user-agent"] as const;

/**
 * Reads the headers of an upload at the edge: what is passed on to S3, or why nothing is.
 *
 * Finds whatever S3 would refuse after the claim, so that it is refused before, and the URL stays unused; and whatever would make S3
 * compute another signature than the one in the URL, so that S3 never answers with the canonical request that it saw.
 * Only headers that have an effect that was granted, or that every client may ask for, are passed on.
 *
 * @param headers  every field as received, repeated ones repeated; names in lower case
 * @param terms    of the URL of the request, its tag verified
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function readEdgeHeaders(
  headers: readonly HeaderField[],
  terms: EdgeTerms,
): { readonly passedOn: readonly HeaderField[]; readonly declaredBytes: number } | { readonly fault: HeaderFault } {
  for (const [name, value] of headers) {
    const fault = findEdgeFault(name, value, terms.granted);
    if (fault !== undefined) return { fault: headerRefused(fault) };
  }
  const read = readUploadHeaders(headers, terms);
  if ("fault" in read) return read;
  const { declaredBytes } = read;
  if (declaredBytes === undefined) return { fault: lengthMissing() };
  const fault = findLengthFault(declaredBytes, terms.maxBytes);
  if (fault !== undefined) return { fault };

  const passedOn = [...read.kept];
  for (const name of READ_BY_S3) {
    const value = onlyPrintable(headers, name);
    if (value !== undefined && !terms.granted.has(name)) passedOn.push([name, value]);
  }
  return { passedOn, declaredBytes };
}

/**
 * Whether URL and headers are more than S3 takes.
 *
 * @param url       as S3 gets it
 * @param passedOn  what is passed on of `headers`, and what the settings add
 * @param headers   every field as received
 */
export function findHeadFault(
  { path, query }: { readonly path: string; readonly query: string },
  passedOn: readonly HeaderField[],
  headers: readonly HeaderField[],
): { readonly fault: HeaderFault } | undefined {
  const line = `PUT ${path}?${query} HTTP/1.1\r\n`;
  const sent = [...passedOn, ...headers.filter(([name]) => name === "via")]; // no function can take this one off
  const separators = 4 * sent.length; // a colon, a blank and a line end each
  if (!byteLengthAbove(MAX_HEAD_BYTES - separators, line, ...sent.flat())) return undefined;
  return { fault: headerRefused(`The URL and the headers are longer than ${MAX_HEAD_BYTES} bytes together.`) };
}

/** What a presigned URL grants; a fault where it signs a header that it does not show. */
function termsOf(url: SignedUrl): EdgeTerms | { readonly fault: HeaderFault } {
  const granted = grantedHeaders(url);
  if ("fault" in granted) return granted;
  const maxBytes = url.shown.get(MAX_BYTES_PARAMETER);
  const minBytes = url.shown.get(MIN_BYTES_PARAMETER);
  return {
    granted: granted.values,
    allowsRetries: allowsRetries(url),
    maxBytes: maxBytes === undefined ? undefined : Number(maxBytes),
    minBytes: minBytes === undefined ? undefined : Number(minBytes),
  };
}

/** Reads the headers of an upload with a presigned URL: see {@link readEdgeHeaders}. */
export function readPresignedHeaders(
  headers: readonly HeaderField[],
  url: SignedUrl,
): ReturnType<typeof readEdgeHeaders> {
  const terms = termsOf(url);
  const read = "fault" in terms ? terms : readEdgeHeaders(headers, terms);
  return "fault" in read
    ? read
    : (findHeadFault(url, [...read.passedOn, ...signedStorageHeaders(url)], headers) ?? read);
}

/**
 * Whether the first client of a URL may try again: granted, and with S3 bound to keep one object only, without which
 * no client may.
 */
export function allowsRetries({ shown, signedHeaders }: SignedUrl): boolean {
  return shown.get(RETRIES_PARAMETER) === SAME_CLIENT && requiresNewKey(signedHeaders);
}

/** The headers that a URL signs and its client has to send. */
function grantedHeaders(
  url: SignedUrl,
): { readonly values: ReadonlyMap<string, string> } | { readonly fault: HeaderFault } {
  const values = new Map<string, string>();
  for (const name of url.signedHeaders) {
    const isStorage = STORAGE_HEADERS.has(name);
    if (name === "host" || isEdgeHeader(name)) continue;
    const value = url.shown.get(name);
    if (value === undefined || (isStorage && !isPlainValue(value)))
      return { fault: headerRefused(`The URL signs the header ${printable(name)} without showing its value.`) };
    if (!isStorage) values.set(name, value);
  }
  return { values };
}

/** Headers that contradict a presigned URL, or that CloudFront lets no function remove. */
function findEdgeFault(name: string, value: string, granted: ReadonlyMap<string, string>): string | undefined {
  if (name === "authorization")
    return "An Authorization header cannot go with a presigned URL. Send the upload without it.";
  if (name === "upgrade") return "An upload cannot switch protocols."; // no function can take this header off
  // S3 answers AccessDenied to one that is not signed: https://github.com/aws/aws-sdk-php/issues/1392
  if (name === "content-md5" && !granted.has(name))
    return "The header content-md5 was not granted with this URL: ask for the URL with sha256.";
  if (name === "content-md5" && !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(value))
    return "Content-MD5 is not the base64 of 16 bytes.";
  return undefined;
}

function findLengthFault(bytes: number, maxBytes: number | undefined): HeaderFault | undefined {
  if (bytes > MAX_PUT_BYTES) return tooLarge(`One upload may bring ${MAX_PUT_BYTES} bytes (5 GiB) at most.`);
  if (maxBytes !== undefined && !(bytes <= maxBytes))
    return tooLarge(`This URL was granted for ${maxBytes} bytes at most.`);
  return undefined;
}

function onlyPrintable(headers: readonly HeaderField[], name: string): string | undefined {
  const value = onlyValue(headers, name);
  return value !== undefined && /^[ -~]+$/.test(value) ? value : undefined;
}
