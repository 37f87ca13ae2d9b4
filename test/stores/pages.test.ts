import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
/** Within this package, so that the examples find what they import; and out of git. */
const HOME = fileURLToPath(new URL("../.local/", import.meta.url));

let folder: string;
beforeAll(async () => {
  await mkdir(HOME, { recursive: true });
  folder = await mkdtemp(join(HOME, "indexes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function node(file: string): Promise<string> {
  const { stdout } = await run(process.execPath, ["--conditions=source", "--no-warnings", file], { cwd: folder });
  return stdout;
}

test("the index of docs/write-an-index.md keeps every law, none is skipped, and it has one winner in two processes", async () => {
  const page = await readFile(new URL("../../docs/write-an-index.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/^```ts\n\/\/ ([\w.-]+\.ts)\n(.*?)^```$/gms)];
  expect(blocks.map(([, name]) => name)).toEqual(["open-index.ts", "index.test.ts"]);
  for (const [, name = "", code = ""] of blocks) await writeFile(join(folder, name), code);
  const said = await node("index.test.ts");
  expect(said).toContain("of 16 claimants in two processes exactly one wins, 50 times");
  expect(said).toMatch(/^\S+ pass 29$/m);
  expect(said).toMatch(/^\S+ fail 0$/m);
  expect(said).toMatch(/^\S+ skipped 0$/m);
});

test("the example of packages/indexes/README.md: a relay on SQLite takes an upload once", async () => {
  const page = await readFile(new URL("../../packages/indexes/README.md", import.meta.url), "utf8");
  await writeFile(join(folder, "relay.ts"), /^```ts\n(.*?)^```$/ms.exec(page)?.[1] ?? "");
  const said = await node("relay.ts");
  expect(said.replace(/^\{.*\}\n/gm, "")).toBe("200\n403\n"); // without the decisions, which are logged
});
