import { readFile } from "node:fs/promises";

import { PresignOnceError } from "@presign-once/core";

import { processSurroundings, type Surroundings } from "./command.ts";
import { commands } from "./commands.ts";
import { describeExitCodes, EXIT_CODES, type ExitCode } from "./exit-codes.ts";

/** What a command line came to. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  /** One line when something was wrong. */
  readonly stderr: string;
}

const names = commands.map(({ name }) => name).join(", ");

const HELP = `presign-once: presigned S3 URLs that work exactly once

usage: presign-once COMMAND [--help]
       presign-once --version

${commands.map(({ name, summary }) => `  ${name.padEnd(11)} ${summary}\n`).join("")}
Every command but bundle and local takes --json; each says with --help what else.

${describeExitCodes()}`;

/**
 * Runs one command line. Never throws.
 *
 * Nothing that is printed repeats an argument that may be a URL, or a part of one.
 *
 * @param args          without the names of node and script
 * @param surroundings  those that differ from the process itself
 */
export async function runCommand(
  args: readonly string[],
  surroundings: Partial<Surroundings> = {},
): Promise<CommandResult> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h" || name === "help") return done(HELP);
  if (name === "--version" || name === "version") return done(`${await ownVersion()}\n`);
  if (name === undefined) return wrong(`expected a command: ${names}; see --help`);
  const listed = commands.find((candidate) => candidate.name === name);
  if (listed === undefined) return wrong(`unknown command${quoted(name)}: expected ${names}; see --help`);
  try {
    const command = await listed.load();
    if (rest.includes("--help") || rest.includes("-h")) return done(command.help);
    const { exitCode, stdout, complaint } = await command.run(rest, { ...processSurroundings(), ...surroundings });
    return { exitCode, stdout, stderr: complaint === undefined ? "" : `presign-once: ${name}: ${complaint}\n` };
  } catch (error) {
    if (error instanceof PresignOnceError) return wrong(`${name}: ${error.message}`);
    const bug = error instanceof Error ? `${error.name}: ${withoutUrls(error.message)}` : "not an error";
    const stderr = `presign-once: ${name}: ${bug}. This is a bug; please report it.\n`;
    return { exitCode: EXIT_CODES.fault, stdout: "", stderr };
  }
}

async function ownVersion(): Promise<string> {
  const manifest = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** A mistyped word, so that it can be found; anything else may be a URL. */
function quoted(word: string): string {
  return /^[\w-]{1,20}$/.test(word) ? ` ${JSON.stringify(word)}` : "";
}

function withoutUrls(message: string): string {
  return message.replace(/\S*[?/&=]\S*/g, "…").replace(/\s+/g, " ");
}

function done(stdout: string): CommandResult {
  return { exitCode: EXIT_CODES.done, stdout, stderr: "" };
}

function wrong(message: string): CommandResult {
  return { exitCode: EXIT_CODES.wrong, stdout: "", stderr: `presign-once: ${message}\n` };
}
