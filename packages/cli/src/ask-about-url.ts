import type { OperatorConfig } from "@presign-once/settings";

import type { CommandOutput, Surroundings } from "./command.ts";
import type { Telling } from "./describe-inspection.ts";
import { describeS3Failure, type S3Place } from "./describe-s3-failure.ts";
import type { S3IndexName } from "./describe-url.ts";
import { describeIndexFailure, indexModuleFlag, readIndexModule } from "./index-module.ts";
import { openOperator, type Operator, operatorOf } from "./open-operator.ts";
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
  const options = {
    ...indexFlags,
    ...relayScopeFlag,
    ...indexModuleFlag,
    json: { type: "boolean", default: false },
  } as const;
  const { values, positionals } = readArguments(args, options);
  const url = await readUrl(positionals, surroundings);
  const { operator, ...index } = await open(values, surroundings);
  try {
    const outcome = await ask(operator, url);
    return describe(outcome, { ...index, now: surroundings.clock.now(), json: values.json });
  } finally {
    await operator.close();
  }
}

/** Opens the index that the flags name: one of a module, or the one of the settings. */
async function open(
  values: Parameters<typeof readIndexModule>[0] & Parameters<typeof readRelayScope>[0],
  surroundings: Surroundings,
): Promise<{ readonly operator: Operator } & Pick<Telling, "index" | "explain">> {
  const { clock } = surroundings;
  const openModule = await readIndexModule(values, surroundings);
  if (openModule !== undefined) {
    const operator = operatorOf(await openModule(), clock);
    return { operator, index: "module", explain: describeIndexFailure };
  }
  const relayScope = readRelayScope(values, surroundings);
  const config = await resolveSettings(values, surroundings);
  const { index, place } = placesOf(config);
  const operator = await openOperator(config, { clock, relayScope });
  return { operator, index, explain: (cause) => describeS3Failure(cause, place) };
}

/** Names the index, for answers and errors. */
export function placesOf({ region, endpoint, uploads, index }: OperatorConfig): {
  readonly index: S3IndexName;
  readonly place: S3Place;
} {
  const { bucket = uploads.bucket, prefix, strategy } = index;
  return { index: { strategy, bucket, prefix }, place: { bucket, region, endpoint } };
}
