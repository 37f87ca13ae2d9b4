import { checkIssueRequest, checkKeyPrefix, nameObject, withLowerCaseNames } from "../gate/check-issue-request.ts";
import { type Grant, headersToSend, type Issuer } from "../gate/issuer.ts";
import { registerHash } from "../gate/register-grant.ts";
import { readUploadHeaders } from "../gate/upload-headers.ts";
import { type Surroundings, withDefaults } from "../ports/defaults.ts";
import type { Digests } from "../ports/digests.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import { mountPath } from "../url/forms.ts";
import { grantIdOf } from "../url/grant-id.ts";
import { MAX_TTL_SECONDS } from "../url/url-life.ts";
import { findTicketFault, isTicketHeader } from "./ticket-fault.ts";
import { encodeTicket, type Ticket, ticketEnd } from "./ticket.ts";
import { MAX_TOKEN_LENGTH, tokenText } from "./token.ts";

/** Largest object that S3 stores, in bytes: 5 TiB. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_OBJECT_BYTES = 5 * 1024 ** 4;

/**
 * Creates an issuer of tickets: URLs `<baseUrl><path><token>`, each good for one upload through an edge or a relay with the
 * same keys and index.
 *
 * Nothing is signed for the store, so no credentials are needed, and a URL outlives all of them: the tag of an edge key makes
 * the token good, and whoever takes the upload signs.
 *
 * @param given.index      that tickets are registered in; leave it out where it records nothing at issue, as with `sealed`
 * @param given.digests    default: Web Crypto's
 * @param given.keyPrefix  of new objects' keys; unreserved URL characters and `/`; default `uploads/`
 * @param given.path       where tickets are used, with a `/` at both ends; default `/u/`
 * @param given.maxLifeSeconds  longest life of a ticket where it is used; default seven days, less 30 seconds
 * @throws {PresignOnceError} `CONFIG_INVALID`: a key prefix or path with other characters
 */
export function createTicketIssuer(
  given: Surroundings & {
    readonly index?: SignatureIndex;
    readonly keys: EdgeKeys;
    readonly digests?: Digests;
    readonly keyPrefix?: string;
    readonly path?: string;
    readonly maxLifeSeconds?: number;
  },
): Issuer {
  const deps = withDefaults(given);
  const { keyPrefix = "uploads/", path = "/u/", maxLifeSeconds = MAX_TTL_SECONDS } = deps;
  checkKeyPrefix(keyPrefix);
  if (!mountPath.is(path)) throw new PresignOnceError("CONFIG_INVALID", `path: expected ${mountPath.words}`);

  return {
    async issue(asked) {
      const request = withLowerCaseNames(asked);
      checkIssueRequest(request, { bytes: MAX_OBJECT_BYTES, seconds: maxLifeSeconds });
      const { baseUrl, expiresInSeconds, headers = [], maxBytes, minBytes, retries } = request;
      const key = nameObject(keyPrefix, request, deps);
      const id = grantIdOf(key);
      const issuedAt = new Date(Math.floor(deps.clock.now().getTime() / 1000) * 1000);
      const bytes = { maxBytes, minBytes };
      const ticket: Ticket = {
        id,
        issuedAt,
        lifeSeconds: expiresInSeconds,
        method: "PUT",
        key,
        ...bytes,
        headers,
        retries,
      };
      checkUsable(headers, bytes);
      if (findTicketFault(ticket, { keyPrefix, maxLifeSeconds }, issuedAt) !== undefined)
        throw new PresignOnceError(
          "ARGUMENT_INVALID",
          "folder: expected none where there is no key prefix, and ids of unreserved URL characters",
        );

      const payload = encodeTicket(ticket);
      const canonical = tokenText("ticket", payload);
      const token = `${payload}.${await deps.keys.tag(canonical)}`;
      if (token.length > MAX_TOKEN_LENGTH)
        throw new PresignOnceError(
          "ARGUMENT_INVALID",
          `headers: too long for a token of ${MAX_TOKEN_LENGTH} characters`,
        );
      const url = `${baseUrl}${path}${token}`;
      const grant: Grant = {
        ...{ id, url, method: "PUT", ...headersToSend(headers), key, expiresAt: ticketEnd(ticket) },
        ...(retries === undefined ? {} : { retries }),
      };
      return registerHash(deps.index, await hashCanonicalRequest(canonical, deps.digests), grant);
    },
  };
}

/**
 * Reads the granted headers as they will be read in an upload, so that no URL is handed out that has to be refused; nor one
 * that promises what is not done, such as an ACL.
 */
function checkUsable(
  headers: readonly HeaderField[],
  { maxBytes = MAX_OBJECT_BYTES, minBytes = 0 }: Pick<Ticket, "maxBytes" | "minBytes">,
): void {
  for (const field of headers)
    if (!isTicketHeader(field)) throw invalid(`${field[0]} cannot be bound into a ticket, or not with this value`);
  const length: HeaderField[] = headers.some(([name]) => name === "content-length")
    ? []
    : [["content-length", String(minBytes)]];
  const read = readUploadHeaders([...headers, ...length], {
    granted: new Map(headers),
    allowsRetries: false,
    minBytes,
  });
  if ("fault" in read) throw invalid(read.fault.message);
  if ((read.declaredBytes ?? 0) > maxBytes) throw invalid(`content-length is more than maxBytes, ${maxBytes} bytes`);
}

function invalid(message: string): PresignOnceError {
  return new PresignOnceError("ARGUMENT_INVALID", `headers: ${message}`);
}
