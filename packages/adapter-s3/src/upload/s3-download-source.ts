import { Readable } from "node:stream";

import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { type DownloadSource, isStrongEtag, type SourceFile, type SourceOutcome } from "@presign-once/core";

import { explainFailure } from "../s3/explain-failure.ts";
import { isMissingKey, statusOf } from "../s3/s3-failure.ts";
import { tellStatus } from "../sdk/tell-status.ts";

/**
 * Creates what a relay reads files from: one GetObject a download, whose bytes are read as fast as the client takes them.
 *
 * S3 does not document `If-Range`: an ETag is sent as `If-Match`, and where it is another one by now, the whole file is asked
 * for; with a date the whole file is sent at once.
 *
 * @param options.s3      from `createS3UploadClient`, whose credentials may get objects of the bucket
 * @param options.bucket  of the files
 */
export function createS3DownloadSource({
  s3,
  bucket,
}: {
  readonly s3: S3Client;
  readonly bucket: string;
}): DownloadSource {
  type Get = (part: { readonly Range?: string; readonly IfMatch?: string }) => Promise<GetObjectCommandOutput>;

  async function getPart(get: Get, range: string, ifRange: string | undefined): Promise<GetObjectCommandOutput> {
    if (ifRange === undefined) return get({ Range: range });
    if (!isStrongEtag(ifRange)) return get({});
    try {
      return await get({ Range: range, IfMatch: ifRange });
    } catch (error) {
      if (statusOf(error) !== 412) throw error;
      return get({});
    }
  }

  return {
    async open({ key, range, ifRange, signal }) {
      const reader = new AbortController();
      const leave = (): void => reader.abort();
      const get: Get = (part) => {
        const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...part });
        return tellStatus(s3.send(command, { abortSignal: reader.signal }));
      };
      if (signal?.aborted === true) leave();
      signal?.addEventListener("abort", leave);
      try {
        return fileOf(await (range === undefined ? get({}) : getPart(get, range, ifRange)));
      } catch (error) {
        return failureOf(error);
      } finally {
        signal?.removeEventListener("abort", leave);
      }
    },
  };
}

function fileOf({ Body, ContentLength, ContentRange, ETag }: GetObjectCommandOutput): SourceFile {
  if (Body === undefined) throw new Error("the answer had no body");
  const told = { status: "found", bytes: ContentLength, etag: ETag, contentRange: ContentRange } as const;
  if (Body instanceof Readable) {
    Body.on("error", () => {}); // the reader gets it, and there may be none
    return { ...told, chunks: Body, close: () => void Body.destroy() };
  }
  const reader = Body.transformToWebStream().getReader(); // a runtime where the SDK uses fetch
  return {
    ...told,
    chunks: readAll(reader),
    close() {
      reader.cancel().catch(() => {}); // one that failed is closed
    },
  };
}

async function* readAll(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

function failureOf(error: unknown): SourceOutcome {
  if (isMissingKey(error)) return { status: "missing" };
  if (statusOf(error) === 416) return { status: "no-such-part" };
  return { status: "failed", cause: explainFailure(error) };
}
