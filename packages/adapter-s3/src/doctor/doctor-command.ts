import { parseArgs } from "node:util";

import { PresignOnceError } from "@presign-once/core";

import type { Deadline } from "../s3/deadline.ts";
import { strategyNames } from "../strategies/strategies.ts";
import { effortFlags, readEffort } from "./doctor-effort.ts";
import { describeReports } from "./doctor-report.ts";
import { doctor } from "./doctor.ts";
import { examineUploads } from "./examine-uploads.ts";

const HELP = `presign-once-doctor: which strategies keep the laws of single use on this bucket?

usage: presign-once-doctor --bucket NAME [options]

  --bucket NAME      the index bucket to examine (required)
  --region REGION    default: $AWS_REGION, else us-east-1
  --endpoint URL     another S3 server than AWS; implies buckets in the path
  --prefix FOLDER    folder of the index; default signatures/
  --strategy NAME    ${strategyNames.join(", ")}; may be repeated; default: all
  --rounds N         how often each race is run; default 20
  --claimants N      how many claim at once; default 32
  --uploads NAME     also try whether this bucket of uploads is fit for retries
  --json             the report as JSON
  --help             this text

Credentials come from the usual AWS variables, files and roles. It writes under FOLDERdoctor-<random>/, and in the bucket of
uploads under presign-once-probe/<random>/, and cleans up.
exit codes: 0 some strategy was not disproved, 1 none was left, 2 it could not be examined
`;

/** Where a command writes to; `process` is one. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * Runs `presign-once-doctor`.
 *
 * A mistake of the user's is one line on `stderr`.
 *
 * @param args    what stands behind the command's name
 * @param newDeadline  the time of each call of an index; default: as in production
 * @returns       the exit code: 0 some strategy was not disproved, 1 none was left, 2 it could not be examined
 */
export async function doctorCommand(
  args: readonly string[],
  io: CommandIo,
  newDeadline?: () => Deadline,
): Promise<number> {
  try {
    return await examine(args, io, newDeadline);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    io.stderr.write(`presign-once-doctor: ${message}\n`);
    if (!(error instanceof PresignOnceError) && !isUsageError(error))
      io.stderr.write("This is a bug; please report it.\n");
    return 2;
  }
}

async function examine(args: readonly string[], io: CommandIo, newDeadline?: () => Deadline): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      bucket: { type: "string" },
      region: { type: "string", default: process.env["AWS_REGION"] ?? "us-east-1" },
      endpoint: { type: "string" },
      prefix: { type: "string" },
      ...effortFlags,
      uploads: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return 0;
  }
  if (values.bucket === undefined) throw new PresignOnceError("ARGUMENT_INVALID", "--bucket is missing; see --help");
  const endpoint = values.endpoint === undefined ? undefined : httpUrl("--endpoint", values.endpoint);
  const access = { region: values.region, endpoint, forcePathStyle: endpoint !== undefined };
  const reports = await doctor({
    access,
    bucket: values.bucket,
    ...readEffort(values),
    newDeadline,
    ...(values.prefix === undefined ? {} : { prefix: values.prefix }),
    onProgress: (strategy, law) => io.stderr.write(`${strategy}: ${law}\n`),
  });
  const uploads = values.uploads === undefined ? undefined : await examineUploads({ access, bucket: values.uploads });
  const { stdout, exitCode } = describeReports(reports, values, uploads);
  io.stdout.write(stdout);
  return exitCode;
}

function httpUrl(flag: string, text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new PresignOnceError("ARGUMENT_INVALID", `${flag}: expected a URL that begins with http:// or https://`);
}

function isUsageError(error: unknown): boolean {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
