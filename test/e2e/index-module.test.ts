import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createRelay, type FetchHandler } from "@presign-once/adapter-fetch";
import { runCommand } from "@presign-once/cli";
import { everybody } from "@presign-once/core";
import { createInMemorySink } from "@presign-once/core/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const sqlite = await import("node:sqlite").catch(() => undefined);
if (sqlite === undefined) console.log(`skipped: Node ${process.version} has no node:sqlite`);

const MODULE = fileURLToPath(new URL("./sqlite-module.ts", import.meta.url));

describe.skipIf(sqlite === undefined)("the commands on the SQLite index of a relay", () => {
  let folder: string;
  let relay: FetchHandler;
  let close: () => void;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "index-module-"));
    vi.stubEnv("INDEX_FILE", join(folder, "index.sqlite"));
    vi.stubEnv("EDGE_SECRET", Buffer.alloc(32, 7).toString("base64url"));
    const { openIndex } = await import("./sqlite-module.ts");
    const parts = openIndex();
    close = parts.close;
    relay = createRelay({ ...parts, sink: createInMemorySink(), authorizer: everybody, writeLine: () => {} });
  });
  afterAll(async () => {
    close();
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  const run = (...args: string[]) => runCommand([...args, "--index-module", MODULE], { env: {}, report: () => {} });
  const issue = async () => (await (await relay(new Request("https://uploads.example/url"))).text()).trim();
  const put = async (url: string) => (await relay(new Request(url, { method: "PUT", body: "hello" }))).status;

  test("inspect tells an unused URL from a used one", async () => {
    const url = await issue();
    const unused = await run("inspect", url);
    expect(unused).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^state +issued\n[^]*^tag +verified$/m),
    });
    expect(await put(url)).toBe(200);
    expect(await run("inspect", url)).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(/^state +claimed\n/),
    });
    const { stdout } = await run("inspect", url, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ status: "claimed", isVerified: true, index: "module" });
  });

  test("a revoked URL is refused, and a used one cannot be revoked", async () => {
    const url = await issue();
    expect(await run("revoke", url)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^state +revoked\n/) });
    expect(await put(url)).toBe(403);
    const used = await issue();
    await put(used);
    expect(await run("revoke", used)).toMatchObject({ exitCode: 3 });
  });

  test("a URL whose tag is of other keys is not asked about", async () => {
    const url = (await issue()).replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    expect(await run("revoke", url)).toMatchObject({ exitCode: 7 });
  });

  test("doctor runs the laws that need no faults", async () => {
    const { exitCode, stdout } = await run("doctor", "--rounds", "2", "--claimants", "4", "--verbose");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^index +not disproved +in 2 rounds of 4 claimants, in one process\nnot tried +\d+ laws +/);
    expect(stdout).toMatch(/^exactly one of many concurrent claims wins +held$/m);
    expect(stdout).toContain("the harness cannot inject: lost-answer");
  });
});
