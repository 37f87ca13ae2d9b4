#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { PresignOnceError } from "@presign-once/core";
import { type EdgeConfigInput, parseJson, whyUnreadable } from "@presign-once/settings";

import { bundleEdge } from "./bundle-edge.ts";

const HELP = `presign-once-bundle: makes the two Lambda@Edge functions from one settings file

usage: presign-once-bundle --config FILE --out FOLDER [--issue-function FILE]

  --config FILE          the settings, as JSON (required)
  --out FOLDER           gets FOLDER/issue and FOLDER/verify: index.mjs and config.json each (required)
  --issue-function FILE  a module with a handler of your own, for the authorizer custom
  --help                 this text

The folders hold the edge keys: keep them out of version control.
exit codes: 0 bundled, 2 the settings or the arguments are wrong
`;

try {
  await main();
} catch (error) {
  process.stderr.write(`presign-once-bundle: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: "string" },
      out: { type: "string" },
      "issue-function": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const { config: file, out: outDir, "issue-function": issueFunction } = values;
  if (file === undefined) throw new PresignOnceError("ARGUMENT_INVALID", "--config is missing; see --help");
  if (outDir === undefined) throw new PresignOnceError("ARGUMENT_INVALID", "--out is missing; see --help");
  const { issueDir, verifyDir } = await bundleEdge({ outDir, config: await readSettings(file), issueFunction });
  process.stdout.write(`${issueDir}\n${verifyDir}\n`);
}

async function readSettings(file: string): Promise<EdgeConfigInput> {
  let json: string;
  try {
    json = await readFile(file, "utf8");
  } catch (cause) {
    throw new PresignOnceError("CONFIG_INVALID", `--config: ${file} cannot be read: ${whyUnreadable(cause)}`, {
      cause,
    });
  }
  return parseJson(json) as EdgeConfigInput; // bundleEdge checks it
}
