import type { Strategy } from "@presign-once/adapter-s3/strategies";

import { type Fact, read, unread } from "./fact.ts";
import { resourcesOf, type Statement } from "./policy-statements.ts";

/** Where the index is, and which strategy claims in it. */
export interface IndexPlace {
  readonly bucket: string;
  /** Folder of all entries, with its slash. */
  readonly prefix: string;
  readonly strategy: Strategy;
}

/** A folder of a bucket that an action is allowed in. */
interface Folder {
  readonly bucket: string;
  readonly prefix: string;
}

/** Folder of uploads by the settings' default, and in every stack. */
export const UPLOADS_FOLDER = "uploads/";

/**
 * Tells where the index is from what the verify role may write beside uploads: its settings say it too, but are in the
 * function's archive together with the edge keys, which no check may read.
 *
 * @param rights  of the verify role
 * @returns `undefined`: the role may write nowhere else
 */
export function indexPlaceOf(rights: readonly Statement[]): Fact<IndexPlace | undefined> {
  const written = resourcesOf(rights, "s3:PutObject").filter((resource) => !resource.endsWith(`/${UPLOADS_FOLDER}*`));
  if (written.length === 0) return read(undefined);
  const [folder, ...others] = written.map(parseFolder);
  if (folder === undefined || others.some((other) => other?.bucket !== folder.bucket || other.prefix !== folder.prefix))
    return unread("the policies of the verify role do not name one folder of the index");
  const [, prefix = "", claims] = /^(.*?)(claims\/|expired\/)?$/.exec(folder.prefix) ?? [];
  const strategy = claims === "claims/" ? "sealed" : claims === "expired/" ? "versioning" : "conditional";
  return read({ bucket: folder.bucket, prefix, strategy });
}

/** The folders, each in one bucket, in which statements allow an action. */
export function foldersOf(statements: readonly Statement[], action: string): readonly Folder[] {
  return resourcesOf(statements, action).flatMap((resource) => parseFolder(resource) ?? []);
}

function parseFolder(resource: string): Folder | undefined {
  const [, bucket, prefix = ""] = /^arn:[\w-]+:s3:::([^/*?]+)\/([^*?]*)\*$/.exec(resource) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}
