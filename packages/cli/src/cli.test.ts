import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

import { createBearerAuthorizer } from "@presign-once/core";
import { describe, expect, test } from "vitest";

import { createBearerToken, EXIT_CODES, runCommand } from "./index.ts";

const CLI = fileURLToPath(new URL("cli.ts", import.meta.url));

/** Runs the command in a process of its own. */
function runCli(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ["--conditions=source", CLI, ...args], (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const COMMANDS = ["issue", "inspect", "revoke", "doctor", "smoke-test", "token", "bundle", "local"];

const LINE = /^ {2}(\{ "name": "[^"]+", "sha256": "[0-9a-f]{64}" \})$/m;

describe("token", () => {
  test("prints a token, and the line of settings that accepts it", { timeout: 30_000 }, async () => {
    const { exitCode, stdout, stderr } = await runCli("token", "--name", "ci");
    expect([exitCode, stderr]).toEqual([0, ""]);
    const [secret = ""] = /^ {2}([A-Za-z0-9_-]{43})$/m.exec(stdout)?.slice(1) ?? [];
    const settings = JSON.parse(LINE.exec(stdout)?.[1] ?? "null") as { name: string; sha256: string };
    const authorizer = createBearerAuthorizer([settings]);
    expect(
      await authorizer.authorize({
        method: "GET",
        path: "/url",
        query: "",
        headers: [["authorization", `Bearer ${secret}`]],
      }),
    ).toEqual({
      status: "allowed",
      subject: "ci",
    });
  });

  test("--json prints the same for programs", async () => {
    const { exitCode, stdout } = await runCommand(["token", "--json", "--name=office.1_A-z"]);
    const { token, name, sha256, ...rest } = JSON.parse(stdout) as Record<string, string>;
    expect([exitCode, name, rest]).toEqual([0, "office.1_A-z", {}]);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(sha256).toBe(
      createHash("sha256")
        .update(token ?? "")
        .digest("hex"),
    );
  });

  test("is named by its digest without --name, so that two tokens have two names", async () => {
    const named = await Promise.all(
      [1, 2].map(async () => JSON.parse((await runCommand(["token", "--json"])).stdout) as Record<string, string>),
    );
    for (const { name, sha256 } of named) expect(name).toBe(`token-${sha256?.slice(0, 8)}`);
    expect(named[0]?.["token"]).not.toBe(named[1]?.["token"]);
  });

  test("is 32 random bytes", () => {
    const tokens = Array.from({ length: 100 }, () => createBearerToken().token);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(32);
  });
});

test("--version prints the version of the package", async () => {
  expect(await runCommand(["--version"])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test.each([["--help"], ["-h"], ["help"]])("%s lists every command", async (flag) => {
  const { exitCode, stdout, stderr } = await runCommand([flag]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("usage: presign-once COMMAND");
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command} +[a-z]`, "m"));
  for (const code of Object.values(EXIT_CODES)) expect(stdout).toMatch(new RegExp(`^ {2}${code} {2}\\S`, "m"));
});

test.each(COMMANDS)("%s --help prints usage and exit codes, and does nothing else", async (command) => {
  for (const flag of ["--help", "-h"]) {
    const { exitCode, stdout, stderr } = await runCommand([command, "--nonsense", flag]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^usage: presign-once ${command} `));
    if (!["bundle", "local"].includes(command)) expect(stdout).toMatch(/^ {2}--json /m);
    expect(stdout).toMatch(/^exit codes:\n {2}0 {2}/m);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThan(120);
  }
});

test("the help warns that other users can see a URL in the arguments", async () => {
  for (const command of ["inspect", "revoke"])
    expect((await runCommand([command, "--help"])).stdout).toContain("arguments stand in the history of your shell");
});

describe("a mistake prints one line that names it, and exits with 2", () => {
  const mistakes: [args: string[], message: string][] = [
    [[], `expected a command: ${COMMANDS.join(", ")}; see --help`],
    [["tokens"], `unknown command "tokens": expected ${COMMANDS.join(", ")}; see --help`],
    [["--json"], 'unknown command "--json": expected issue, '],
    [["a\nb"], "unknown command: expected issue, "],
    [["token", "--names", "ci"], "token: Unknown option '--names'"],
    [["token", "ci"], "token: expected flags only; see --help"],
    [["token", "--name"], "token: Option '--name <value>' argument missing"],
    [["token", "--name", ""], "token: --name: expected 1 to 64 letters, digits, . - or _"],
    [["token", "--name", "a b"], "token: --name: expected 1 to 64 letters, digits, . - or _"],
    [["token", "--name", "a".repeat(65)], "token: --name: expected 1 to 64 letters, digits, . - or _"],
  ];
  test.each(mistakes)("%j", async (args, message) => {
    const { exitCode, stdout, stderr } = await runCommand(args);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^presign-once: [^\n]+\n$/);
    expect(stderr).toContain(message);
  });

  test("also in its own process", { timeout: 30_000 }, async () => {
    expect(await runCli("nothing")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `presign-once: unknown command "nothing": expected ${COMMANDS.join(", ")}; see --help\n`,
    });
  });
});
