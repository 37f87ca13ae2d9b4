import { checkIssueRequest, checkKeyPrefix, nameObject, withLowerCaseNames } from "../gate/check-issue-request.ts";
import { RETRIES_PARAMETER } from "../gate/client-secret.ts";
import { type Grant, headersToSend, type Issuer, type IssueRequest } from "../gate/issuer.ts";
import { registerHash } from "../gate/register-grant.ts";
import { type Surroundings, withDefaults } from "../ports/defaults.ts";
import type { Digests } from "../ports/digests.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { PresignedRequest, Presigner, PresignRequest } from "../ports/presigner.ts";
import type { QueryParameter } from "../ports/presigner.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import { formatAmzDate } from "../url/amz-date.ts";
import { canonicalQuery, canonicalRequest, parseQuery, TAG_PARAMETER } from "../url/canonical-request.ts";
import { edgeHeadersToSign } from "../url/edge-headers.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import { grantIdOf } from "../url/grant-id.ts";
import { MAX_TTL_SECONDS, ORIGIN_GRACE_SECONDS } from "../url/url-life.ts";
import { MAX_PUT_BYTES, readPresignedHeaders } from "./header-rules.ts";
import {
  MAX_BYTES_PARAMETER,
  MIN_BYTES_PARAMETER,
  type MalformedUrl,
  readSignedUrl,
  SHOWN_PREFIX,
  type SignedUrl,
} from "./signed-url.ts";

/**
 * Creates an issuer.
 *
 * @param given.keyPrefix    of new objects' keys; unreserved URL characters and `/`; default `uploads/`
 * @param given.digests      default: Web Crypto's
 * @param given.storage      how S3 stores the uploads, from `storageHeaders`: signed into each URL, for the edge to add; default: as
 *                           the bucket has it
 * @param given.ifNoneMatch  also sign `If-None-Match: *`, so that S3 itself refuses a second object; default false
 * @throws {PresignOnceError} `CONFIG_INVALID`: a key prefix with other characters
 */
export function createIssuer(
  given: Surroundings & {
    readonly presigner: Presigner;
    readonly index: SignatureIndex;
    readonly keys: EdgeKeys;
    readonly digests?: Digests;
    readonly keyPrefix?: string;
    readonly storage?: readonly HeaderField[];
    readonly ifNoneMatch?: boolean;
  },
): Issuer {
  const deps = withDefaults(given);
  const { keyPrefix = "uploads/", storage = [], ifNoneMatch = false } = deps;
  checkKeyPrefix(keyPrefix);

  return {
    async issue(requested) {
      const request = withLowerCaseNames(requested);
      checkIssueRequest(request, { bytes: MAX_PUT_BYTES, seconds: MAX_TTL_SECONDS });
      const { baseUrl, expiresInSeconds, headers = [], retries } = request;
      const key = nameObject(keyPrefix, request, deps);
      const path = `/${key}`;
      const id = grantIdOf(path);
      const signingDate = new Date(Math.floor(deps.clock.now().getTime() / 1000) * 1000);
      const signedSeconds = expiresInSeconds + ORIGIN_GRACE_SECONDS;
      const locked = { path, date: formatAmzDate(signingDate), expires: String(signedSeconds) };
      // Two requests of one client may be in progress at once: S3 keeps the object of one.
      const requireNewKey = ifNoneMatch || retries !== undefined;
      const asked: PresignRequest = {
        method: "PUT",
        key,
        signingDate,
        expiresInSeconds: signedSeconds,
        headers: [...headers, ...storage, ...(await edgeHeadersToSign(locked, deps.keys, { requireNewKey }))],
        query: shownParameters({ ...request, headers: [...headers, ...storage] }),
      };
      const signed = await deps.presigner.presign(asked);

      const query = canonicalise(signed, path);
      const canonical = canonicalRequest("PUT", path, query);
      const hash = await hashCanonicalRequest(canonical, deps.digests);
      const taggedQuery = `${query}&${TAG_PARAMETER}=${await deps.keys.tag(canonical)}`;
      checkUsable(readSignedUrl("PUT", path, taggedQuery), asked, request);
      const expiresAt = earlier(new Date(signingDate.getTime() + expiresInSeconds * 1000), signed.credentialsExpireAt);

      const url = `${baseUrl}${path}?${taggedQuery}`;
      const grant: Grant = {
        id,
        url,
        method: "PUT",
        ...headersToSend(headers),
        key,
        expiresAt,
        ...(retries === undefined ? {} : { retries }),
      };
      return registerHash(deps.index, hash, grant);
    },
  };
}

function canonicalise(signed: PresignedRequest, path: string): string {
  const parameters = parseQuery(signed.query);
  if (parameters === undefined || signed.path !== path)
    throw new PresignOnceError(
      "PRESIGN_FAILED",
      "The presigner signed another path than it was asked for, or made no query",
    );
  return canonicalQuery(parameters);
}

/** Reads a URL as the edge will read it, so that none is registered and handed out that the edge has to refuse. */
function checkUsable(
  url: SignedUrl | MalformedUrl,
  asked: PresignRequest,
  { headers = [], minBytes = 0 }: IssueRequest,
): void {
  if ("malformed" in url)
    throw new PresignOnceError("PRESIGN_FAILED", `The presigner made a URL that the edge refuses. ${url.malformed}`);
  const names = ["host", ...asked.headers.map(([name]) => name)].sort().join(";");
  const sameTime = url.date === formatAmzDate(asked.signingDate) && url.expires === String(asked.expiresInSeconds);
  if (!sameTime || url.signedHeaders.join(";") !== names)
    throw new PresignOnceError(
      "PRESIGN_FAILED",
      "The presigner signed another date, expiry or other headers than it was asked for",
    );
  const length: HeaderField[] = headers.some(([name]) => name === "content-length")
    ? []
    : [["content-length", String(minBytes)]];
  const read = readPresignedHeaders([...headers, ...length], url);
  if ("fault" in read) throw new PresignOnceError("ARGUMENT_INVALID", `headers: ${read.fault.message}`);
}

/** The constraints, as the URL shows them and its signature covers them. */
function shownParameters({ headers = [], maxBytes, minBytes = 0, retries }: IssueRequest): QueryParameter[] {
  const shown = headers.map(([name, value]): QueryParameter => [SHOWN_PREFIX + name, value]);
  if (maxBytes !== undefined) shown.push([SHOWN_PREFIX + MAX_BYTES_PARAMETER, String(maxBytes)]);
  if (minBytes > 0) shown.push([SHOWN_PREFIX + MIN_BYTES_PARAMETER, String(minBytes)]);
  if (retries !== undefined) shown.push([SHOWN_PREFIX + RETRIES_PARAMETER, retries]);
  return shown;
}

function earlier(a: Date, b: Date | undefined): Date {
  return b !== undefined && b < a ? b : a;
}
