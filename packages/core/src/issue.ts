import {
  canonicalQuery,
  canonicalRequest,
  parseQuery,
  type QueryParameter,
  TAG_PARAMETER,
} from "./canonical-request.ts";
import { ORIGIN_GRACE_SECONDS } from "./claim.ts";
import type { Clock } from "./clock.ts";
import { type EdgeKeys, LOCK_HEADER } from "./edge-keys.ts";
import type { HeaderField } from "./header-field.ts";
import { findHeaderFault, MAX_PUT_BYTES } from "./header-rules.ts";
import type { Ids } from "./ids.ts";
import { PresignOnceError } from "./presign-once-error.ts";
import type { PresignedRequest, Presigner, PresignRequest } from "./presigner.ts";
import { hashCanonicalRequest, type SignatureHash } from "./signature-hash.ts";
import type { SignatureIndex } from "./signature-index.ts";
import {
  formatAmzDate,
  MAX_BYTES_PARAMETER,
  MAX_EXPIRES_SECONDS,
  type MalformedUrl,
  readSignedUrl,
  SHOWN_PREFIX,
  type SignedUrl,
} from "./signed-url.ts";

/** What the issuer hands out: all that a client needs for its one upload. */
export interface Grant {
  readonly url: string;
  readonly method: "PUT";
  /** Headers that the client must send with exactly these values. */
  readonly headers: Readonly<Record<string, string>>;
  /** Object key that the upload will have. */
  readonly key: string;
  /** From then on the URL is refused: the earlier of the URL's end and, where known, the signing credentials'. */
  readonly expiresAt: Date;
}

/** What to issue. */
export interface IssueRequest {
  /** Scheme and host that the client uploads to, without a trailing slash: `https://d111111abcdef8.cloudfront.net`. */
  readonly edgeUrl: string;
  /** Life of the URL in seconds, 1 to {@link MAX_TTL_SECONDS}. */
  readonly ttlSeconds: number;
  /** Headers to bind into the URL; lower-case names. Default: none. */
  readonly headers?: readonly HeaderField[];
  /** Most bytes that the upload may bring; the edge alone can enforce it. Default: what S3 takes in one PUT, 5 GiB. */
  readonly maxBytes?: number;
}

/** `unavailable`: the index did not take the hash for certain, so no URL exists; try again. */
export type IssueOutcome =
  | { readonly status: "issued"; readonly grant: Grant; readonly hash: SignatureHash }
  | { readonly status: "unavailable"; readonly cause: unknown };

/** Issues grants. */
export interface Issuer {
  /**
   * Signs a URL for a new object, registers its hash, and only then hands it out.
   *
   * @throws {PresignOnceError} `ARGUMENT_INVALID`: a lifetime or header that cannot be; `PRESIGN_FAILED`: see {@link Presigner}
   */
  issue(request: IssueRequest): Promise<IssueOutcome>;
}

/** Longest life of a grant, in seconds: seven days, less what S3 gets on top. */
export const MAX_TTL_SECONDS = MAX_EXPIRES_SECONDS - ORIGIN_GRACE_SECONDS;

/**
 * Creates an issuer.
 *
 * @param deps.keyPrefix    of new objects' keys; unreserved URL characters and `/`; default `uploads/`
 * @param deps.ifNoneMatch  also sign `If-None-Match: *`, so that S3 itself refuses a second object; default false
 * @throws {PresignOnceError} `CONFIG_INVALID`: a key prefix with other characters
 */
export function createIssuer(deps: {
  readonly presigner: Presigner;
  readonly index: SignatureIndex;
  readonly keys: EdgeKeys;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly keyPrefix?: string;
  readonly ifNoneMatch?: boolean;
}): Issuer {
  const { keyPrefix = "uploads/", ifNoneMatch = false } = deps;
  if (!/^(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*$/.test(keyPrefix))
    throw new PresignOnceError(
      "CONFIG_INVALID",
      "keyPrefix: expected folders of letters, digits, - . _ ~, each followed by /",
    );

  return {
    async issue({ edgeUrl, ttlSeconds, headers = [], maxBytes }) {
      if (!/^https?:\/\/[^\s/?#]+$/.test(edgeUrl))
        throw new PresignOnceError(
          "ARGUMENT_INVALID",
          "edgeUrl: expected a scheme and a host, without a path or a slash at its end",
        );
      if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TTL_SECONDS)
        throw new PresignOnceError(
          "ARGUMENT_INVALID",
          `ttlSeconds: expected a whole number from 1 to ${MAX_TTL_SECONDS}`,
        );
      if (maxBytes !== undefined && (!Number.isInteger(maxBytes) || maxBytes < 0 || maxBytes > MAX_PUT_BYTES))
        throw new PresignOnceError("ARGUMENT_INVALID", `maxBytes: expected a whole number from 0 to ${MAX_PUT_BYTES}`);
      checkBindable(headers);
      const key = keyPrefix + deps.ids.objectId();
      const path = `/${key}`;
      const signingDate = new Date(Math.floor(deps.clock.now().getTime() / 1000) * 1000);
      const expiresInSeconds = ttlSeconds + ORIGIN_GRACE_SECONDS;
      const lock = await deps.keys.lock({ path, date: formatAmzDate(signingDate), expires: String(expiresInSeconds) });
      const asked: PresignRequest = {
        method: "PUT",
        key,
        signingDate,
        expiresInSeconds,
        headers: [...headers, [LOCK_HEADER, lock], ...(ifNoneMatch ? ([["if-none-match", "*"]] as const) : [])],
        query: shownParameters(headers, maxBytes),
      };
      const signed = await deps.presigner.presign(asked);

      const query = canonicalise(signed, path);
      const canonical = canonicalRequest("PUT", path, query);
      const hash = await hashCanonicalRequest(canonical);
      const taggedQuery = `${query}&${TAG_PARAMETER}=${await deps.keys.tag(canonical)}`;
      checkUsable(readSignedUrl("PUT", path, taggedQuery), asked, headers);
      const expiresAt = earlier(new Date(signingDate.getTime() + ttlSeconds * 1000), signed.credentialsExpireAt);

      const registration = await deps.index.register(hash, { expiresAt });
      switch (registration.status) {
        case "registered": {
          const url = `${edgeUrl}${path}?${taggedQuery}`;
          return {
            status: "issued",
            hash,
            grant: { url, method: "PUT", headers: Object.fromEntries(headers), key, expiresAt },
          };
        }
        case "already-registered":
          throw new PresignOnceError("ARGUMENT_INVALID", "ids: objectId() returned a value that was used before");
        case "indeterminate":
          return { status: "unavailable", cause: registration.cause };
      }
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
function checkUsable(url: SignedUrl | MalformedUrl, asked: PresignRequest, headers: readonly HeaderField[]): void {
  if ("malformed" in url)
    throw new PresignOnceError("PRESIGN_FAILED", `The presigner made a URL that the edge refuses. ${url.malformed}`);
  const names = ["host", ...asked.headers.map(([name]) => name)].sort().join(";");
  const sameTime = url.date === formatAmzDate(asked.signingDate) && url.expires === String(asked.expiresInSeconds);
  if (!sameTime || url.signedHeaders.join(";") !== names)
    throw new PresignOnceError(
      "PRESIGN_FAILED",
      "The presigner signed another date, expiry or other headers than it was asked for",
    );
  const length: HeaderField[] = headers.some(([name]) => name === "content-length") ? [] : [["content-length", "0"]];
  const fault = findHeaderFault([...headers, ...length], url);
  if (fault !== undefined) throw new PresignOnceError("ARGUMENT_INVALID", `headers: ${fault.message}`);
}

/** The constraints, as the URL shows them and its signature covers them. */
function shownParameters(headers: readonly HeaderField[], maxBytes: number | undefined): QueryParameter[] {
  const shown = headers.map(([name, value]): QueryParameter => [SHOWN_PREFIX + name, value]);
  return maxBytes === undefined ? shown : [...shown, [SHOWN_PREFIX + MAX_BYTES_PARAMETER, String(maxBytes)]];
}

/** Headers that the edge refuses, adds or replaces cannot be asked of a client; nor can two values of one header. */
function checkBindable(headers: readonly HeaderField[]): void {
  const names = new Set<string>();
  for (const [name, value] of headers) {
    if (!/^[a-z0-9-]+$/.test(name) || UNBINDABLE.test(name))
      throw new PresignOnceError("ARGUMENT_INVALID", `headers: ${JSON.stringify(name)} cannot be bound into a URL`);
    if (names.has(name)) throw new PresignOnceError("ARGUMENT_INVALID", `headers: ${name} stands there twice`);
    names.add(name);
    if (!/^[!-~](?:[ -~]*[!-~])?$/.test(value) || value.includes("  "))
      throw new PresignOnceError(
        "ARGUMENT_INVALID",
        `headers: expected the value of ${name} to be printable ASCII, single-spaced`,
      );
  }
}

/** `tag`, because the parameter that would show it is the edge's own tag. */
const UNBINDABLE = /^(?:host|authorization|cookie|transfer-encoding|tag|if-.*|x-once-.*|max-bytes)$/;

function earlier(a: Date, b: Date | undefined): Date {
  return b !== undefined && b < a ? b : a;
}
