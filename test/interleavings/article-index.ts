import { HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";

import type { IndexFactory } from "./actors.ts";

/** How the versions of an expired signature are sorted, the first one first. */
export type VersionSort = (one: Date, other: Date) => number;

/** "Is it later?", as a boolean: never negative, so every Node since 11 leaves the list as it came, newest first. */
export const booleanSort: VersionSort = (one, other) => Number(one > other);
/** The comparator repaired. */
export const numericSort: VersionSort = (one, other) => one.getTime() - other.getTime();

/**
 * The algorithm that presign-once began with, as its article describes it: the baseline, which must be found wrong.
 *
 * The hash must be in the valid index and not in the expired one, and an error of either read counts as "not there".
 * Then it is written to the expired index, the versions of that key are listed and sorted by `LastModified`, and the writer
 * of the first one passes.
 */
export function createArticleIndex(sort: VersionSort): IndexFactory {
  return ({ s3, bucket: Bucket }) => {
    const exists = (Key: string) =>
      s3.send(new HeadObjectCommand({ Bucket, Key })).then(
        () => true,
        () => false,
      );
    return {
      async register(hash) {
        await s3.send(new PutObjectCommand({ Bucket, Key: `signatures/valid/${hash}`, Body: hash }));
        return { status: "registered" };
      },

      async claim(hash) {
        const Key = `signatures/expired/${hash}`;
        const [valid, expired] = await Promise.all([exists(`signatures/valid/${hash}`), exists(Key)]);
        if (!valid || expired) return { status: "already-claimed" };
        const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: hash }));
        const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
        const epoch = new Date(0);
        const [first] = Versions.sort((one, other) => sort(one.LastModified ?? epoch, other.LastModified ?? epoch));
        return { status: first?.VersionId === VersionId ? "claimed" : "already-claimed" };
      },
    };
  };
}
