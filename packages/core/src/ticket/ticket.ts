import { SAME_CLIENT } from "../gate/client-secret.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { decodePayload, encodePayload } from "./token.ts";

/** What a URL without an S3 signature was granted for. */
export interface Ticket {
  /** Names the grant; no two have the same. */
  readonly id: string;
  /** When it was made, by the issuer's clock; whole seconds. */
  readonly issuedAt: Date;
  /** How long it is good for, in whole seconds. */
  readonly lifeSeconds: number;
  readonly method: "PUT";
  /** Of the object. */
  readonly key: string;
  /** Most bytes that the upload may bring; `undefined`: as many as there may be. */
  readonly maxBytes?: number | undefined;
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
export function ticketEnd({ issuedAt, lifeSeconds }: Pick<Ticket, "issuedAt" | "lifeSeconds">): Date {
  return new Date(issuedAt.getTime() + lifeSeconds * 1000);
}

/**
 * Serializes a ticket: kind, id, time, life, method, key, most bytes, headers, retries; what is not granted at the end is left
 * out. A key that ends in the id stands there as the folders before it, since a URL that is sent by mail has to be short.
 */
export function encodeTicket(ticket: Ticket): string {
  const { id, issuedAt, lifeSeconds, method, key, maxBytes, headers = [], retries } = ticket;
  const folders = key.endsWith(id) ? key.slice(0, -id.length) : undefined;
  const place = folders === "" || folders?.endsWith("/") === true ? folders : key;
  const fields: unknown[] = [KIND, id, issuedAt.getTime() / 1000, lifeSeconds, method, place];
  const granted = [maxBytes ?? null, headers, retries ?? null];
  const isGranted = [maxBytes !== undefined, headers.length > 0, retries !== undefined];
  return encodePayload([...fields, ...granted.slice(0, isGranted.lastIndexOf(true) + 1)]);
}

/**
 * Reads a payload. Says nothing about whether the ticket may be used: see `findTicketFault`.
 *
 * @returns `undefined` for one that is no ticket of this version
 */
export function decodeTicket(payload: string): Ticket | undefined {
  const [kind, id, issuedAt, lifeSeconds, method, place, maxBytes, headers = [], retries, ...others] =
    decodePayload(payload) ?? [];
  if (
    kind !== KIND ||
    !isVisible(id) ||
    !isSeconds(issuedAt) ||
    !isSeconds(lifeSeconds) ||
    method !== "PUT" ||
    !(place === "" || isVisible(place)) ||
    !(maxBytes === undefined || maxBytes === null || isNatural(maxBytes)) ||
    !(Array.isArray(headers) && headers.every(isHeaderField)) ||
    !(retries === undefined || retries === null || retries === SAME_CLIENT) ||
    others.length > 0
  )
    return undefined;
  return {
    ...{ id, issuedAt: new Date(issuedAt * 1000), lifeSeconds, method, headers },
    key: place === "" || place.endsWith("/") ? place + id : place,
    ...(maxBytes === null ? {} : { maxBytes }),
    ...(retries === null ? {} : { retries }),
  };
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
