/** Before a package is packed: builds it and what it depends on, unless that was done since the sources last changed. */
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

import { runCommand } from "./run-command.ts";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const root = resolve(import.meta.dirname, "..");
const own = JSON.parse(await readFile("package.json", "utf8")) as Manifest;
if (await isStale(own.name, new Set())) {
  const { exitCode, output } = await runCommand("pnpm", ["--filter", `${own.name}...`, "run", "build"], { cwd: root });
  if (exitCode !== 0) {
    process.stderr.write(output);
    process.exitCode = 1;
  }
}

/** Whether a package, or one that it depends on, has sources that are newer than what was built of them. */
async function isStale(name: string, seen: Set<string>): Promise<boolean> {
  if (seen.has(name)) return false;
  seen.add(name);
  const folder = join(root, "packages", name.replace("@presign-once/", ""));
  if (!existsSync(join(folder, "dist"))) return true;
  if ((await newest(join(folder, "src"))) > (await newest(join(folder, "dist")))) return true;
  const { dependencies = {} } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  for (const dependency of Object.keys(dependencies).filter((each) => each.startsWith("@presign-once/")))
    if (await isStale(dependency, seen)) return true;
  return false;
}

/** When the last file of a folder was written, in milliseconds. */
async function newest(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const times = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).mtimeMs));
  return Math.max(0, ...times);
}
