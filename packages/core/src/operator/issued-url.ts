import { allowsRetries as urlAllowsRetries } from "../edge/header-rules.ts";
import { type MalformedUrl, readSignedUrl } from "../edge/signed-url.ts";
import { decodeDownloadTicket } from "../ticket/download-ticket.ts";
import { decodeTicket, ticketEnd } from "../ticket/ticket.ts";
import { MAX_TOKEN_LENGTH, splitToken, type Token, tokenText } from "../ticket/token.ts";
import { isTag, LOCK_HEADER } from "../url/edge-keys.ts";
import { promisedEnd } from "../url/url-life.ts";

/** A URL as an operator holds it, taken apart. Nothing in it is trusted before its tag was verified. */
export interface IssuedUrl {
  /** Signed for S3 when it was issued, or when it is used. */
  readonly kind: "presigned" | "ticket";
  /** What tag and hash are made of. */
  readonly canonical: string;
  /** Empty when there is none. */
  readonly tag: string;
  /** Whether it is of a form that an issuer makes: only such URLs pass the gate. */
  readonly isLocked: boolean;
  /** Of the object. */
  readonly key: string;
  readonly issuedAt: Date;
  /** The end that the grant promised. */
  readonly expiresAt: Date;
  /** Whether the grant lets the client that is first retry. */
  readonly allowsRetries: boolean;
}

/** Everything up to the path, path and query, as they stand: a parsed `URL` would have changed them. */
const WHOLE_URL = /^https?:\/\/[^/?#\s]+(\/[^?#\s]*)(?:\?([^#\s]*))?$/;

/**
 * Reads a URL as edge or relay would read it in an upload: the one place that knows which forms of URLs are issued.
 *
 * The host is not looked at, since an edge may have several; nor where a relay is mounted, which its tag does not cover.
 *
 * @param url  whole, with scheme, host, path and query; a relay's has no query
 */
export function readIssuedUrl(url: string): IssuedUrl | MalformedUrl {
  const [, path, query] = WHOLE_URL.exec(url) ?? [];
  if (path === undefined) return NOT_WHOLE;
  if (query !== undefined) return readEdgeUrl(path, query);
  return readTicketUrl(path.slice(path.lastIndexOf("/") + 1));
}

const NOT_WHOLE: MalformedUrl = {
  malformed:
    "Expected a whole URL: http:// or https://, host, path and query, or a ticket's token, and nothing after it.",
};

function readEdgeUrl(path: string, query: string): IssuedUrl | MalformedUrl {
  const signed = readSignedUrl("PUT", path, query);
  if ("malformed" in signed) return signed;
  const { canonical, tag, key, signedAt, signedHeaders } = signed;
  return {
    kind: "presigned",
    canonical,
    tag,
    isLocked: signedHeaders.includes(LOCK_HEADER),
    key,
    issuedAt: signedAt,
    expiresAt: promisedEnd(signed),
    allowsRetries: urlAllowsRetries(signed),
  };
}

/** A token with a valid ticket and a malformed tag is reported by its tag, like an edge's URL. */
function readTicketUrl(text: string): IssuedUrl | MalformedUrl {
  const token = splitToken("ticket", text) ?? splitUntagged(text);
  if (token === undefined) return NOT_WHOLE;
  const { payload, canonical, tag } = token;
  const ticket = decodeTicket(payload) ?? decodeDownloadTicket(payload);
  if (ticket === undefined)
    return isTag(tag) ? { malformed: "The token holds no ticket, or one of another version." } : NOT_WHOLE;
  const { key, issuedAt } = ticket;
  const allowsRetries = ticket.method === "GET" ? ticket.retries === undefined : ticket.retries !== undefined;
  const told = { key, issuedAt, expiresAt: ticketEnd(ticket), allowsRetries };
  return { kind: "ticket", canonical, tag, isLocked: true, ...told };
}

/** A token that is truncated in or before its tag, or has more after it. */
function splitUntagged(text: string): Token | undefined {
  const [, payload, tag = ""] =
    text.length <= MAX_TOKEN_LENGTH ? (/^([A-Za-z0-9_-]+)(?:\.(.*))?$/.exec(text) ?? []) : [];
  return payload === undefined ? undefined : { payload, tag, canonical: tokenText("ticket", payload) };
}
