import { PresignOnceError } from "@presign-once/core";

import { type Deadline, retrying } from "../s3/deadline.ts";
import type { IndexS3, ObjectVersionInfo, PutObjectRequest } from "../s3/index-s3.ts";
import { isMissingKey } from "../s3/s3-failure.ts";
import { type EntryState, MAX_ENTRY_BYTES, parseEntry } from "./index-entry.ts";
import type { Looked } from "./settled-index.ts";

/** What a GET of an entry found; everything is from the same answer. */
export type ReadBack =
  | (EntryState & { readonly body: string; readonly etag: string; readonly lastModified: Date | undefined })
  | { readonly state: "missing" }
  | { readonly state: "unreadable"; readonly error: unknown };

/** The bucket that an index keeps its entries in. */
export interface EntryStore {
  readonly s3: IndexS3;
  readonly bucket: string;
}

/** Writes an entry, under a condition if one is given. Throws what the transport throws. */
export function putEntry(
  { s3, bucket }: EntryStore,
  entry: Pick<PutObjectRequest, "key" | "body" | "metadata" | "condition">,
  deadline: Deadline,
): Promise<ObjectVersionInfo> {
  return deadline.run((signal) => s3.putObject({ bucket, contentType: "application/json", ...entry }, signal));
}

/**
 * Reads an entry back: state and ETag from one answer, because a separate HEAD could see another write.
 *
 * @param versionId  the version to read; default: the current one
 */
export async function readEntry(
  { s3, bucket }: EntryStore,
  key: string,
  deadline: Deadline,
  versionId?: string,
): Promise<ReadBack> {
  const request = { bucket, key, versionId, maxBytes: MAX_ENTRY_BYTES };
  try {
    const { etag, lastModified, body } = await deadline.run((signal) => s3.getObject(request, signal));
    if (etag === undefined || etag === "") return { state: "unreadable", error: new Error("the answer had no ETag") };
    return body === undefined
      ? { state: "foreign", body: "", etag, lastModified }
      : { ...parseEntry(body), body, etag, lastModified };
  } catch (error) {
    return isMissingKey(error) ? { state: "missing" } : { state: "unreadable", error };
  }
}

/** Reads an entry to report what it says; retries until there is an answer or the deadline has passed. */
export async function lookAt(store: EntryStore, key: string, deadline: Deadline, versionId?: string): Promise<Looked> {
  try {
    const entry = await retrying(deadline, async () => {
      const read = await readEntry(store, key, deadline, versionId);
      if (read.state === "unreadable") throw read.error;
      return read;
    });
    switch (entry.state) {
      case "missing":
        return { state: "unknown" };
      case "foreign":
        return { state: "indeterminate", cause: foreignEntry() };
      default:
        return { ...entry, at: entry.lastModified };
    }
  } catch (cause) {
    return { state: "indeterminate", cause };
  }
}

/** The error for an entry that presign-once did not write. */
export function foreignEntry(): PresignOnceError {
  return new PresignOnceError("INDEX_UNREADABLE", "An index entry holds something that presign-once did not write");
}
