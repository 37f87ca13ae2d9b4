import { Readable } from "node:stream";

import { GetObjectCommand, PutObjectCommand, type PutObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";

import type { Deadline } from "./deadline.ts";
import { type EntryState, MAX_ENTRY_BYTES, parseEntry } from "./index-entry.ts";
import { isMissingKey } from "./s3-failure.ts";

/** What a GET of an entry found; `etag` is from the same answer as the body. */
export type ReadBack =
  | (EntryState & { readonly etag: string })
  | { readonly state: "missing" }
  | { readonly state: "unreadable"; readonly error: unknown };

/** The bucket and folder that an index keeps its entries in. */
export interface EntryStore {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** Writes an entry, under a condition if one is given. Throws what the SDK throws. */
export function putEntry(
  { s3, bucket }: EntryStore,
  entry: {
    readonly key: string;
    readonly body: string;
    readonly metadata?: Record<string, string>;
    readonly condition?: { readonly IfMatch: string } | { readonly IfNoneMatch: "*" };
  },
  deadline: Deadline,
): Promise<PutObjectCommandOutput> {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: entry.key,
    Body: entry.body,
    ContentType: "application/json",
    ...(entry.metadata === undefined ? {} : { Metadata: entry.metadata }),
    ...entry.condition,
  });
  return deadline.run((abortSignal) => s3.send(command, { abortSignal }));
}

/**
 * Reads an entry back: state and ETag from one answer, since a HEAD beside it could see another write.
 *
 * @param versionId  the version to read; default: the current one
 */
export async function readEntry(
  { s3, bucket }: EntryStore,
  key: string,
  deadline: Deadline,
  versionId?: string,
): Promise<ReadBack> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ...(versionId === undefined ? {} : { VersionId: versionId }),
  });
  try {
    return await deadline.run(async (abortSignal) => {
      const { Body, ContentLength = Infinity, ETag } = await s3.send(command, { abortSignal });
      if (!ETag || Body === undefined) return { state: "unreadable", error: new Error("no body or no ETag") };
      if (ContentLength > MAX_ENTRY_BYTES) {
        if (Body instanceof Readable) Body.destroy(); // left unread, it would keep its connection
        return { state: "foreign", etag: ETag };
      }
      const body = await Body.transformToString();
      if (Buffer.byteLength(body) !== ContentLength)
        return { state: "unreadable", error: new Error("the answer was cut") };
      return { ...parseEntry(body), etag: ETag };
    });
  } catch (error) {
    return isMissingKey(error) ? { state: "missing" } : { state: "unreadable", error };
  }
}
