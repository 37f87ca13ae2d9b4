import { type HeaderFault, headerRefused, tooLarge } from "../gate/header-fault.ts";
import { readUploadHeaders, STORED_HEADERS } from "../gate/upload-headers.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { UploadSink } from "../ports/upload-sink.ts";
import type { Ticket } from "../ticket/ticket.ts";

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

/**
 * Reads the headers of an upload at a relay, and finds whatever was not granted or cannot be honoured, so that it is
 * refused before the claim.
 *
 * The rules are those of every upload ({@link readUploadHeaders}), and one more: a relay computes no MD5, so it refuses
 * `Content-MD5`.
 *
 * @param headers  every field as received, names in lower case
 * @param ticket   its tag verified
 */
export function readRelayHeaders(
  headers: readonly HeaderField[],
  ticket: Pick<Ticket, "headers" | "maxBytes" | "minBytes" | "retries">,
  limits: SinkLimits,
): RelayHeaders | { readonly fault: HeaderFault } {
  const granted = new Map(ticket.headers);
  for (const [name] of headers)
    if (name === "content-md5")
      return { fault: headerRefused("Content-MD5 is not compared here: ask for the URL with sha256.") };
  const terms = { granted, allowsRetries: ticket.retries !== undefined, minBytes: ticket.minBytes };
  const read = readUploadHeaders(headers, terms);
  if ("fault" in read) return read;

  const { kept, declaredBytes } = read;
  const takes = declaredBytes === undefined ? limits.maxUndeclaredBytes : limits.maxDeclaredBytes;
  const maxBytes = Math.min(takes, ticket.maxBytes ?? takes);
  if (declaredBytes !== undefined && !(declaredBytes <= maxBytes))
    return { fault: tooLarge(`This URL takes ${maxBytes} bytes at most.`) };
  return { stored: kept.filter(([name]) => STORED_HEADERS.has(name)), declaredBytes, maxBytes };
}
