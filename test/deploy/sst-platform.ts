import { cp, mkdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";

import { createSstApp } from "./sst-app.ts";
import type { AwsApi } from "./stand-ins/aws-api.ts";

const workspace = resolve(import.meta.dirname, "..", "..");
const installed = join(workspace, ".sst");

/**
 * Lets SST install what its configurations need, into this workspace's own `.sst`: half a minute the first time.
 *
 * @throws whatever SST printed, if it fails
 */
export async function installPlatform(aws: AwsApi): Promise<void> {
  const app = await createSstApp({ folder: workspace, aws });
  const { exitCode, output } = await app.sst("rehearsal", "install");
  await app.remove();
  if (exitCode !== 0 || !output.includes("Installed providers")) throw new Error(`sst install failed:\n${output}`);
}

/** Gives another app what was installed; its 300 MB of packages are linked, not copied. */
export async function linkPlatform(folder: string): Promise<void> {
  const packages = join(installed, "platform", "node_modules");
  await mkdir(join(folder, ".sst"));
  for (const entry of ["platform", "provider-lock.json"])
    await cp(join(installed, entry), join(folder, ".sst", entry), {
      recursive: true,
      filter: (source) => source !== packages,
    });
  await symlink(packages, join(folder, ".sst", "platform", "node_modules"));
}
