import { checkKeyPrefix } from "../gate/check-issue-request.ts";
import { registerHash } from "../gate/register-grant.ts";
import { type Surroundings, withDefaults } from "../ports/defaults.ts";
import type { Digests } from "../ports/digests.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { hashCanonicalRequest, type SignatureHash } from "../ports/signature-hash.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import { baseUrl as baseUrlForm, mountPath } from "../url/forms.ts";
import { MAX_TTL_SECONDS } from "../url/url-life.ts";
import { DOWNLOAD_PATH } from "./download-gate.ts";
import {
  DOWNLOAD_TYPES,
  type DownloadTicket,
  encodeDownloadTicket,
  FILE_NAME_WORDS,
  isFileName,
} from "./download-ticket.ts";
import { isBelow } from "./ticket-fault.ts";
import { ticketEnd } from "./ticket.ts";
import { MAX_TOKEN_LENGTH, tokenText } from "./token.ts";

/** What is handed out for one download. */
export interface DownloadGrant {
  /** Names the grant, in the log of issuing. No secret. */
  readonly id: string;
  readonly url: string;
  readonly method: "GET";
  /** Of the object. */
  readonly key: string;
  /** What the file will be called. */
  readonly fileName: string;
  /** From then on the link is refused. */
  readonly expiresAt: Date;
}

/** What to issue. */
export interface DownloadRequest {
  /** Scheme and host of the edge or the relay, without a trailing slash. */
  readonly baseUrl: string;
  /** Life of the link in seconds, from 1. */
  readonly expiresInSeconds: number;
  /** Of the object, which need not be there yet. */
  readonly key: string;
  /** What the file is called; default: the last segment of the key. */
  readonly fileName?: string | undefined;
  /** One of `DOWNLOAD_TYPES`; default `application/octet-stream`. */
  readonly contentType?: string | undefined;
  /** `never`: a plain GET downloads, so a preview uses the link up. Default: a page asks first. */
  readonly confirm?: "never" | undefined;
  /** `none`: exactly one request. Default: the client that is first may come again for parts of the file. */
  readonly retries?: "none" | undefined;
}

/** See `IssueOutcome`. */
export type DownloadIssueOutcome =
  | { readonly status: "issued"; readonly grant: DownloadGrant; readonly hash: SignatureHash }
  | { readonly status: "unavailable" | "store-refused"; readonly cause: unknown };

/** Issues links for one download each. */
export interface DownloadIssuer {
  /** @throws {PresignOnceError} `ARGUMENT_INVALID`: names the field and the form expected */
  issue(request: DownloadRequest): Promise<DownloadIssueOutcome>;
}

/**
 * Creates an issuer of links `<baseUrl><path><token>`, each good for one download through an edge or a relay with the same keys
 * and index.
 *
 * @param given.index           that tickets are registered in; leave it out where it records nothing at issue
 * @param given.digests         default: Web Crypto's
 * @param given.keyPrefix       of the keys of objects; default `uploads/`
 * @param given.path            where links are used, with a `/` at both ends; default `/d/`
 * @param given.maxLifeSeconds  longest life of a ticket where it is used; default seven days, less 30 seconds
 * @throws {PresignOnceError} `CONFIG_INVALID`: a key prefix or path of another form
 */
export function createDownloadIssuer(
  given: Surroundings & {
    readonly index?: SignatureIndex;
    readonly keys: EdgeKeys;
    readonly digests?: Digests;
    readonly keyPrefix?: string;
    readonly path?: string;
    readonly maxLifeSeconds?: number;
  },
): DownloadIssuer {
  const deps = withDefaults(given);
  const { keyPrefix = "uploads/", path = DOWNLOAD_PATH, maxLifeSeconds = MAX_TTL_SECONDS } = deps;
  checkKeyPrefix(keyPrefix);
  if (!mountPath.is(path)) throw new PresignOnceError("CONFIG_INVALID", `path: expected ${mountPath.words}`);
  return {
    async issue({ baseUrl, expiresInSeconds, key, fileName, contentType = DOWNLOAD_TYPES[0], confirm, retries }) {
      const name = fileName ?? key.slice(key.lastIndexOf("/") + 1);
      check(baseUrlForm.is(baseUrl), `baseUrl: expected ${baseUrlForm.words}`);
      const isLife = Number.isInteger(expiresInSeconds) && expiresInSeconds >= 1 && expiresInSeconds <= maxLifeSeconds;
      check(isLife, `expiresInSeconds: expected a whole number from 1 to ${maxLifeSeconds}`);
      check(isBelow(keyPrefix, key), `key: expected one below ${keyPrefix}, without empty segments, . and ..`);
      check(deps.keys.allows({ method: "GET", key }), "key: expected one that the edge key which signs allows");
      check(isFileName(name), `fileName: expected a name ${FILE_NAME_WORDS}`);
      const isType = DOWNLOAD_TYPES.some((type) => type === contentType);
      check(isType, `contentType: expected one of ${DOWNLOAD_TYPES.join(", ")}`);

      const issuedAt = new Date(Math.floor(deps.clock.now().getTime() / 1000) * 1000);
      const head = { id: deps.ids.objectId(), issuedAt, lifeSeconds: expiresInSeconds, method: "GET", key } as const;
      const ticket: DownloadTicket = { ...head, fileName: name, contentType, confirm, retries };
      const payload = encodeDownloadTicket(ticket);
      const canonical = tokenText("ticket", payload);
      const token = `${payload}.${await deps.keys.tag(canonical)}`;
      check(token.length <= MAX_TOKEN_LENGTH, `key: too long for a token of ${MAX_TOKEN_LENGTH} characters`);

      const { id } = head;
      const expiresAt = ticketEnd(ticket);
      const grant = { id, url: `${baseUrl}${path}${token}`, method: "GET", key, fileName: name, expiresAt } as const;
      return registerHash(deps.index, await hashCanonicalRequest(canonical, deps.digests), grant);
    },
  };
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new PresignOnceError("ARGUMENT_INVALID", message);
}
