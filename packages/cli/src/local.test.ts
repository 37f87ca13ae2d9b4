import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { runCommand } from "./index.ts";
import { LOCAL_FLAGS } from "./local-arguments.ts";
import { OLDEST_NODE } from "./local.ts";

const readme = readFileSync(new URL("../../local-edge/README.md", import.meta.url), "utf8");

test("--help and the README of local-edge explain every flag and variable", async () => {
  const { stdout } = await runCommand(["local", "--help"]);
  const variables = ["PORT", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
  for (const word of [...Object.keys(LOCAL_FLAGS).map((flag) => `--${flag}`), ...variables]) {
    expect(stdout).toContain(word);
    expect(readme).toContain(`\`${word}`);
  }
});

test("says in one line which Node it needs if the running one is too old", async () => {
  const { engines } = JSON.parse(readFileSync(new URL("../../local-edge/package.json", import.meta.url), "utf8")) as {
    engines: { node: string };
  };
  expect(engines.node).toBe(`>=${OLDEST_NODE}`);
  expect(await runCommand(["local"], { nodeVersion: "20.16.0" })).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: "presign-once: local: needs Node 22 or newer, this is 20.16.0\n",
  });
});
