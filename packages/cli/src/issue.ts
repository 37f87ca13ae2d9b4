import { PresignOnceError, percentEncode } from "@presign-once/core";

import { placesOf } from "./ask-about-url.ts";
import type { Command } from "./command.ts";
import { describeS3Failure } from "./describe-s3-failure.ts";
import { describeExitCodes, EXIT_CODES } from "./exit-codes.ts";
import { readFlags } from "./read-arguments.ts";
import { missing, resolveSettings } from "./resolve-settings.ts";
import { DEFAULT_CONFIG_FILE, describeSettings, indexFlags } from "./settings.ts";

const text = { type: "string" } as const;

/** The parameters of `/url`, as flags of the same names. */
const grantFlags = {
  "expires-in": text,
  "content-type": text,
  "content-length": text,
  "max-bytes": text,
  "min-bytes": text,
  filename: text,
  extension: text,
  sha256: text,
  retries: text,
  download: text,
  confirm: text,
} as const;

/** `presign-once issue`: a URL, without `/url`. */
export const issue: Command = {
  help: `usage: presign-once issue [options]

Issues a URL for one upload, or with --download for one download, and prints it.
Needs the edge keys, in the settings file; no authorizer is asked.

  --expires-in N       life in seconds (default 900, at most 3600, or as the settings file says)
  --content-type TYPE  that the upload must have
  --content-length N   that the upload must have, in bytes
  --max-bytes N        most that the upload may bring
  --min-bytes N        least that the upload must bring
  --filename NAME      kept as metadata of the object
  --extension EXT      that the object's name gets, such as jpg
  --sha256 DIGEST      of the body, 64 hex digits
  --retries POLICY     same-client: the client that is first may retry; where the settings file offers it
  --download KEY       of an object that is there, such as uploads/report.pdf: a link for one download; goes with
                       --expires-in, --filename, --content-type and
  --confirm never      the link downloads at once, so that a preview uses it up (default: a page asks first)
  --json               the grant, as /url answers it: { "id", "url", "method", "headers", "key", "expiresAt", … }
${describeSettings(["baseUrl", "bucket", "indexBucket", "region", "endpoint", "prefix", "strategy"])}
${describeExitCodes(["done", "fault", "wrong", "undecided"])}`,

  async run(args, surroundings) {
    const options = {
      ...indexFlags,
      ...grantFlags,
      "base-url": text,
      json: { type: "boolean", default: false },
    } as const;
    const values = readFlags(args, options);
    const config = await resolveSettings(values, surroundings, { uploads: true });
    if (config.keys === undefined)
      throw new PresignOnceError(
        "CONFIG_INVALID",
        `keys are missing: put those of the functions into the field keys of ${DEFAULT_CONFIG_FILE}`,
      );
    if (config.baseUrl === undefined) throw new PresignOnceError("CONFIG_INVALID", missing("baseUrl"));

    const { createEdgeIssuer } = await import("@presign-once/issuer");
    const issuer = await createEdgeIssuer(config, surroundings);
    try {
      const outcome = await issuer.issueQuery(queryOf(values)).catch(nameFlag);
      if (outcome.status === "issued") {
        const { grant } = outcome;
        return { exitCode: EXIT_CODES.done, stdout: `${values.json ? JSON.stringify(grant) : grant.url}\n` };
      }
      const { exitCode, line } = describeS3Failure(outcome.cause, placesOf(config).place);
      return { exitCode, stdout: "", complaint: `no URL was issued: ${line}` };
    } finally {
      issuer.close();
    }
  },
};

/** A parameter of `/url` that is wrong was a flag here. */
function nameFlag(fault: unknown): never {
  const isOfParameter = fault instanceof PresignOnceError && fault.code === "ARGUMENT_INVALID";
  throw isOfParameter ? new PresignOnceError(fault.code, `--${fault.message}`) : fault;
}

/** The query that asks `/url` for the same. */
function queryOf(values: Readonly<Partial<Record<keyof typeof grantFlags, string>>>): string {
  const names = Object.keys(grantFlags) as (keyof typeof grantFlags)[];
  return names
    .flatMap((name) => (values[name] === undefined ? [] : `${name}=${percentEncode(values[name])}`))
    .join("&");
}
