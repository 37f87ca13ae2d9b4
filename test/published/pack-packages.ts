import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

import { copyWorkspace } from "../../gates/workspace-copy.ts";
import { runCommand } from "../../scripts/run-command.ts";

/**
 * Builds packages from a copy of the workspace and packs them as they would be published.
 *
 * @param names   of folders below `packages/`, each after those that it depends on
 * @param folder  for the tarballs; made here
 * @returns       what npm wants for `dependencies`: the name of each package and its tarball
 */
export async function packPackages(names: readonly string[], folder: string): Promise<Record<string, string>> {
  await mkdir(folder, { recursive: true });
  const copy = await copyWorkspace();
  try {
    for (const name of names) await succeed("pnpm", ["run", "build"], join(copy.folder, "packages", name));
    for (const name of names)
      await succeed("pnpm", ["pack", "--pack-destination", folder], join(copy.folder, "packages", name));
  } finally {
    await copy.remove();
  }
  const files = await readdir(folder);
  return Object.fromEntries(
    names.map((name) => {
      const file = files.find((candidate) => candidate.startsWith(`presign-once-${name}-`));
      return [`@presign-once/${name}`, `file:${join(folder, file ?? "missing")}`];
    }),
  );
}

/** Runs a command to its end. Throws with its output when it fails. */
export async function succeed(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const { exitCode, output } = await runCommand(command, args, { cwd, env });
  if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${output}`);
  return output;
}
