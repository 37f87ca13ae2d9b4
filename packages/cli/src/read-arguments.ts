import { parseArgs, type ParseArgsConfig } from "node:util";

import { type Strategy, strategyNames } from "@presign-once/adapter-s3/strategies";
import { PresignOnceError } from "@presign-once/core";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Reads the flags and the positional arguments of a command.
 *
 * Complaints never repeat an argument: it may be a URL.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: an unknown flag, or a flag without its value
 */
export function readArguments<Flags extends Options>(args: readonly string[], options: Flags) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    const [firstSentence = "wrong arguments"] = (cause instanceof Error ? cause.message : "").split(/\. |\n/);
    throw new PresignOnceError("ARGUMENT_INVALID", `${firstSentence}; see --help`);
  }
}

/**
 * Reads the flags of a command that takes nothing else.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: as {@link readArguments}, or an argument that is no flag
 */
export function readFlags<Flags extends Options>(args: readonly string[], options: Flags) {
  const { values, positionals } = readArguments(args, options);
  if (positionals.length > 0) throw new PresignOnceError("ARGUMENT_INVALID", "expected flags only; see --help");
  return values;
}

/**
 * Reads the value of `--strategy`.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: no strategy has this name
 */
export function readStrategy(text: string): Strategy {
  const strategy = strategyNames.find((name) => name === text);
  if (strategy === undefined)
    throw new PresignOnceError("ARGUMENT_INVALID", `--strategy: expected one of ${strategyNames.join(", ")}`);
  return strategy;
}
