import { PresignOnceError } from "@presign-once/core";

import { commands } from "./commands.ts";

/** What a command line came to. */
export interface CommandResult {
  /** 0: done; 2: the command line is wrong, or something it names; 1: a fault of ours. */
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  /** One line when something was wrong. */
  readonly stderr: string;
}

const names = commands.map(({ name }) => name).join(", ");

const HELP = `presign-once: presigned S3 URLs that work exactly once

usage: presign-once COMMAND [--help]

${commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}\n`).join("")}
exit codes: 0 done, 2 the command line is wrong
`;

/**
 * Runs one command line. Never throws.
 *
 * @param args  without the names of node and script
 */
export async function runCommand(args: readonly string[]): Promise<CommandResult> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h" || name === "help") return done(HELP);
  if (name === undefined) return wrong(`expected a command: ${names}; see --help`);
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) return wrong(`unknown command ${JSON.stringify(name)}: expected ${names}; see --help`);
  if (rest.includes("--help")) return done(command.help);
  try {
    return done(await command.run(rest));
  } catch (error) {
    if (error instanceof PresignOnceError) return wrong(`${name}: ${error.message}`);
    const message = error instanceof Error ? error.message : String(error);
    return { exitCode: 1, stdout: "", stderr: `presign-once: ${name}: ${message}. This is a bug; please report it.\n` };
  }
}

function done(stdout: string): CommandResult {
  return { exitCode: 0, stdout, stderr: "" };
}

function wrong(message: string): CommandResult {
  return { exitCode: 2, stdout: "", stderr: `presign-once: ${message}\n` };
}
