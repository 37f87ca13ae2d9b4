import { PresignOnceError } from "@presign-once/core";

import type { Deadline } from "../s3/deadline.ts";
import type { ListedVersion, ObjectVersionInfo, VersionMarker } from "../s3/index-s3.ts";
import { isMissingKey } from "../s3/s3-failure.ts";
import type { EntryStore } from "./entry-store.ts";

/** Reads keys of a versioned bucket, and throws for every inconclusive answer. */
export interface VersionedKeys {
  /** Asks once for each handle. @throws {PresignOnceError} `INDEX_MISCONFIGURED`: the bucket keeps no versions */
  requireVersioning(deadline: Deadline): Promise<void>;
  /** The current version of a key; `undefined` only for a 404 about the key. */
  head(key: string, deadline: Deadline): Promise<ObjectVersionInfo | undefined>;
  /**
   * Every version of one key, newest first, as the server lists them.
   *
   * @throws {PresignOnceError} `INDEX_UNREADABLE`: the key has a delete marker
   */
  list(key: string, deadline: Deadline): Promise<readonly ListedVersion[]>;
}

/** Creates the keys of one handle. */
export function createVersionedKeys({ s3, bucket }: EntryStore): VersionedKeys {
  let versioningSeen = false;

  return {
    async requireVersioning(deadline) {
      if (versioningSeen) return;
      const status = await deadline.run((signal) => s3.getBucketVersioning({ bucket }, signal));
      if (status !== "Enabled") throw versioningOff();
      versioningSeen = true;
    },

    async head(key, deadline) {
      try {
        const found = await deadline.run((signal) => s3.headObject({ bucket, key }, signal));
        requireVersionId(found);
        return found;
      } catch (error) {
        if (isMissingKey(error)) return undefined;
        throw error;
      }
    },

    async list(key, deadline) {
      const versions: ListedVersion[] = [];
      let after: VersionMarker | undefined;
      do {
        const request = { bucket, prefix: key, after };
        const page = await deadline.run((signal) => s3.listObjectVersions(request, signal));
        if (page.deleteMarkers.some((marker) => marker.key === key))
          throw new PresignOnceError("INDEX_UNREADABLE", "An index entry was deleted, so the first claim is unknown");
        for (const version of page.versions) {
          if (version.key !== key) continue;
          requireVersionId(version);
          versions.push(version);
        }
        after = page.next;
      } while (after !== undefined);
      return versions;
    },
  };
}

/** @throws {PresignOnceError} `INDEX_MISCONFIGURED`: a version without an id, so versioning is off or suspended */
export function requireVersionId({ versionId }: { readonly versionId?: string | undefined }): void {
  if (versionId === undefined || versionId === "null") throw versioningOff();
}

function versioningOff(): PresignOnceError {
  return new PresignOnceError(
    "INDEX_MISCONFIGURED",
    "The versioning strategy needs a bucket with versioning enabled, and the index bucket's is off or suspended",
  );
}
