import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test, vi } from "vitest";

import { openConsole, relayUrl } from "../test/run.ts";

/** Writes a module with an index; `code` may use `index`, every method of which answers as of a hash that is unknown. */
async function moduleWith(code: string, name = "index.mjs"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-module-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, name);
  const method = 'async () => ({ status: "unknown" })';
  await writeFile(
    file,
    `const index = { register: ${method}, claim: ${method}, revoke: ${method}, inspect: ${method} };\n${code}`,
  );
  return file;
}

const TICKET = await relayUrl("any scope");

test.each([
  ["there is no such file", undefined, "--index-module: there is no such file"],
  ["it is no JavaScript", "export const {", "the module cannot be imported: "],
  ["it throws", 'throw new Error("no table");', "the module cannot be imported: no table"],
  [
    "it throws with an address",
    'throw new Error("cannot connect to postgres://me:secret@db/x");',
    "cannot connect to (address)",
  ],
  ["it exports no openIndex", "export default { index };", "expected a module that exports openIndex, a function"],
  [
    "its function rejects",
    "export const openIndex = async () => { throw new Error('no pool'); };",
    "its openIndex threw: no pool",
  ],
  [
    "its function throws at once",
    "export function openIndex() { throw new Error('no pool'); }",
    "its openIndex threw: no pool",
  ],
  [
    "its index is none",
    "export const openIndex = () => ({ index: { claim() {}, revoke() {} } });",
    "it lacks register, inspect",
  ],
  [
    "its keys are none",
    "export const openIndex = () => ({ index, keys: ['secret'] });",
    "its keys are none: expected what createEdgeKeys",
  ],
  ["its close is none", "export const openIndex = () => ({ index, close: 1 });", "its close is no function"],
])("--index-module is refused in one line if %s", async (_name, code, line) => {
  const { run } = await openConsole(undefined);
  const file = code === undefined ? "/nonexistent/index.mjs" : await moduleWith(code);
  for (const args of [["inspect", TICKET], ["revoke", TICKET], ["doctor"]]) {
    const { exitCode, stdout, stderr } = await run([...args, "--index-module", file]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^presign-once: \w+: --index-module: [^\n]+\n$/);
    expect(stderr).toContain(line);
    expect(stderr).not.toContain("secret");
  }
});

test.each([
  [".ts", "expected JavaScript: TypeScript needs Node 22.18 or newer"],
  [".txt", "the module cannot be imported: Unknown file extension"],
])("a file %s that Node does not load is told by what it is", async (extension, line) => {
  const { run } = await openConsole(undefined);
  // What Node throws by itself, which Vitest loads these in place of.
  const message = JSON.stringify(`Unknown file extension "${extension}" for /index${extension}`);
  const file = await moduleWith(
    `throw Object.assign(new TypeError(${message}), { code: "ERR_UNKNOWN_FILE_EXTENSION" });`,
  );
  const { exitCode, stderr } = await run(["inspect", TICKET, "--index-module", file]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`--index-module: ${line}`)]);
});

test("a module that throws nothing at all is told like any other", async () => {
  const { run } = await openConsole(undefined);
  const { exitCode, stderr } = await run(["inspect", TICKET, "--index-module", await moduleWith("throw undefined;")]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("--index-module: the module cannot be imported: ")]);
});

test("--index-module is refused beside a flag that names another index", async () => {
  const { run } = await openConsole(undefined);
  const file = await moduleWith("export const openIndex = () => ({ index });");
  for (const flag of ["bucket", "prefix", "config", "relay-scope"]) {
    const { exitCode, stderr } = await run(["inspect", TICKET, "--index-module", file, `--${flag}`, "x"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--index-module: expected without --${flag}`);
  }
});

test("no settings and no credentials are needed with --index-module, and the module is closed", async () => {
  const { run } = await openConsole(undefined);
  const closed = vi.fn<() => void>();
  vi.stubGlobal("onClose", closed);
  const file = await moduleWith(
    "export const openIndex = () => ({ index, close() { onClose(); throw new Error(); } });",
  );
  expect(await run(["inspect", TICKET, "--index-module", file])).toMatchObject({ exitCode: 6, stderr: "" });
  expect(closed).toHaveBeenCalledTimes(1);
  vi.unstubAllGlobals();
});

test("an index that gives no answer is told with its reason, without addresses", async () => {
  const { run } = await openConsole(undefined);
  const cause = 'new Error("disk on fire at redis://me:secret@cache")';
  const answer = `async () => ({ status: "indeterminate", cause: ${cause} })`;
  const file = await moduleWith(
    `export const openIndex = () => ({ index: { ...index, inspect: ${answer}, revoke: ${answer} } });`,
  );
  for (const command of ["inspect", "revoke"]) {
    const { exitCode, stderr } = await run([command, TICKET, "--index-module", file]);
    expect(exitCode).toBe(8);
    expect(stderr).toContain("the index gave no certain answer (disk on fire at (address)): ask again\n");
    expect(stderr).not.toContain("secret");
  }
});

test("an index that throws is named as the module's mistake", async () => {
  const { run } = await openConsole(undefined);
  const file = await moduleWith(
    'export const openIndex = () => ({ index: { ...index, inspect() { throw new Error("no table"); } } });',
  );
  const { exitCode, stderr } = await run(["inspect", TICKET, "--index-module", file]);
  expect([exitCode, stderr]).toEqual([2, "presign-once: inspect: --index-module: its inspect threw: no table\n"]);
});

test("doctor calls no index unsafe that gives no answer", async () => {
  const { run } = await openConsole(undefined);
  const answer = 'async () => ({ status: "indeterminate", cause: new Error("disk on fire") })';
  const file = await moduleWith(`export const openIndex = () => ({ index: { ...index, register: ${answer} } });`);
  const { exitCode, stdout, stderr } = await run(["doctor", "--index-module", file]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toBe("presign-once: doctor: the index cannot be examined: disk on fire\n");
});

test("doctor shows the law that an index breaks", async () => {
  const { run } = await openConsole(undefined);
  const file = await moduleWith(`
    const yes = (status) => async () => ({ status });
    export const openIndex = () => ({ index: { ...index, register: yes("registered"), claim: yes("claimed") } });`);
  const { exitCode, stdout } = await run(["doctor", "--index-module", file, "--rounds", "1", "--claimants", "2"]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^index +UNSAFE +do not use it: /);
});
