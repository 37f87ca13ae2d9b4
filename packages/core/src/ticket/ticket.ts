import { SAME_CLIENT } from "../gate/client-secret.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { decodePayload, encodePayload } from "./token.ts";

/** What every ticket says. */
export interface TicketHead {
  /** Names the grant; no two have the same. */
  readonly id: string;
  /** When it was made, by the issuer's clock; whole seconds. */
  readonly issuedAt: Date;
  /** How long it is good for, in whole seconds. */
  readonly lifeSeconds: number;
  readonly method: "PUT" | "GET";
  /** Of the object. */
  readonly key: string;
}

/** What a URL without an S3 signature was granted for: one upload. */
export interface Ticket extends TicketHead {
  readonly method: "PUT";
  /** Most bytes that the upload may bring; `undefined`: as many as there may be. */
  readonly maxBytes?: number | undefined;
  /** Least bytes that it must bring, and declare; `undefined`: none are fine. */
  readonly minBytes?: number | undefined;
  /** Headers that the upload must carry with exactly these values; default none. */
  readonly headers?: readonly HeaderField[];
  /** Whether the client that was first may try again; `undefined`: it may not. */
  readonly retries?: typeof SAME_CLIENT | undefined;
}

/** First in each payload. */
const KIND = "t";
/** Latest time and longest life of which the end is a date, in seconds. */
const MAX_SECONDS = 4_000_000_000;

/** From then on the ticket is refused. */
export function ticketEnd({ issuedAt, lifeSeconds }: Pick<TicketHead, "issuedAt" | "lifeSeconds">): Date {
  return new Date(issuedAt.getTime() + lifeSeconds * 1000);
}

/** Serializes a ticket for an upload: what every ticket says, most bytes, headers, retries, least bytes. */
export function encodeTicket(ticket: Ticket): string {
  const { maxBytes = null, headers = [], retries = null, minBytes = 0 } = ticket;
  const least = minBytes === 0 ? null : minBytes;
  return encodeFields(ticket, [maxBytes, headers.length > 0 ? headers : null, retries, least]);
}

/**
 * Serializes a ticket: kind, id, time, life, method, key, and what else is granted; what is not granted at the end is left out.
 * A key that ends in the id stands there as the folders before it, since a URL that is sent by mail has to be short.
 *
 * @param granted  `null`: not granted
 */
export function encodeFields(
  { id, issuedAt, lifeSeconds, method, key }: TicketHead,
  granted: readonly unknown[],
): string {
  const folders = key.endsWith(id) ? key.slice(0, -id.length) : undefined;
  const place = folders === "" || folders?.endsWith("/") === true ? folders : key;
  const count = granted.findLastIndex((value) => value !== null) + 1;
  const head = [KIND, id, issuedAt.getTime() / 1000, lifeSeconds, method, place];
  return encodePayload([...head, ...granted.slice(0, count)]);
}

/**
 * Reads a payload. Says nothing about whether the ticket may be used: see `findTicketFault`.
 *
 * @returns `undefined` for one that is no ticket for an upload, of this version
 */
export function decodeTicket(payload: string): Ticket | undefined {
  const { head, granted = [] } = decodeHead(payload) ?? {};
  const [maxBytes = null, headers = null, retries = null, minBytes = null, ...others] = granted;
  if (
    head?.method !== "PUT" ||
    !(maxBytes === null || isNatural(maxBytes)) ||
    !(minBytes === null || isNatural(minBytes)) ||
    !(headers === null || (Array.isArray(headers) && headers.every(isHeaderField))) ||
    !(retries === null || retries === SAME_CLIENT) ||
    others.length > 0
  )
    return undefined;
  return {
    ...{ ...head, method: "PUT", headers: headers ?? [] },
    ...(maxBytes === null ? {} : { maxBytes }),
    ...(minBytes === null ? {} : { minBytes }),
    ...(retries === null ? {} : { retries }),
  };
}

/** Reads what every ticket says, and leaves the rest as it is; `undefined` for a payload of another kind. */
export function decodeHead(
  payload: string,
): { readonly head: TicketHead; readonly granted: readonly unknown[] } | undefined {
  const [kind, id, issuedAt, lifeSeconds, method, place, ...granted] = decodePayload(payload) ?? [];
  if (
    kind !== KIND ||
    !isVisible(id) ||
    !isSeconds(issuedAt) ||
    !isSeconds(lifeSeconds) ||
    !(method === "PUT" || method === "GET") ||
    !(place === "" || isVisible(place))
  )
    return undefined;
  const key = place === "" || place.endsWith("/") ? place + id : place;
  return { head: { id, issuedAt: new Date(issuedAt * 1000), lifeSeconds, method, key }, granted };
}

/** Printable ASCII without blanks: nothing that a terminal would interpret. */
function isVisible(value: unknown): value is string {
  return typeof value === "string" && /^[!-~]+$/.test(value);
}

function isNatural(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isSeconds(value: unknown): value is number {
  return isNatural(value) && value <= MAX_SECONDS;
}

function isHeaderField(field: unknown): field is HeaderField {
  return Array.isArray(field) && field.length === 2 && field.every((part) => typeof part === "string");
}
