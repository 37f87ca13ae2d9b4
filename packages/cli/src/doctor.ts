import { strategyNames } from "@presign-once/adapter-s3/strategies";
import { PresignOnceError } from "@presign-once/core";

import { placesOf } from "./ask-about-url.ts";
import type { Command } from "./command.ts";
import { describeReports } from "./describe-reports.ts";
import { describeS3Failure } from "./describe-s3-failure.ts";
import { effortFlags, readEffort } from "./doctor-effort.ts";
import { examineModule } from "./examine-module.ts";
import { describeExitCodes, EXIT_CODES } from "./exit-codes.ts";
import { INDEX_MODULE_HELP, indexModuleFlag, readIndexModule } from "./index-module.ts";
import { readFlags } from "./read-arguments.ts";
import { resolveSettings } from "./resolve-settings.ts";
import { describeSettings, indexFlags } from "./settings.ts";

/** How often a law that begins is named, without `--verbose`. */
const REPORT_EVERY_MS = 2_000;

/** `presign-once doctor`: the laws of single use against the index bucket, and a try of the uploads' bucket. */
export const doctor: Command = {
  help: `usage: presign-once doctor [options]

Runs the laws of single use against the index bucket itself, up to the first that a strategy breaks, and says which
strategies broke one there, and which were not disproved in how many rounds; then tries whether the bucket of uploads
is fit for retries. Writes below <prefix>doctor-<random>/ and presign-once-probe/<random>/ only, and cleans up. Takes
up to a minute.

  --strategy NAME      ${strategyNames.join(", ")};
                       may be repeated (default all)
  --rounds N           how often each race is run (default 20)
  --claimants N        how many claim at once (default 32)
  --verbose            all laws, also after a broken one, each with what was seen; takes minutes
  --json               the report as JSON
${INDEX_MODULE_HELP}                       The laws leave entries in it, which end with their URLs.
${describeSettings(["bucket", "indexBucket", "region", "endpoint", "prefix"])}
${describeExitCodes(["done", "fault", "wrong"])}`,

  async run(args, surroundings) {
    const { strategy: _, ...flags } = indexFlags;
    const values = readFlags(args, {
      ...flags,
      ...effortFlags,
      ...indexModuleFlag,
      json: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    });
    const effort = readEffort(values);
    const openModule = await readIndexModule(values, surroundings);
    if (openModule !== undefined) return examineModule(openModule, { ...values, ...effort }, surroundings.report);
    const config = await resolveSettings(values, surroundings);
    const { index, place } = placesOf(config);
    const { region, endpoint, forcePathStyle } = config;
    const access = { region, endpoint, forcePathStyle };
    // Here and not above: it brings the AWS SDK along.
    const { doctor: examine, examineUploads } = await import("@presign-once/adapter-s3/doctor");
    let nextReport = 0;
    try {
      const reports = await examine({
        access,
        bucket: index.bucket,
        prefix: index.prefix,
        ...effort,
        exhaustive: values.verbose,
        onProgress: (strategy, law) => {
          const now = surroundings.clock.now().getTime();
          if (!values.verbose && now < nextReport) return;
          nextReport = now + REPORT_EVERY_MS;
          surroundings.report(`${strategy}: ${law}`);
        },
      });
      surroundings.report("retries: two uploads of one key that overlap");
      return describeReports(reports, await examineUploads({ access, bucket: config.uploads.bucket }), values);
    } catch (error) {
      if (!(error instanceof PresignOnceError) || error.cause === undefined) throw error;
      const { line } = describeS3Failure(error.cause, place);
      return { exitCode: EXIT_CODES.wrong, stdout: "", complaint: line };
    }
  },
};
