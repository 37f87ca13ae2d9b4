import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { SECRET, settings } from "../../../test/support/edge-settings.ts";

vi.setConfig({ testTimeout: 60_000 }); // child processes

const CLI = fileURLToPath(new URL("cli.ts", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-cli-"));
  await writeFile(join(folder, "good.json"), JSON.stringify(settings()));
  await writeFile(join(folder, "custom.json"), JSON.stringify(settings({ authorizer: { type: "custom" } })));
  await writeFile(join(folder, "text.json"), `region = ${SECRET}`);
  await writeFile(
    join(folder, "wrong.json"),
    JSON.stringify({ ...settings(), keys: [{ id: "k1", secret: `${SECRET}!` }], extra: SECRET }),
  );
  await writeFile(join(folder, "a-file"), "");
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command in `folder`. */
function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--conditions=source", CLI, "bundle", ...args],
      { cwd: folder },
      (_error, out, err) => resolve({ status: child.exitCode ?? -1, out, err }),
    );
  });
}

test.concurrent("--help prints the usage", async () => {
  const { status, out, err } = await run("--help");
  expect([status, err]).toEqual([0, ""]);
  for (const flag of ["--config FILE", "--out FOLDER", "--zip", "--issue-function FILE", "--help", "exit codes"])
    expect(out).toContain(flag);
});

test.concurrent("writes two folders for valid settings, and prints their paths", async () => {
  expect(await run("--config", "good.json", "--out", "made")).toEqual({
    status: 0,
    out: `${join("made", "issue")}\n${join("made", "verify")}\n`,
    err: "",
  });
  expect(await readdir(join(folder, "made", "verify"))).toContain("index.mjs");
});

test.concurrent("--zip writes two archives instead, and prints their paths", async () => {
  expect(await run("--config", "good.json", "--out", "zipped", "--zip")).toEqual({
    status: 0,
    out: `${join("zipped", "issue.zip")}\n${join("zipped", "verify.zip")}\n`,
    err: "",
  });
  expect((await readdir(join(folder, "zipped"))).sort()).toEqual(["issue.zip", "verify.zip"]);
});

const mistakes: [what: string, args: string[], said: RegExp][] = [
  ["no arguments", [], /^--config is missing; see --help$/],
  ["no --out", ["--config", "good.json"], /^--out is missing; see --help$/],
  ["an argument without its value", ["--config"], /--config/],
  ["an unknown argument", ["--config", "good.json", "--output", "x"], /^Unknown option '--output'; see --help$/],
  ["a word too many", ["good.json"], /^expected flags only; see --help$/],
  [
    "a file that is not there",
    ["--config", "none.json", "--out", "x"],
    /^--config: none\.json cannot be read: it does not exist \(ENOENT\)$/,
  ],
  ["a folder for a file", ["--config", ".", "--out", "x"], /^--config: \. cannot be read: it is a folder \(EISDIR\)$/],
  ["a file that is no JSON", ["--config", "text.json", "--out", "x"], /^--config: text\.json: expected JSON$/],
  [
    "a file with wrong fields",
    ["--config", "wrong.json", "--out", "x"],
    /^keys\.0\.secret: expected 32 random bytes.*; extra: unknown field$/,
  ],
  [
    "a missing custom function",
    ["--config", "good.json", "--out", "made-too", "--issue-function", "none.ts"],
    /^issueFunction: Could not resolve .*none\.ts"$/,
  ],
  [
    "settings of type custom without a custom function",
    ["--config", "custom.json", "--out", "x"],
    /^authorizer: custom goes with an issueFunction of your own$/,
  ],
  [
    "a file where the folder should be",
    ["--config", "good.json", "--out", "a-file"],
    /^--out: .*a-file.*; name a folder that this user may write to$/,
  ],
  [
    "a file where the folder for archives should be",
    ["--config", "good.json", "--out", "a-file", "--zip"],
    /^--out: .*a-file.*; name a folder that this user may write to$/,
  ],
  [
    "a folder below a file for archives",
    ["--config", "good.json", "--out", "a-file/x", "--zip"],
    /^--out: .*a-file.*; name a folder that this user may write to$/,
  ],
];

test.concurrent.each(mistakes)("%s prints one line, exits with 2 and writes no file", async (_what, args, said) => {
  const { status, out, err } = await run(...args);
  expect([status, out]).toEqual([2, ""]);
  const [line = "", ...rest] = err.split("\n");
  expect(rest).toEqual([""]);
  expect(line.startsWith("presign-once: bundle: ")).toBe(true);
  expect(line.slice("presign-once: bundle: ".length)).toMatch(said);
  expect(line).not.toContain(SECRET);
  expect(await readdir(folder)).not.toContain("x");
});
