import { createHash, randomUUID } from "node:crypto";

import { type ObjectStore, type StoredObject, StoreError } from "./object-store.ts";

/** What a bucket of the store is like. */
interface BucketSettings {
  readonly versioned: boolean;
  /** Its KMS key, under which an ETag is not the MD5 of the body, and differs for every write. */
  readonly kmsKeyArn?: string | undefined;
}

/** A store that forgets, with versions where they are wanted; one operation at a time, so every condition is atomic. */
export function createMemoryStore(buckets: Readonly<Record<string, BucketSettings>>): ObjectStore {
  const objects = new Map<string, (StoredObject & { readonly key: string })[]>();
  const isVersioned = (bucket: string): boolean => {
    const settings = buckets[bucket];
    if (settings === undefined) throw new StoreError(404, "NoSuchBucket");
    return settings.versioned;
  };
  const versionsOf = (bucket: string, key: string) => (isVersioned(bucket), objects.get(`${bucket}/${key}`) ?? []);

  return {
    async put(bucket, key, body, { ifMatch, ifNoneMatch }) {
      const before = versionsOf(bucket, key);
      const current = before[0];
      if (ifNoneMatch === "*" && current !== undefined) throw new StoreError(412, "PreconditionFailed");
      if (ifMatch !== undefined && current === undefined) throw new StoreError(404, "NoSuchKey");
      if (ifMatch !== undefined && current?.etag !== ifMatch) throw new StoreError(412, "PreconditionFailed");
      const digest = createHash("md5").update(body);
      if (buckets[bucket]?.kmsKeyArn !== undefined) digest.update(randomUUID());
      const etag = `"${digest.digest("hex")}"`;
      const stored = { key, body, etag, versionId: isVersioned(bucket) ? randomUUID() : undefined };
      objects.set(`${bucket}/${key}`, isVersioned(bucket) ? [stored, ...before] : [stored]);
      return stored;
    },
    async get(bucket, key, versionId) {
      const found = versionsOf(bucket, key).find(
        (version) => versionId === undefined || version.versionId === versionId,
      );
      if (found === undefined) throw new StoreError(404, "NoSuchKey");
      return found;
    },
    async versions(bucket, prefix) {
      isVersioned(bucket);
      const keys = [...objects.keys()].filter((path) => path.startsWith(`${bucket}/${prefix}`)).sort();
      return keys.flatMap((path) => objects.get(path) ?? []);
    },
    isVersioned: async (bucket) => isVersioned(bucket),
    kmsKeyOf: (bucket) => buckets[bucket]?.kmsKeyArn,
  };
}
