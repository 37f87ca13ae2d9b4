/**
 * Type-check every TypeScript project of the workspace, side by side.
 *
 * They are separate projects on purpose: `core` compiles without Node's types and without the DOM's, and one program
 * that also held a test would bring both in.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { packageFolders } from "./packages.ts";
import { runCommand } from "./run-command.ts";

const projects = [
  "tsconfig.json",
  join("test", "tsconfig.json"),
  join("bench", "tsconfig.json"),
  join("examples", "tsconfig.json"),
];
for (const folder of await packageFolders()) {
  const configs = (await readdir(folder)).filter((name) => /^tsconfig(\.test|\.page)?\.json$/.test(name));
  projects.push(...configs.map((name) => join(folder, name)));
}

const results = await Promise.all(projects.map((project) => runCommand("tsc", ["-p", project])));
for (const { output } of results) process.stdout.write(output);
const failed = projects.filter((_, index) => results[index]?.exitCode !== 0);
for (const project of failed) console.error(`types do not hold in ${project}`);
if (failed.length > 0) process.exitCode = 1;
else console.log(`types hold in ${projects.length} projects`);
