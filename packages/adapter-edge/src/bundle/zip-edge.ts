import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bundleEdge } from "./bundle-edge.ts";
import { zip } from "./zip.ts";

/** Where the archives of the two functions were written. */
export interface EdgeArchives {
  readonly issueZip: string;
  readonly verifyZip: string;
}

/**
 * Bundles the two edge functions as archives that Lambda takes: `issue.zip` and `verify.zip`.
 *
 * Inside, `index.mjs` and `config.json` have mode 644, without which the function cannot read its settings. The same settings and
 * sources make the same bytes, on the same version of Node. The archives hold the edge keys, so only the owner can read them.
 *
 * @param options  as for {@link bundleEdge}; `outDir` gets the archives, and no folders
 * @throws {PresignOnceError} `CONFIG_INVALID`, as {@link bundleEdge} does; nothing is written then
 */
export async function zipEdge(options: Parameters<typeof bundleEdge>[0]): Promise<EdgeArchives> {
  const work = await mkdtemp(join(tmpdir(), "presign-once-zip-"));
  try {
    const { issueDir, verifyDir } = await bundleEdge({ ...options, outDir: work });
    await mkdir(options.outDir, { recursive: true });
    const issueZip = join(options.outDir, "issue.zip");
    const verifyZip = join(options.outDir, "verify.zip");
    await writeArchive(issueDir, issueZip);
    await writeArchive(verifyDir, verifyZip);
    return { issueZip, verifyZip };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeArchive(dir: string, file: string): Promise<void> {
  const read = (name: string) => readFile(join(dir, name));
  const archive = zip({ "index.mjs": await read("index.mjs"), "config.json": await read("config.json") });
  await rm(file, { force: true }); // the mode is given to new files only
  await writeFile(file, archive, { mode: 0o600 });
}
