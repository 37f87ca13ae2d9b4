import type { OperatorConfig } from "@presign-once/settings";

import type { CommandOutput, Surroundings } from "./command.ts";
import type { Telling } from "./describe-inspection.ts";
import type { Operator } from "./open-operator.ts";
import { openOperator } from "./open-operator.ts";
import { readArguments } from "./read-arguments.ts";
import { readUrl } from "./read-url.ts";
import { readRelayScope, relayScopeFlag } from "./relay-scope.ts";
import { resolveSettings } from "./resolve-settings.ts";
import { indexFlags } from "./settings.ts";

/**
 * Runs a command about one URL: reads flags, settings and the URL, asks the index, and prints the answer.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`, `CONFIG_INVALID`: what was typed, or the settings
 */
export async function askAboutUrl<Outcome>(
  args: readonly string[],
  surroundings: Surroundings,
  ask: (operator: Operator, url: string) => Promise<Outcome>,
  describe: (outcome: Outcome, telling: Telling) => CommandOutput,
): Promise<CommandOutput> {
  const options = { ...indexFlags, ...relayScopeFlag, json: { type: "boolean", default: false } } as const;
  const { values, positionals } = readArguments(args, options);
  const url = await readUrl(positionals, surroundings);
  const relayScope = readRelayScope(values, surroundings);
  const config = await resolveSettings(values, surroundings);
  const operator = await openOperator(config, { clock: surroundings.clock, relayScope });
  try {
    const outcome = await ask(operator, url);
    return describe(outcome, { ...placesOf(config), now: surroundings.clock.now(), json: values.json });
  } finally {
    operator.close();
  }
}

/** Names the index, for answers and errors. */
export function placesOf({ region, endpoint, uploads, index }: OperatorConfig): Pick<Telling, "index" | "place"> {
  const { bucket = uploads.bucket, prefix, strategy } = index;
  return { index: { strategy, bucket, prefix }, place: { bucket, region, endpoint } };
}
