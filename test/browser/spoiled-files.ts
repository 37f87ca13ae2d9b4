import { randomBytes } from "node:crypto";
import { appendFile, mkdir, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What may happen to a file between its choice and its upload, so that what was chosen cannot be sent. */
export const SPOILED: readonly [what: string, spoil: (path: string) => Promise<void>][] = [
  ["deleted", (path) => rm(path)],
  ["moved", (path) => rename(path, `${path}.moved`)],
  ["made shorter", (path) => truncate(path, 10)],
  ["emptied", (path) => truncate(path, 0)],
  ["replaced by a folder", replaceByFolder],
  ["changed", (path) => appendFile(path, "more")],
];

/** Makes a file of 100,000 bytes. @returns its path */
export async function makeFile(whenDone: (undo: () => Promise<void>) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-file-"));
  whenDone(() => rm(folder, { recursive: true }));
  const path = join(folder, "a.bin");
  await writeFile(path, randomBytes(100_000));
  return path;
}

async function replaceByFolder(path: string): Promise<void> {
  await rm(path);
  await mkdir(path);
}
