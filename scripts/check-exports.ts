/**
 * Pack the built packages as they would be published, and look at the tarballs the way a stranger's tools will.
 *
 * Needs a build. What is packed and unpacked stays under `artifacts/` for a look.
 */
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { runCommand } from "./run-command.ts";

interface PackedPackage {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
type Exports = Readonly<Record<string, Readonly<Record<string, string>>>>;

const tarballs = join("artifacts", "tarballs");
const consumer = join("artifacts", "consumer");

await rm("artifacts/tarballs", { recursive: true, force: true });
await rm(consumer, { recursive: true, force: true });
await mkdir(consumer, { recursive: true });
await writeFile(join(consumer, "package.json"), '{ "private": true, "type": "module" }\n');

const packages = await pack();
const problems = (await Promise.all(packages.map(inspect))).flat();
problems.push(...(await compileAgainstCore()));

for (const problem of problems) console.error(problem);
if (packages.length === 0) console.error("no package was packed");
if (packages.length === 0 || problems.length > 0) process.exitCode = 1;
else console.log(`${packages.length} packages publish what they promise`);

/** Links of a README that lead nowhere for a reader who has the package alone, or beside the others in `node_modules`. */
async function findDeadLinks(name: string): Promise<string[]> {
  const page = await readFile(join("packages", name.replace("@presign-once/", ""), "README.md"), "utf8");
  const slugs = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
  const siblings = packages.map((each) => each.name.replace("@presign-once/", "../"));
  const links = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => !(link.startsWith("#") ? slugs.includes(link.slice(1)) : siblings.includes(link)))
    .map((link) => `${name}: README.md links to ${link}, which is not in the tarball`);
}

async function pack(): Promise<PackedPackage[]> {
  const args = ["--filter", "./packages/*", "pack", "--json", "--pack-destination", resolve(tarballs)];
  const { exitCode, output } = await runCommand("pnpm", args);
  if (exitCode !== 0) throw new Error(output);
  return JSON.parse(output.slice(output.indexOf("["))) as PackedPackage[];
}

async function inspect({ name, filename, files }: PackedPackage): Promise<string[]> {
  const found = files
    .filter(
      ({ path }) => !/^(dist\/.*(?<!\.test)\.(js|d\.ts)|package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(path),
    )
    // The page of local-edge is bundled where it is served, from its sources.
    .filter(({ path }) => !/^src\/page\/browser\/(css\/)?[\w-]+\.(ts|css|html)$/.test(path))
    .map(({ path }) => `${name}: ${path} does not belong in the tarball`);

  found.push(...(await findDeadLinks(name)));
  const exports = await unpack(name, filename);
  for (const [subpath, targets] of Object.entries(exports)) {
    if ("source" in targets) found.push(`${name}: exports["${subpath}"] is published with its "source" condition`);
  }

  const entries = Object.keys(exports).map((subpath) => name + subpath.slice(1));
  const importAll = entries.map((entry) => `await import(${JSON.stringify(entry)});`).join("\n");
  const checks = [
    runCommand("publint", [filename, "--strict"]),
    runCommand("attw", [filename, "--profile", "esm-only", "--no-emoji"]),
    runCommand("node", ["--input-type=module", "--eval", importAll], { cwd: consumer }),
  ];
  for (const { exitCode, output } of await Promise.all(checks)) if (exitCode !== 0) found.push(`${name}:\n${output}`);
  if (found.length === 0) console.log(`${basename(filename)}: ${files.length} files, ${entries.join(", ")}`);
  return found;
}

/** Unpack where the consumer finds it, beside the dependencies that the workspace installed for it. */
async function unpack(name: string, filename: string): Promise<Exports> {
  const folder = join(consumer, "node_modules", name);
  await mkdir(folder, { recursive: true });
  const { exitCode, output } = await runCommand("tar", ["-xzf", filename, "-C", folder, "--strip-components", "1"]);
  if (exitCode !== 0) throw new Error(output);
  const dependencies = resolve("packages", name.split("/").at(-1) ?? name, "node_modules");
  await symlink(dependencies, join(folder, "node_modules"), "junction");
  return (JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { exports: Exports }).exports;
}

/** The published types of `core` must ask for nothing but ECMAScript, neither Node's types nor the DOM's. */
async function compileAgainstCore(): Promise<string[]> {
  const imports = ["", "/http", "/operator", "/testing"].map((subpath) => `@presign-once/core${subpath}`);
  await writeFile(join(consumer, "index.ts"), imports.map((name) => `export * from "${name}";\n`).join(""));
  const compilerOptions = {
    target: "ES2023",
    lib: ["ES2023"],
    module: "NodeNext",
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  await writeFile(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  const { exitCode, output } = await runCommand("tsc", ["-p", consumer]);
  return exitCode === 0 ? [] : [`@presign-once/core does not compile without Node's types and the DOM's:\n${output}`];
}
