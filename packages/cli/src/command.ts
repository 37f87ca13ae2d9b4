import { parseArgs, type ParseArgsConfig } from "node:util";

import { PresignOnceError } from "@presign-once/core";

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
   * @param args  what follows the name
   * @returns     what to print on the standard output
   * @throws {PresignOnceError} a mistake of the user's: one line that names the flag and the form expected
   */
  run(args: readonly string[]): Promise<string>;
}

/**
 * Reads the flags of a command.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: an unknown flag, a flag without its value, or an argument that is none
 */
export function readFlags<Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    const [firstSentence = "wrong arguments"] = (cause instanceof Error ? cause.message : "").split(/\. |\n/);
    throw new PresignOnceError("ARGUMENT_INVALID", `${firstSentence}; see --help`, { cause });
  }
}
