import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { expect, test } from "vitest";

/**
 * What is installed is what the lockfiles have a hash of: every entry has one, and no install script runs, since a script
 * may fetch anything. And what the packages bring along is what they need to run. pnpm itself fails at a package with a script that `allowBuilds` does not name (`strictDepBuilds`).
 */
const root = resolve(import.meta.dirname, "..");
const read = (path: string) => readFile(join(root, path), "utf8");

/** Entries of a lockfile of pnpm's that come from elsewhere than a registry's tarball with a hash. */
function unlocked(lockfile: string): string[] {
  const [, packages = ""] = /^packages:\n(.*?)^(?=\S)/ms.exec(lockfile) ?? [];
  const entries = packages.split(/^ {2}(?=\S)/m).filter((entry) => entry.trim() !== "");
  return entries
    .filter((entry) => !/^ {4}resolution: \{integrity: sha512-[A-Za-z0-9+/]{86}==\}$/m.test(entry))
    .map((entry) => entry.slice(0, entry.indexOf("\n")));
}

/** Lines of `allowBuilds` that let a script run. */
function allowedScripts(workspace: string): string[] {
  const [, listed = ""] = /^allowBuilds:\n((?: .*\n)+)/m.exec(workspace) ?? [];
  return listed.split("\n").filter((line) => line.trim() !== "" && !line.endsWith(": false"));
}

test("every package of the lockfile has a hash", async () => {
  const lockfile = await read("pnpm-lock.yaml");
  expect(lockfile.match(/^ {4}resolution: /gm)?.length).toBeGreaterThan(500);
  expect(unlocked(lockfile)).toEqual([]);
});

test.each([
  ["without a resolution", "  'a@1.0.0':\n    hasBin: true\n"],
  ["from an address", "  a@1.0.0:\n    resolution: {tarball: https://packages.example/a.tgz}\n"],
  ["with a hash and an address", "  a@1.0.0:\n    resolution: {integrity: sha512-AA==, tarball: https://a.example}\n"],
  ["from a repository", "  a@1.0.0:\n    resolution: {commit: 0123, repo: https://a.example, type: git}\n"],
  ["with a weak hash", "  a@1.0.0:\n    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}\n"],
])("detects an entry %s", async (_, entry) => {
  const lockfile = (await read("pnpm-lock.yaml")).replace("\npackages:\n\n", `\npackages:\n\n${entry}\n`);
  expect(unlocked(lockfile)).toEqual([entry.slice(2, entry.indexOf("\n"))]);
});

test("no install script may run, and an unlisted one stops the installation", async () => {
  const workspace = await read("pnpm-workspace.yaml");
  expect(allowedScripts(workspace)).toEqual([]);
  expect(workspace).toMatch(/^strictDepBuilds: true$/m);
  expect(workspace).not.toMatch(/dangerouslyAllowAllBuilds|onlyBuiltDependencies/);
});

test("detects a script that is allowed", async () => {
  const workspace = (await read("pnpm-workspace.yaml")).replace("allowBuilds:\n", "allowBuilds:\n  node: true\n");
  expect(allowedScripts(workspace)).toEqual(["  node: true"]);
});

test("dependencies are pinned exactly, and pnpm by version and hash", async () => {
  const { packageManager, devDependencies, optionalDependencies } = JSON.parse(await read("package.json")) as {
    packageManager: string;
    devDependencies: Record<string, string>;
    optionalDependencies: Record<string, string>;
  };
  const asked = Object.values({ ...devDependencies, ...optionalDependencies });
  expect(asked.filter((range) => range !== "workspace:*" && !/^\d+\.\d+\.\d+$/.test(range))).toEqual([]);
  expect(packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+\+sha512\.[0-9a-f]{128}$/);
});

/** What only a compiler needs, among what a package brings to those who install it. */
function typesBrought(manifest: string): string[] {
  const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(manifest) as Readonly<
    Record<string, Record<string, string> | undefined>
  >;
  const brought = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
  return brought.filter((name) => /^(?:typescript$|@types\/)/.test(name));
}

test("no published package brings TypeScript or a package of types", async () => {
  for (const name of await readdir(join(root, "packages")))
    expect([name, typesBrought(await read(`packages/${name}/package.json`))]).toEqual([name, []]);
});

test.each(["dependencies", "peerDependencies", "optionalDependencies"])("detects both among %s", async (group) => {
  const manifest = JSON.parse(await read("packages/adapter-s3/package.json")) as Record<string, object>;
  const planted = { ...manifest[group], typescript: "7.0.2", "@types/node": "24.19.2" };
  expect(typesBrought(JSON.stringify({ ...manifest, [group]: planted }))).toEqual(["typescript", "@types/node"]);
});

/** Versions of the AWS SDK that a package demands of the project it is installed in, where it does not take every one since 3.700.0. */
function sdkDemanded(manifest: string): string[] {
  const { dependencies, peerDependencies } = JSON.parse(manifest) as Readonly<
    Record<string, Record<string, string> | undefined>
  >;
  const asked = Object.entries({ ...dependencies, ...peerDependencies });
  return asked
    .filter(([name, range]) => /^@aws-sdk\/(?:client-s3|lib-storage|s3-)/.test(name) && range !== "^3.700.0")
    .map(([name]) => name);
}

test("published packages take the S3 client that a project already has", async () => {
  for (const name of await readdir(join(root, "packages")))
    expect([name, sdkDemanded(await read(`packages/${name}/package.json`))]).toEqual([name, []]);
});

test("detects a pinned S3 client", async () => {
  const manifest = JSON.parse(await read("packages/adapter-s3/package.json")) as Record<string, object>;
  const planted = { ...manifest["peerDependencies"], "@aws-sdk/client-s3": "3.1173.0" };
  expect(sdkDemanded(JSON.stringify({ ...manifest, peerDependencies: planted }))).toEqual(["@aws-sdk/client-s3"]);
});

test("CI installs the same pnpm, with a hash for each of its packages", async () => {
  const { packageManager } = JSON.parse(await read("package.json")) as { packageManager: string };
  const [, version = "", hash = ""] = /^pnpm@(.*)\+sha512\.(.*)$/.exec(packageManager) ?? [];
  const { packages } = JSON.parse(await read(".ci/pnpm/package-lock.json")) as {
    packages: Record<string, { version?: string; integrity?: string }>;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== "");
  expect(packages["node_modules/pnpm"]).toMatchObject({
    version,
    integrity: `sha512-${Buffer.from(hash, "hex").toString("base64")}`,
  });
  expect(packages).toHaveProperty(["node_modules/@pnpm/exe.linux-x64"]);
  expect(installed.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""))).toEqual([]);
});
