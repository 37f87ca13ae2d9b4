import { checkIssueRequest, checkKeyPrefix } from "../gate/check-issue-request.ts";
import { type Grant, headersToSend, type Issuer } from "../gate/issuer.ts";
import { registerGrant } from "../gate/register-grant.ts";
import { METADATA_PREFIX } from "../gate/upload-headers.ts";
import type { Clock } from "../ports/clock.ts";
import type { Digests } from "../ports/digests.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { Ids } from "../ports/ids.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import { mountPath } from "../url/forms.ts";
import { readRelayHeaders, SHA256_HEADER } from "./relay-header-rules.ts";
import { encodeRelayGrant, MAX_TOKEN_LENGTH, type RelayGrant, relayCanonicalRequest } from "./relay-token.ts";

/** Largest object that a relay can be asked to take, in bytes: S3's 5 TiB. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_RELAY_BYTES = 5 * 1024 ** 4;

/**
 * Creates an issuer of relay URLs: `<edgeUrl><path><token>`, each good for one upload through a relay with the same keys
 * and index.
 *
 * Nothing is signed for the store: the token carries the grant, and the tag of an edge key makes it good.
 *
 * @param deps.digests    default: Web Crypto's
 * @param deps.keyPrefix  of new objects' keys; unreserved URL characters and `/`; default `uploads/`
 * @param deps.path       where the relay is mounted, with a `/` at both ends; default `/u/`
 * @throws {PresignOnceError} `CONFIG_INVALID`: a key prefix or path with other characters
 */
export function createRelayIssuer(deps: {
  readonly index: SignatureIndex;
  readonly keys: EdgeKeys;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digests?: Digests;
  readonly keyPrefix?: string;
  readonly path?: string;
}): Issuer {
  const { keyPrefix = "uploads/", path = "/u/" } = deps;
  checkKeyPrefix(keyPrefix);
  if (!mountPath.is(path)) throw new PresignOnceError("CONFIG_INVALID", `path: expected ${mountPath.words}`);

  return {
    async issue(request) {
      checkIssueRequest(request, MAX_RELAY_BYTES);
      const { edgeUrl, ttlSeconds, headers = [], maxBytes, retries } = request;
      const id = deps.ids.objectId();
      const key = keyPrefix + id;
      const now = Math.floor(deps.clock.now().getTime() / 1000);
      const expiresAt = new Date((now + ttlSeconds) * 1000);
      const relayGrant: RelayGrant = { id, key, expiresAt, headers, maxBytes, retries };
      checkUsable(relayGrant);

      const payload = encodeRelayGrant(relayGrant);
      const canonical = relayCanonicalRequest(payload);
      const token = `${payload}.${await deps.keys.tag(canonical)}`;
      if (token.length > MAX_TOKEN_LENGTH)
        throw new PresignOnceError(
          "ARGUMENT_INVALID",
          `headers: too long for a token of ${MAX_TOKEN_LENGTH} characters`,
        );
      const url = `${edgeUrl}${path}${token}`;
      const grant: Grant = {
        ...{ id, url, method: "PUT", ...headersToSend(headers), key, expiresAt },
        ...(retries === undefined ? {} : { retries }),
      };
      return registerGrant(deps.index, await hashCanonicalRequest(canonical, deps.digests), grant);
    },
  };
}

/**
 * Reads the granted headers as the relay will read them, so that no URL is handed out that it has to refuse; nor one that
 * promises what it does not do, such as an ACL.
 */
function checkUsable(grant: RelayGrant): void {
  for (const [name] of grant.headers)
    if (name.startsWith("x-amz-") && !name.startsWith(METADATA_PREFIX) && name !== SHA256_HEADER)
      throw new PresignOnceError("ARGUMENT_INVALID", `headers: ${name} cannot be bound into a relay URL`);
  const length: HeaderField[] = grant.headers.some(([name]) => name === "content-length")
    ? []
    : [["content-length", "0"]];
  const limits = { maxDeclaredBytes: MAX_RELAY_BYTES, maxUndeclaredBytes: MAX_RELAY_BYTES };
  const read = readRelayHeaders([...grant.headers, ...length], grant, limits);
  if ("fault" in read) throw new PresignOnceError("ARGUMENT_INVALID", `headers: ${read.fault.message}`);
}
