import type { Clock } from "@presign-once/core";

import type { ExitCode } from "./exit-codes.ts";

/** One command of `presign-once`: a file of its own, listed in `commands.ts`. */
export interface Command {
  /** What is typed after `presign-once`. */
  readonly name: string;
  /** What it does, in one line of `presign-once --help`. */
  readonly summary: string;
  /** What `presign-once <name> --help` prints. */
  readonly help: string;
  /**
   * Does it.
   *
   * @param args         what follows the name
   * @param surroundings  where it runs
   * @throws {PresignOnceError} a mistake of the user's: one line that names the flag and the form expected
   */
  run(args: readonly string[], surroundings: Surroundings): Promise<CommandOutput>;
}

/** What a command came to. */
export interface CommandOutput {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  /** One line when something was wrong; without the command's name. */
  readonly complaint?: string;
}

/** Where a command runs: all of it that a command looks at, but AWS's own variables and files, which the SDK reads. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly directory: string;
  readonly clock: Clock;
  /** The standard input, as far as it is read. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Says how far a long command has come, on the standard error. */
  report(line: string): void;
}

/** The process itself. */
export function processSurroundings(): Surroundings {
  return {
    env: process.env,
    directory: process.cwd(),
    clock: { now: () => new Date() },
    stdin: process.stdin,
    report: (line) => void process.stderr.write(`${line}\n`),
  };
}
