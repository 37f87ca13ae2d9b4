import type { Clock } from "../ports/clock.ts";
import type { Digests } from "../ports/digests.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import { edgeHeadersToAdd } from "../url/edge-headers.ts";
import { type EdgeKeys, LOCK_HEADER } from "../url/edge-keys.ts";
import { isAhead, promisedEnd } from "../url/url-life.ts";
import type { CheckUpload } from "./checked-upload.ts";
import { readPresignedHeaders } from "./header-rules.ts";
import { readSignedUrl, type SignedUrl } from "./signed-url.ts";

/** Creates the checks of an upload with a URL that was signed for S3 when it was issued: shape, tag, time window, headers. */
export function createPresignedCheck({
  keys,
  clock,
  digests,
}: {
  readonly keys: EdgeKeys;
  readonly clock: Clock;
  readonly digests?: Digests | undefined;
}): CheckUpload {
  return async (request) => {
    const url = readSignedUrl(request.method, request.path, request.query);
    if ("malformed" in url) return { status: "refused", reason: "malformed", message: url.malformed };
    const keyId = await keys.verifyTag(url.canonical, url.tag);
    if (keyId === undefined || !url.signedHeaders.includes(LOCK_HEADER))
      return { status: "refused", reason: "not-issued" };
    if (!keys.allows({ method: "PUT", key: url.key }, keyId)) return { status: "refused", reason: "not-issued" };

    const untimely = checkTime(url, clock.now());
    const hash = await hashCanonicalRequest(url.canonical, digests); // refusals from here on name it in the log
    if (untimely !== undefined) return { status: "refused", hash, reason: untimely };
    const read = readPresignedHeaders(request.headers, url);
    if ("fault" in read) return { status: "refused", hash, ...read.fault };

    const headers = [...read.passedOn, ...(await edgeHeadersToAdd(url, keys, keyId))];
    const { path, query } = url;
    return { status: "checked", hash, key: url.key, declaredBytes: read.declaredBytes, path, query, headers };
  };
}

function checkTime(url: SignedUrl, now: Date): "expired" | "not-yet-valid" | undefined {
  if (now >= promisedEnd(url)) return "expired";
  return isAhead(url.signedAt, now) ? "not-yet-valid" : undefined;
}
