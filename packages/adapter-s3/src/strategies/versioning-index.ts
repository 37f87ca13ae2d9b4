import type { SignatureHash } from "@presign-once/core";

import { type Deadline, retrying } from "../s3/deadline.ts";
import type { ListedVersion, ObjectVersionInfo } from "../s3/index-s3.ts";
import { isPermanent, mayHaveLanded } from "../s3/s3-failure.ts";
import { lookAt, putEntry } from "./entry-store.ts";
import { ISSUED_BODY } from "./index-entry.ts";
import { completePlace, type IndexPlace } from "./index-place.ts";
import { settlementByOldest, untold } from "./oldest-version.ts";
import { scopeOf } from "./scope-of.ts";
import { createSettledIndex, type S3Index } from "./settled-index.ts";
import { createVersionedKeys, requireVersionId } from "./versioned-keys.ts";

/**
 * Creates an index on a versioned bucket, for servers without a trustworthy conditional write.
 *
 * `register` writes `<prefix>valid/<hash>`. `claim` looks that the hash is valid and not yet expired, writes a version of
 * `<prefix>expired/<hash>`, and lists the versions of that key: the writer of the oldest one owns the hash
 * ({@link settlementByOldest}); `revoke` does the same.
 *
 * Fails closed: only a 404 means absent; a delete marker, a version without an id (versioning off or suspended) or a list
 * that lacks our own version is `indeterminate`. Three sequential round trips, four requests.
 *
 * Safe only where a version that is listed as newer can never have been listed before an older one: measured on Ceph RGW.
 * On AWS prefer `createConditionalIndex`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function createVersioningIndex(place: IndexPlace): S3Index {
  const { store, prefix, newDeadline } = completePlace(place);
  const keys = createVersionedKeys(store);

  /** Looks, before anything is written, whether the hash is registered and whether it was settled. */
  async function look(
    hash: SignatureHash,
    deadline: Deadline,
  ): Promise<{ issued: boolean; settled: ObjectVersionInfo | undefined }> {
    const [valid, expired] = await Promise.all([
      keys.head(`${prefix}valid/${hash}`, deadline),
      keys.head(`${prefix}expired/${hash}`, deadline),
      keys.requireVersioning(deadline),
    ]);
    return { issued: valid !== undefined, settled: expired };
  }

  return createSettledIndex({
    scope: scopeOf({ strategy: "versioning", bucket: place.bucket, prefix }),
    async register(hash, { expiresAt }) {
      const entry = {
        key: `${prefix}valid/${hash}`,
        body: ISSUED_BODY,
        metadata: { "expires-at": expiresAt.toISOString() },
      };
      const deadline = newDeadline();
      try {
        await retrying(deadline, async () => {
          await keys.requireVersioning(deadline);
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
        const isOwn = settled === undefined;
        let known = settled;
        let versions: readonly ListedVersion[];
        for (;;) {
          if (isOwn) {
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
          versions = await retrying(deadline, () => keys.list(key, deadline));
          if (versions.length > 0 || known !== undefined) break;
          if (!(await deadline.pause())) throw untold();
        }
        const listed = { key, versions, known, isOwn };
        const decision = await retrying(deadline, () => settlementByOldest(store, body, listed, deadline));
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
        const oldest = (await retrying(deadline, () => keys.list(key, deadline))).at(-1);
        if (oldest === undefined) throw untold();
        return await lookAt(store, key, deadline, oldest.versionId);
      } catch (cause) {
        return { state: "indeterminate", cause };
      }
    },
  });
}

function outOfTime(): DOMException {
  return new DOMException("S3 answered so late that no time was left for a write", "TimeoutError");
}
