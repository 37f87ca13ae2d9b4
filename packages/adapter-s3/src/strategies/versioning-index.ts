import { PresignOnceError, type SignatureHash, type SignatureIndex } from "@presign-once/core";

import { type Deadline, retrying } from "../s3/deadline.ts";
import type { ListedVersion, ObjectVersionInfo, VersionMarker } from "../s3/index-s3.ts";
import { isMissingKey, isPermanent, mayHaveLanded } from "../s3/s3-failure.ts";
import { lookAt, putEntry, readEntry } from "./entry-store.ts";
import { etagOf, ISSUED_BODY, REVOKED_BODY } from "./index-entry.ts";
import { completePlace, type IndexPlace } from "./index-place.ts";
import { createSettledIndex, type Settlement, settlementOf } from "./settled-index.ts";

/**
 * Creates an index on a versioned bucket, for servers without a trustworthy conditional write.
 *
 * `register` writes `<prefix>valid/<hash>`. `claim` looks that the hash is valid and not yet expired, writes a version of
 * `<prefix>expired/<hash>`, and lists the versions of that key: whoever wrote the oldest one, the last in the list, owns
 * the hash; `revoke` does the same. Position decides and never `LastModified`, which has a resolution of one second and
 * ties.
 *
 * Fails closed: only a 404 means absent; a delete marker, a version without an id (versioning off or suspended) or a list
 * that lacks our own version is `indeterminate`. Three sequential round trips, four requests.
 *
 * Safe only where a version that is listed as newer can never have been listed before an older one: measured on Ceph RGW.
 * On AWS prefer `createConditionalIndex`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function createVersioningIndex(place: IndexPlace): SignatureIndex {
  const { store, prefix, newDeadline } = completePlace(place);
  const { s3, bucket } = store;
  let versioningSeen = false;

  /** Asks once per handle, before its first claim writes anything. */
  async function requireVersioning(deadline: Deadline): Promise<void> {
    if (versioningSeen) return;
    const status = await deadline.run((signal) => s3.getBucketVersioning({ bucket }, signal));
    if (status !== "Enabled") throw versioningOff();
    versioningSeen = true;
  }

  /** `undefined` only for a 404; every other failure throws. */
  async function head(key: string, deadline: Deadline): Promise<ObjectVersionInfo | undefined> {
    try {
      const found = await deadline.run((signal) => s3.headObject({ bucket, key }, signal));
      requireVersionId(found);
      return found;
    } catch (error) {
      if (isMissingKey(error)) return undefined;
      throw error;
    }
  }

  /** Every version of one key, newest first, as the server lists them. */
  async function listVersions(key: string, deadline: Deadline): Promise<ListedVersion[]> {
    const versions: ListedVersion[] = [];
    let after: VersionMarker | undefined;
    do {
      const request = { bucket, prefix: key, after };
      const page = await deadline.run((signal) => s3.listObjectVersions(request, signal));
      if (page.deleteMarkers.some((marker) => marker.key === key))
        throw new PresignOnceError("INDEX_UNREADABLE", "An index entry was deleted, so nobody knows who claimed first");
      for (const version of page.versions) {
        if (version.key !== key) continue;
        requireVersionId(version);
        versions.push(version);
      }
      after = page.next;
    } while (after !== undefined);
    return versions;
  }

  /** Looks, before anything is written, whether the hash is registered and whether it was settled. */
  async function look(
    hash: SignatureHash,
    deadline: Deadline,
  ): Promise<{ issued: boolean; settled: Known | undefined }> {
    const [valid, expired] = await Promise.all([
      head(`${prefix}valid/${hash}`, deadline),
      head(`${prefix}expired/${hash}`, deadline),
      requireVersioning(deadline),
    ]);
    return { issued: valid !== undefined, settled: expired };
  }

  /**
   * Reads from the oldest version of a key who settled it.
   *
   * @param body   what was to settle it
   * @param known  a version that must be in the list: the one just written, or the one that was there before
   * @param own    whether `known` was written by this very call
   */
  async function decide(
    body: string,
    key: string,
    versions: readonly ListedVersion[],
    known: Known | undefined,
    own: boolean,
    deadline: Deadline,
  ): Promise<Decision> {
    const oldest = versions.at(-1);
    if (
      oldest === undefined ||
      (known !== undefined && !versions.some(({ versionId }) => versionId === known.versionId))
    )
      throw untold();
    if (own && oldest.versionId === known?.versionId) return { status: "settled" };
    // Written by this body's owner before, or by a write of this call whose answer was lost.
    if (oldest.etag === etagOf(body)) return { status: "settled", found: { since: oldest.lastModified } };
    if (known !== undefined && etagsAreMd5(known))
      return { status: "settled-before", by: oldest.etag === REVOKED_ETAG ? "revocation" : "claim" };
    const entry = await readEntry(store, key, deadline, oldest.versionId);
    if (entry.state === "unreadable") throw entry.error;
    if (entry.state !== "claimed" && entry.state !== "revoked") throw untold();
    return settlementOf(entry, body);
  }

  return createSettledIndex({
    async register(hash, { expiresAt }) {
      const entry = {
        key: `${prefix}valid/${hash}`,
        body: ISSUED_BODY,
        metadata: { "expires-at": expiresAt.toISOString() },
      };
      const deadline = newDeadline();
      try {
        await retrying(deadline, async () => {
          await requireVersioning(deadline);
          requireVersionId(await putEntry(store, entry, deadline));
        });
        return { status: "registered" };
      } catch (cause) {
        return { status: "indeterminate", cause };
      }
    },

    async settle(hash, body) {
      const key = `${prefix}expired/${hash}`;
      const deadline = newDeadline();
      let attempts = 0;
      let landed = false;
      try {
        const { issued, settled } = await retrying(deadline, () => look(hash, deadline));
        if (!issued) return { status: "unknown", attempts };
        let known = settled;
        let versions: ListedVersion[];
        for (;;) {
          if (settled === undefined) {
            if (attempts === 0 && !deadline.leavesTime()) throw outOfTime(); // nothing was written, and nothing is
            attempts++;
            try {
              known = await putEntry(store, { key, body }, deadline);
              landed = true;
            } catch (error) {
              landed ||= mayHaveLanded(error);
              if (isPermanent(error)) throw error;
            }
            if (known !== undefined) requireVersionId(known);
          }
          versions = await retrying(deadline, () => listVersions(key, deadline));
          if (versions.length > 0 || known !== undefined) break;
          if (!(await deadline.pause())) throw untold();
        }
        const decision = await retrying(deadline, () =>
          decide(body, key, versions, known, settled === undefined, deadline),
        );
        return { ...decision, attempts };
      } catch (cause) {
        return { status: "indeterminate", mayHaveLanded: landed, attempts, cause };
      }
    },

    async look(hash) {
      const key = `${prefix}expired/${hash}`;
      const deadline = newDeadline();
      try {
        const { issued, settled } = await retrying(deadline, () => look(hash, deadline));
        if (!issued) return { state: "unknown" };
        if (settled === undefined) return { state: "issued", at: undefined };
        const oldest = (await retrying(deadline, () => listVersions(key, deadline))).at(-1);
        if (oldest === undefined) throw untold();
        return await lookAt(store, key, deadline, oldest.versionId);
      } catch (cause) {
        return { state: "indeterminate", cause };
      }
    },
  });
}

const REVOKED_ETAG = etagOf(REVOKED_BODY);

/** What an answer tells of a version: its id, and whether ETags in its bucket are MD5. */
type Known = ObjectVersionInfo;

/** A settlement that was read from a list of versions. */
type Decision = Pick<Settlement & { status: "settled" }, "status" | "found"> | ReturnType<typeof settlementOf>;

function etagsAreMd5({ serverSideEncryption }: Known): boolean {
  return serverSideEncryption === undefined || serverSideEncryption === "AES256";
}

function requireVersionId({ versionId }: { readonly versionId?: string | undefined }): void {
  if (versionId === undefined || versionId === "null") throw versioningOff();
}

function versioningOff(): PresignOnceError {
  return new PresignOnceError(
    "INDEX_MISCONFIGURED",
    "The versioning strategy needs a bucket with versioning enabled, and the index bucket's is off or suspended",
  );
}

function outOfTime(): DOMException {
  return new DOMException("S3 answered so late that no time was left for a write", "TimeoutError");
}

function untold(): PresignOnceError {
  return new PresignOnceError("INDEX_UNREADABLE", "The versions of an index entry do not tell who claimed first");
}
