import { utf8 } from "../bytes/bytes.ts";
import { isMetadataName, STORED_HEADERS } from "../gate/upload-headers.ts";
import { type HeaderField, isPlainValue } from "../ports/header-field.ts";
import { grantIdOf, MAX_GRANT_ID_LENGTH } from "../url/grant-id.ts";
import { isObjectKey, KEY_CHARACTERS } from "../url/object-key.ts";
import { isAhead } from "../url/url-life.ts";
import { type TicketHead, ticketEnd } from "./ticket.ts";

/** What a place where tickets are used lets any ticket be good for, whoever made it. */
export interface TicketTerms {
  /** Folders that objects go to, each followed by `/`; empty: no folder. */
  readonly keyPrefix: string;
  /** Longest life of a ticket, in seconds: no index may forget a hash sooner. */
  readonly maxLifeSeconds: number;
}

/** The header by which a grant binds the digest of the body. */
export const SHA256_HEADER = "x-amz-checksum-sha256";

/** Longest key of an object, in bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024;

/**
 * Finds what keeps a ticket from being used, although its tag was verified: whoever holds an edge key can write any payload,
 * and must not reach more with it than the issuer would grant.
 *
 * `not-issued`: no issuer makes such a ticket: its key lies elsewhere or does not end in the id, its headers would do something
 * else than describe the object, or it lives too long. S3 would refuse some of them, but after the claim. With an index that
 * records nothing at issue, a ticket that outlives its entry could be used again.
 */
export function findTicketFault(
  ticket: TicketHead & { readonly headers?: readonly HeaderField[] },
  { keyPrefix, maxLifeSeconds }: TicketTerms,
  now: Date,
): "not-issued" | "not-yet-valid" | "expired" | undefined {
  const { id, method, key, headers = [], lifeSeconds, issuedAt } = ticket;
  const isNamed = method === "GET" || (id === grantIdOf(key) && id.length <= MAX_GRANT_ID_LENGTH);
  const isEachOnce = new Map(headers).size === headers.length;
  const isBound = headers.every(isTicketHeader) && isEachOnce;
  if (!isBelow(keyPrefix, key, NAMES[method]) || !isNamed || !isBound) return "not-issued";
  if (lifeSeconds > maxLifeSeconds) return "not-issued";
  if (isAhead(issuedAt, now)) return "not-yet-valid";
  return now < ticketEnd(ticket) ? undefined : "expired";
}

/**
 * Whether a ticket may bind a header: those that describe the object, its metadata, and what the body has to be; with a value
 * that S3 signs as it is.
 */
export function isTicketHeader([name, value]: HeaderField): boolean {
  if (!isPlainValue(value)) return false;
  if (name === SHA256_HEADER) return /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(value); // 32 bytes
  return STORED_HEADERS.has(name) || name === "content-length" || isMetadataName(name);
}

/** Characters of keys: new objects get names that need no escape; those that are there may have any that can be printed. */
const NAMES: Readonly<Record<TicketHead["method"], RegExp>> = {
  PUT: /^[A-Za-z0-9._~/-]+$/,
  GET: KEY_CHARACTERS,
};

/**
 * Whether a key lies in these folders, or in folders in them, and is a path that no server reads as another one.
 *
 * @param names  characters that it may have below the folders
 */
export function isBelow(prefix: string, key: string, names: RegExp = NAMES.GET): boolean {
  const rest = key.slice(prefix.length);
  const isInIndex = prefix === "" && rest.includes("/"); // the folder of the index is below no folder, too
  return (
    key.startsWith(prefix) && !isInIndex && names.test(rest) && isObjectKey(rest) && utf8(key).length <= MAX_KEY_BYTES
  );
}
