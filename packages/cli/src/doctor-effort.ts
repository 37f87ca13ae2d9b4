import type { DoctorOptions } from "@presign-once/adapter-s3/doctor";
import { PresignOnceError } from "@presign-once/core";

import { readStrategy } from "./read-arguments.ts";

/** The flags that say how hard to examine, as `parseArgs` takes them. */
export const effortFlags = {
  strategy: { type: "string", multiple: true },
  rounds: { type: "string", default: "20" },
  claimants: { type: "string", default: "32" },
} as const;

/**
 * Reads {@link effortFlags}.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the flag and the form expected
 */
export function readEffort(flags: {
  readonly strategy?: readonly string[] | undefined;
  readonly rounds: string;
  readonly claimants: string;
}): Pick<DoctorOptions, "strategies"> & { readonly rounds: number; readonly claimants: number } {
  return {
    rounds: count("--rounds", flags.rounds),
    claimants: count("--claimants", flags.claimants),
    ...(flags.strategy === undefined ? {} : { strategies: flags.strategy.map(readStrategy) }),
  };
}

function count(flag: string, text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text))
    throw new PresignOnceError("ARGUMENT_INVALID", `${flag}: expected a whole number from 1 to 999999`);
  return Number(text);
}
