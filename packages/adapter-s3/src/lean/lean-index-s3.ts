import type { QueryParameter } from "@presign-once/core";
import { canonicalQuery } from "@presign-once/core";

import type { IndexS3 } from "../s3/index-s3.ts";
import { encodePath, addressOf, type S3Address, type S3Location } from "../s3/s3-address.ts";
import { credentialsFrom } from "./environment-credentials.ts";
import { createExchange, type Exchange, type LeanAnswer } from "./lean-exchange.ts";
import { readLength, readTime, readVersionPage, textOf } from "./s3-xml.ts";
import { createSigner, type S3Credentials } from "./sigv4.ts";

/** Most that any answer but a list may bring that is read; S3's errors are far shorter. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Most that a page of a list may bring: a thousand versions, with names of a thousand bytes. */
const MAX_LIST_BYTES = 4 * 1024 ** 2;

/** Where S3 is and who calls it, for {@link createLeanIndexS3}. */
export interface LeanAccess extends S3Location {
  /** Those of a fixed key, or asked for before each request; default: those in the environment, as Lambda sets them. */
  readonly credentials?: S3Credentials | (() => S3Credentials | Promise<S3Credentials>) | undefined;
}

/**
 * An index's requests with nothing between them and Node's HTTP client: a fraction of the CPU, the memory and the start-up
 * time of the AWS SDK, for a function that has a fourteenth of a processor.
 *
 * Knows plain buckets in the regions under `amazonaws.com`, and any endpoint that is named; nothing of access points,
 * accelerated or dual-stack endpoints, S3 Express, or profiles on a developer's disk: `createSdkIndexS3` is for these.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`, at the first request: a region that needs an endpoint named
 */
export function createLeanIndexS3({ credentials, ...location }: LeanAccess): IndexS3 {
  const signedBy = credentialsFrom(credentials);
  const signer = createSigner(location.region);
  const ways = new Map<string, { readonly address: S3Address; readonly exchange: Exchange }>();

  function wayTo(bucket: string): { readonly address: S3Address; readonly exchange: Exchange } {
    let way = ways.get(bucket);
    if (way === undefined) {
      const address = addressOf(location, bucket);
      ways.set(bucket, (way = { address, exchange: createExchange(address) }));
    }
    return way;
  }

  /** @throws for every answer that is no 2xx */
  async function send(
    request: {
      readonly method: string;
      readonly bucket: string;
      readonly key?: string;
      readonly query?: readonly QueryParameter[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    },
    signal: AbortSignal,
    maxBytes = MAX_ANSWER_BYTES,
  ): Promise<LeanAnswer> {
    const { method, bucket, key = "", query = [], headers: own, body = "" } = request;
    const { address, exchange } = wayTo(bucket);
    const path = `${address.basePath}/${encodePath(key)}`;
    const headers = {
      host: address.host,
      ...(method === "PUT" ? { "content-length": String(Buffer.byteLength(body)) } : {}),
      ...own,
    };
    const signed = signer.signHeaders({ method, path, query, headers }, body, await signedBy(), new Date());
    const target = query.length === 0 ? path : `${path}?${canonicalQuery(query)}`;
    const answer = await exchange({ method, target, headers: signed, body }, maxBytes, signal);
    if (answer.status < 200 || answer.status > 299) throw answerError(answer, method);
    return answer;
  }

  return {
    async putObject({ bucket, key, body, contentType, metadata = {}, condition }, signal) {
      const headers: Record<string, string> = { "content-type": contentType };
      for (const [name, value] of Object.entries(metadata)) headers[`x-amz-meta-${name}`] = value;
      if (condition !== undefined) {
        if ("ifMatch" in condition) headers["if-match"] = condition.ifMatch;
        else headers["if-none-match"] = condition.ifNoneMatch;
      }
      const answer = await send({ method: "PUT", bucket, key, headers, body }, signal);
      if (answer.body !== "") throw answerError(answer, "PUT"); // an error that came behind a 200
      return versionOf(answer);
    },

    async getObject({ bucket, key, versionId, maxBytes }, signal) {
      const query: QueryParameter[] = versionId === undefined ? [] : [["versionId", versionId]];
      const { headers, body } = await send({ method: "GET", bucket, key, query }, signal, maxBytes);
      return { etag: headers.etag, lastModified: readTime(headers["last-modified"]), body };
    },

    async headObject({ bucket, key }, signal) {
      const answer = await send({ method: "HEAD", bucket, key }, signal);
      const { etag, "content-length": length } = answer.headers;
      return { ...versionOf(answer), etag, bytes: readLength(length), metadata: metadataOf(answer) };
    },

    async listObjectVersions({ bucket, prefix, after }, signal) {
      const query: QueryParameter[] = [
        ["versions", ""],
        ["prefix", prefix],
      ];
      if (after?.keyMarker !== undefined) query.push(["key-marker", after.keyMarker]);
      if (after?.versionIdMarker !== undefined) query.push(["version-id-marker", after.versionIdMarker]);
      const { body } = await send({ method: "GET", bucket, query }, signal, MAX_LIST_BYTES);
      if (body === undefined) throw new Error("the list of versions is too long");
      return readVersionPage(body);
    },

    async getBucketVersioning({ bucket }, signal) {
      const { body = "" } = await send({ method: "GET", bucket, query: [["versioning", ""]] }, signal);
      return textOf(body, "Status");
    },
  };
}

function versionOf({ headers }: LeanAnswer): {
  versionId: string | undefined;
  serverSideEncryption: string | undefined;
} {
  return {
    versionId: text(headers["x-amz-version-id"]),
    serverSideEncryption: text(headers["x-amz-server-side-encryption"]),
  };
}

function metadataOf({ headers }: LeanAnswer): Record<string, string> {
  const prefix = "x-amz-meta-";
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(prefix) && typeof value === "string" ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

function text(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** An answer that is no yes, as an error with S3's code and status. */
function answerError({ status, body = "" }: LeanAnswer, method: string): Error {
  const unnamed = method === "HEAD" && status === 404 ? "NotFound" : "UnknownError";
  const name = (body.includes("<Error>") ? textOf(body, "Code") : undefined) ?? unnamed;
  return Object.assign(new Error(`S3 answered ${status}`), { name, status });
}
