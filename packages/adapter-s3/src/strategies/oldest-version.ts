import { PresignOnceError } from "@presign-once/core";

import type { Deadline } from "../s3/deadline.ts";
import type { ListedVersion, ObjectVersionInfo } from "../s3/index-s3.ts";
import { type EntryStore, readEntry } from "./entry-store.ts";
import { etagOf, REVOKED_BODY } from "./index-entry.ts";
import { type Settlement, settlementOf } from "./settled-index.ts";

/** A key with its listed versions, and what is known of them. */
export interface ListedKey {
  readonly key: string;
  /** Newest first, as the server lists them. */
  readonly versions: readonly ListedVersion[];
  /** A version that must be in the list: the one just written, or the one that was there before. */
  readonly known: ObjectVersionInfo | undefined;
  /** Whether `known` was written by this very call. */
  readonly isOwn: boolean;
}

/** A settlement that was read from a list of versions. */
type Decision = Pick<Settlement & { status: "settled" }, "status" | "found"> | ReturnType<typeof settlementOf>;

const REVOKED_ETAG = etagOf(REVOKED_BODY);

/**
 * Reads from the oldest version of a key, the last in the list, who settled it. Position decides and never `LastModified`,
 * which has a resolution of one second and ties.
 *
 * @param body  what was to settle it
 * @throws if the list is inconclusive, or the oldest version cannot be read
 */
export async function settlementByOldest(
  store: EntryStore,
  body: string,
  { key, versions, known, isOwn }: ListedKey,
  deadline: Deadline,
): Promise<Decision> {
  const oldest = versions.at(-1);
  if (oldest === undefined || (known !== undefined && !versions.some(({ versionId }) => versionId === known.versionId)))
    throw untold();
  if (isOwn && oldest.versionId === known?.versionId) return { status: "settled" };
  // Written by this body's owner before, or by a write of this call that lost its answer.
  if (oldest.etag === etagOf(body)) return { status: "settled", found: { since: oldest.lastModified } };
  if (known !== undefined && etagsAreMd5(known))
    return { status: "settled-before", by: oldest.etag === REVOKED_ETAG ? "revocation" : "claim" };
  const entry = await readEntry(store, key, deadline, oldest.versionId);
  if (entry.state === "unreadable") throw entry.error;
  if (entry.state !== "claimed" && entry.state !== "revoked") throw untold();
  return settlementOf(entry, body);
}

/** The versions of a key do not tell who settled it. */
export function untold(): PresignOnceError {
  return new PresignOnceError("INDEX_UNREADABLE", "The versions of an index entry do not tell who claimed first");
}

function etagsAreMd5({ serverSideEncryption }: ObjectVersionInfo): boolean {
  return serverSideEncryption === undefined || serverSideEncryption === "AES256";
}
