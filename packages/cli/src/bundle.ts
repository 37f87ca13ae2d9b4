import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import type { EdgeArchives, EdgeBundles } from "@presign-once/adapter-edge/bundle";
import { PresignOnceError } from "@presign-once/core";
import type { EdgeConfigInput } from "@presign-once/settings";

import type { Command } from "./command.ts";
import { describeExitCodes, EXIT_CODES } from "./exit-codes.ts";
import { importOptional } from "./import-optional.ts";
import { readFlags } from "./read-arguments.ts";

const text = { type: "string" } as const;

/** `presign-once bundle`: the two edge functions, from one settings file. */
export const bundle: Command = {
  help: `usage: presign-once bundle --config FILE --out FOLDER [--zip] [--issue-function FILE]

Makes the two Lambda@Edge functions from one settings file, and prints where they are. Needs the package
@presign-once/adapter-edge. They hold the edge keys: keep them out of version control.

  --config FILE          the settings, as JSON (required)
  --out FOLDER           gets FOLDER/issue and FOLDER/verify: index.mjs and config.json each (required)
  --zip                  instead of the folders, FOLDER/issue.zip and FOLDER/verify.zip, as Lambda takes them
  --issue-function FILE  a module with a handler of your own, for the authorizer custom
  --help                 this text

${describeExitCodes(["done", "fault", "wrong"])}`,

  async run(args, { directory }) {
    const flags = readFlags(args, {
      ...{ config: text, out: text, "issue-function": text },
      zip: { type: "boolean", default: false },
    });
    const { config: file, out, "issue-function": issueFunction } = flags;
    if (file === undefined) throw new PresignOnceError("ARGUMENT_INVALID", "--config is missing; see --help");
    if (out === undefined) throw new PresignOnceError("ARGUMENT_INVALID", "--out is missing; see --help");
    const { bundleEdge, zipEdge } = await importOptional(
      "@presign-once/adapter-edge",
      () => import("@presign-once/adapter-edge/bundle"),
    );
    const config = await readEdgeSettings(file, directory);
    try {
      const options = {
        config,
        outDir: resolve(directory, out),
        issueFunction: issueFunction === undefined ? undefined : resolve(directory, issueFunction),
      };
      const made = flags.zip ? archivesOf(await zipEdge(options)) : foldersOf(await bundleEdge(options));
      return { exitCode: EXIT_CODES.done, stdout: made.map((place) => `${join(out, basename(place))}\n`).join("") };
    } catch (error) {
      if (error instanceof PresignOnceError || !isSystemError(error)) throw error;
      return {
        exitCode: EXIT_CODES.wrong,
        stdout: "",
        complaint: `--out: ${error.message}; name a folder that this user may write to`,
      };
    }
  },
};

const foldersOf = ({ issueDir, verifyDir }: EdgeBundles): string[] => [issueDir, verifyDir];
const archivesOf = ({ issueZip, verifyZip }: EdgeArchives): string[] => [issueZip, verifyZip];

async function readEdgeSettings(file: string, directory: string): Promise<EdgeConfigInput> {
  const { parseJson, whyUnreadable } = await import("@presign-once/settings");
  let json: string;
  try {
    json = await readFile(resolve(directory, file), "utf8");
  } catch (cause) {
    const message = `--config: ${file} cannot be read: ${whyUnreadable(cause)}`;
    throw new PresignOnceError("CONFIG_INVALID", message, { cause });
  }
  try {
    return parseJson(json) as EdgeConfigInput; // bundleEdge checks it
  } catch {
    throw new PresignOnceError("CONFIG_INVALID", `--config: ${file}: expected JSON`); // without the cause, which may quote it
  }
}

/** Of the file system: a folder that cannot be made, or written to. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
