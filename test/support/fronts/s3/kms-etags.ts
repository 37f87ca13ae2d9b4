import { randomBytes } from "node:crypto";

import type { HttpAnswer } from "../../../servers/http-answer.ts";

/** What is asked of one object, as far as its ETag is concerned. */
export interface ObjectRequest {
  readonly method: string;
  /** Bucket and key. */
  readonly path: string;
  readonly ifMatch: string | undefined;
}

/** Gives the objects of a store other ETags, as a bucket with SSE-KMS has them. */
export interface KmsEtags {
  /**
   * Makes one exchange with the store.
   *
   * @param send  asks the store, with this `If-Match` in place of the client's
   */
  exchange(request: ObjectRequest, send: (ifMatch: string | undefined) => Promise<HttpAnswer>): Promise<HttpAnswer>;
}

/** An ETag that no object has. */
const NO_ETAG = '"ffffffffffffffffffffffffffffffff"';

/**
 * Creates {@link KmsEtags}: an ETag is random, another one for each write, even of the same bytes; `If-Match` goes by it.
 *
 * Requests for one object run one after the other, so here the front and not the store decides which of several writers is
 * the first. Parts of multipart uploads and lists keep the store's ETags.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html for ETags that are no MD5
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html for `x-amz-server-side-encryption`
 */
export function createKmsEtags(): KmsEtags {
  const current = new Map<string, { readonly shown: string; readonly real: string }>();
  const last = new Map<string, Promise<unknown>>();

  async function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
    const before = last.get(path) ?? Promise.resolve();
    const result = before.then(work, work);
    const settled = result.catch(() => {});
    last.set(path, settled);
    void settled.then(() => last.get(path) === settled && last.delete(path));
    return result;
  }

  function realOf(path: string, ifMatch: string | undefined): string | undefined {
    if (ifMatch === undefined || ifMatch === "*") return ifMatch;
    const unquoted = (etag: string) => etag.replaceAll('"', "");
    const { shown = "", real = NO_ETAG } = current.get(path) ?? {};
    const etag = shown !== "" && unquoted(ifMatch) === unquoted(shown) ? real : NO_ETAG;
    return ifMatch.startsWith('"') ? etag : unquoted(etag);
  }

  function shownOf({ method, path }: ObjectRequest, real: string): string {
    const known = current.get(path);
    if (method !== "PUT" && known?.real === real) return known.shown;
    const shown = `"${randomBytes(16).toString("hex")}"`;
    current.set(path, { shown, real });
    return shown;
  }

  return {
    exchange: (request, send) =>
      inTurn(request.path, async () => {
        const answer = await send(realOf(request.path, request.ifMatch));
        if (answer.status >= 300 || request.method === "DELETE") return answer;
        const rawHeaders = answer.rawHeaders.map((text, i, all) =>
          i % 2 === 1 && all[i - 1]?.toLowerCase() === "etag" ? shownOf(request, text) : text,
        );
        return { ...answer, rawHeaders: [...rawHeaders, "x-amz-server-side-encryption", "aws:kms"] };
      }),
  };
}
