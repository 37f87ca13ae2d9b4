import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { type CommandResult, runCommand } from "../scripts/run-command.ts";

/** A copy of the workspace, in which a gate's script can be run on a tree with something wrong in it. */
export interface WorkspaceCopy {
  readonly folder: string;
  /** Write a file, or change one: `edit` gets what is there, or the empty string. */
  plant(path: string, edit: string | ((text: string) => string)): Promise<void>;
  /** Put back every file as it was before it was planted. */
  restore(): Promise<void>;
  /** Run a script of the root `package.json`, with further arguments for it. */
  run(script: string, ...args: string[]): Promise<CommandResult>;
  remove(): Promise<void>;
}

const root = resolve(import.meta.dirname, "..");
const notCopied = new Set([".git", ".local", ".sst", ".wrangler", "artifacts", "coverage", "dist", "node_modules"]);

/**
 * Copy the working tree to a temporary folder, uncommitted changes included.
 *
 * What is installed is linked, not copied: packages resolve each other inside the copy, and everything else in the
 * workspace's own store.
 */
export async function copyWorkspace(): Promise<WorkspaceCopy> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-gates-"));
  await cp(root, folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !notCopied.has(source.split(/[\\/]/).at(-1) ?? ""),
  });
  const groups = ["examples", "packages"].map(async (group) =>
    (await readdir(join(root, group))).map((name) => join(group, name)),
  );
  for (const place of [".", "bench", "test", ...(await Promise.all(groups)).flat()])
    await linkDependencies(place, folder);

  const planted = new Map<string, string | undefined>();
  return {
    folder,
    async plant(path, edit) {
      const file = join(folder, path);
      const before = await readFile(file, "utf8").catch(() => undefined);
      if (!planted.has(path)) planted.set(path, before);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, typeof edit === "string" ? edit : edit(before ?? ""));
    },
    async restore() {
      for (const [path, before] of planted) {
        if (before === undefined) await rm(join(folder, path));
        else await writeFile(join(folder, path), before);
      }
      planted.clear();
    },
    run: (script, ...args) =>
      runCommand("node", ["--run", script, "--", ...args], {
        cwd: folder,
        env: { pnpm_config_verify_deps_before_run: "false" },
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Links between packages are relative, and so stay inside the copy; only pnpm's store is linked to the original. */
async function linkDependencies(place: string, folder: string): Promise<void> {
  const installed = join(root, place, "node_modules");
  if (!existsSync(installed)) return; // a package that depends on nothing
  const linked = join(folder, place, "node_modules");
  await cp(installed, linked, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => ![".pnpm", ".vite", ".cache"].includes(source.slice(installed.length + 1)),
  });
  if (place === ".") await symlink(join(installed, ".pnpm"), join(linked, ".pnpm"), "junction");
}
