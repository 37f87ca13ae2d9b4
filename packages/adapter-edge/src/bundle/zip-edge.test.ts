import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { EdgeConfigInput } from "@presign-once/settings";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { settings } from "../../../../test/support/edge-settings.ts";
import { viewerEvent } from "../../../../test/support/viewer-event.ts";
import { readAnswer, readErrorXml } from "../../test/read-answer.ts";
import { runBundles } from "../../test/run-bundles.ts";
import { type EdgeArchives, zipEdge } from "./zip-edge.ts";
import { zip } from "./zip.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // builds and child processes

/** Lists an archive and unpacks it, as a reader that is not ours. */
const READER = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
archive.extractall(sys.argv[2])
print(json.dumps([[e.filename, oct(e.external_attr >> 16), e.create_system, e.date_time] for e in archive.infolist()]))
`;
const unpack = (file: string, to: string) =>
  JSON.parse(execFileSync("python3", ["-c", READER, file, to], { encoding: "utf8" })) as unknown[];

let folder: string;
let archives: EdgeArchives;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-zips-"));
  archives = await zipEdge({ outDir: join(folder, "out"), config: settings() });
});
afterAll(() => rm(folder, { recursive: true }));

test("writes two archives that only the owner can read, and no folders", async () => {
  expect((await readdir(join(folder, "out"))).sort()).toEqual(["issue.zip", "verify.zip"]);
  for (const file of Object.values(archives)) expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("an archive holds function and settings, readable by all users, and the function starts and answers", async () => {
  const entry = (name: string) => [name, "0o100644", 3, [1980, 1, 1, 0, 0, 0]];
  for (const [name, file] of [
    ["issue", archives.issueZip],
    ["verify", archives.verifyZip],
  ] as const) {
    const dir = join(folder, name);
    expect(unpack(file, dir)).toEqual([entry("config.json"), entry("index.mjs")]);
    const [result] = await runBundles([
      { dir, event: viewerEvent({ method: "DELETE", url: "https://e.example/url" }) },
    ]);
    expect(readErrorXml(readAnswer(result!.answer!).body)["Code"]).toBe("MethodNotAllowed");
  }
  const { authorizer, ...others } = JSON.parse(
    await readFile(join(folder, "issue", "config.json"), "utf8"),
  ) as object & {
    authorizer: unknown;
  };
  expect(authorizer).toBeDefined();
  expect(JSON.parse(await readFile(join(folder, "verify", "config.json"), "utf8"))).toEqual(others);
});

test("the same settings make the same bytes", async () => {
  const again = await zipEdge({ outDir: join(folder, "again"), config: settings() });
  for (const name of ["issueZip", "verifyZip"] as const)
    expect((await readFile(again[name])).equals(await readFile(archives[name]))).toBe(true);
});

test("refuses wrong settings before it writes anything", async () => {
  const outDir = join(folder, "never");
  const config = { ...settings(), region: undefined } as unknown as EdgeConfigInput;
  await expect(zipEdge({ outDir, config })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  await expect(stat(outDir)).rejects.toMatchObject({ code: "ENOENT" });
});

test("the order in which files are given does not matter, and empty files can be packed", () => {
  const [a, b] = [Buffer.from("a".repeat(1_000)), new Uint8Array()];
  expect(zip({ a, b })).toEqual(zip({ b, a }));
  expect(zip({ a, b }).length).toBeLessThan(300);
});
