import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What R2 holds of uploads that became no object: its S3 API lists neither multipart uploads nor parts. */
export interface R2Leftovers {
  /** Multipart uploads that were neither completed nor aborted. */
  readonly uploads: number;
  /** Parts that belong to no object. */
  readonly parts: number;
  /** Files with bytes that belong to no object and no part. */
  readonly strayFiles: number;
}

/**
 * Looks into the folder of an R2 that was started with `persistTo`, running or not.
 *
 * @param keyPrefix  of the uploads and parts that count; files count whatever they belonged to
 */
export async function readR2Leftovers(folder: string, keyPrefix = ""): Promise<R2Leftovers> {
  const databases = join(folder, "miniflare-R2BucketObject");
  const names = (await readdir(databases)).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  const known = new Set<unknown>();
  let [uploads, parts] = [0, 0];
  for (const name of names) {
    const database = new DatabaseSync(join(databases, name), { readOnly: true });
    const rows = (query: string, ...values: string[]) => database.prepare(query).all(...values);
    uploads += rows("SELECT key FROM _mf_multipart_uploads WHERE state = 0 AND key LIKE ? || '%'", keyPrefix).length;
    parts += rows(
      "SELECT part_number FROM _mf_multipart_parts JOIN _mf_multipart_uploads USING (upload_id) WHERE object_key IS NULL AND key LIKE ? || '%'",
      keyPrefix,
    ).length;
    const blobs = rows("SELECT blob_id FROM _mf_objects UNION SELECT blob_id FROM _mf_multipart_parts");
    for (const { blob_id: blob } of blobs) known.add(blob);
    database.close();
  }
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const stray = files.filter(({ name, parentPath }) => /\/blobs$/.test(parentPath) && !known.has(name));
  return { uploads, parts, strayFiles: stray.length };
}
