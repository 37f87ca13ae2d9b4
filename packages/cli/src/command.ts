import type { Clock } from "@presign-once/core";

import type { ExitCode } from "./exit-codes.ts";

/** A row of `commands.ts`. */
export interface ListedCommand {
  /** What is typed after `presign-once`. */
  readonly name: string;
  /** What it does, in one line of `presign-once --help`. */
  readonly summary: string;
  /** Imports its file. */
  load(): Promise<Command>;
}

/** One command of `presign-once`: a file of its own. */
export interface Command {
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
  /** What is left to print; see {@link Surroundings.print}. */
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
  /** Node's own, such as `22.3.0`. */
  readonly nodeVersion: string;
  /** Says how far a long command has come, on the standard error. */
  report(line: string): void;
  /** Prints on the standard output at once, where a command goes on after it. */
  print(text: string): void;
  /**
   * Takes over the signals that ask a process to end: SIGINT, SIGTERM and SIGHUP.
   *
   * From then on each of them ends the process at once, with {@link INTERRUPTED}, and `exit` handlers clean up.
   *
   * @returns waits for the next signal, which then does no more than that
   */
  takeInterrupts(): () => Promise<void>;
}

/** The exit status of a process that a signal ended before its command was done: what shells say of Ctrl-C. */
export const INTERRUPTED = 130;

/** The process itself. */
export function processSurroundings(): Surroundings {
  return {
    env: process.env,
    directory: process.cwd(),
    clock: { now: () => new Date() },
    stdin: process.stdin,
    nodeVersion: process.versions.node,
    report: (line) => void process.stderr.write(`${line}\n`),
    print: (text) => void process.stdout.write(text),
    takeInterrupts() {
      const quit = (): void => process.exit(INTERRUPTED);
      let onSignal = quit;
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => onSignal());
      return () =>
        new Promise((resolve) => {
          onSignal = () => {
            onSignal = quit;
            resolve();
          };
        });
    },
  };
}
