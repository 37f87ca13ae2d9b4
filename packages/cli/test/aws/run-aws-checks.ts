import { parseOperatorConfig } from "@presign-once/settings";

import { openAwsSide } from "../../src/smoke-test/aws/open-aws-side.ts";
import type { CheckResult } from "../../src/smoke-test/check.ts";
import { type AwsModel, NAMES } from "./aws-model.ts";
import { startAws } from "./start-aws.ts";

/** What the checks of a deployment came to, by their names. */
export interface AwsResults {
  readonly results: ReadonlyMap<string, CheckResult>;
  /** Codes of the diagnoses, each once. */
  readonly codes: readonly string[];
  /** Checks that were skipped, and why. */
  readonly skipped: Readonly<Record<string, string>>;
  readonly calls: readonly (readonly [action: string, resource: string])[];
}

/** Runs all checks against a stand-in for AWS that answers from a model. */
export async function runAwsChecks(
  model: AwsModel,
  { deny = [], endpoint = `https://${model.domainName}/url`, distributionId, settings }: RunOptions = {},
): Promise<AwsResults> {
  const { calls } = await startAws(model, deny);
  const side = await openAwsSide({
    endpoint: new URL(endpoint),
    distributionId,
    settings:
      settings === null
        ? undefined
        : parseOperatorConfig({ region: "eu-west-1", uploads: { bucket: NAMES.uploads }, ...settings }),
  });
  const results = new Map<string, CheckResult>();
  for (const { name, run } of await side.readChecks()) results.set(name, await run([]));
  side.close();
  const codes = [...results.values()].flatMap((result) => (result.status === "failed" ? result.diagnosis.code : []));
  const skipped = [...results].flatMap(([name, result]) =>
    result.status === "skipped" ? [[name, result.reason]] : [],
  );
  return { results, codes: [...new Set(codes)], skipped: Object.fromEntries(skipped) as Record<string, string>, calls };
}

/** Other than the defaults. */
interface RunOptions {
  /** Actions that the caller lacks. */
  readonly deny?: readonly string[];
  readonly endpoint?: string;
  readonly distributionId?: string;
  /** What `--config` says beside region and bucket; `null`: it is not given. */
  readonly settings?: object | null | undefined;
}
