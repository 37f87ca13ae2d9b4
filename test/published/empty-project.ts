import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { lockNode } from "./node-lock.ts";
import { succeed } from "./pack-packages.ts";

const PACKAGES = new URL("../../packages/", import.meta.url);

/** A new project: one version of Node, and packages of ours from their tarballs. */
export interface EmptyProject {
  readonly folder: string;
  /**
   * Runs code in it, by its own Node.
   *
   * @returns what the code printed
   * @throws  with what it printed, when it ends with another status than 0
   */
  run(code: string, env?: Record<string, string>): Promise<string>;
  /** Runs a command that a package brings. Returns and throws as `run` does. */
  command(name: string, args: readonly string[], env?: Record<string, string>): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Makes an empty project and lets npm install into it, without any install script.
 *
 * @param nodeVersion   major version of Node
 * @param dependencies  for its `package.json`
 */
export async function createEmptyProject(
  nodeVersion: number,
  dependencies: Readonly<Record<string, string>>,
): Promise<EmptyProject> {
  const folder = await mkdtemp(join(tmpdir(), `presign-once-node-${nodeVersion}-`));
  const node = lockNode(nodeVersion);
  const settings = { private: true, type: "module", dependencies: { ...dependencies, ...node.dependencies } };
  await writeFile(join(folder, "package.json"), JSON.stringify(settings));
  await writeFile(join(folder, "package-lock.json"), JSON.stringify(node.lockfile));
  await succeed("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  const bin = (name: string) => join(folder, "node_modules", ".bin", name);
  return {
    folder,
    async run(code, env) {
      await writeFile(join(folder, "example.js"), code);
      return succeed(bin("node"), ["example.js"], folder, env);
    },
    // By the project's Node, whatever stands first in the path of this process.
    command: (name, args, env) => succeed(bin("node"), [bin(name), ...args], folder, env),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Takes an example out of the README of a package, as JavaScript.
 *
 * @param packageName  its folder below `packages/`
 * @param nth          of the blocks of TypeScript, from 0
 * @param changes      what stands in the example and what to put in its place, for what cannot be had here; each must be
 *                     there exactly once
 */
export async function readmeExample(
  packageName: string,
  nth: number,
  changes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const page = await readFile(new URL(`${packageName}/README.md`, PACKAGES), "utf8");
  let [, code = ""] = [...page.matchAll(/^```ts\n(.*?)^```$/gms)][nth] ?? [];
  if (code === "") throw new Error(`${packageName}/README.md has no example ${nth}`);
  for (const [before, after] of Object.entries(changes)) {
    const parts = code.split(before);
    if (parts.length !== 2)
      throw new Error(`${packageName}/README.md, example ${nth}: ${before} stands there not once`);
    code = parts.join(after);
  }
  return stripTypeScriptTypes(code);
}
