import { defaultStrategy, strategyNames } from "@presign-once/adapter-s3/strategies";
import { PresignOnceError } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";
import type { LocalOptions } from "@presign-once/local-edge";

import { readFlags, readStrategy } from "./read-arguments.ts";

const EDGE_PORT = 8080;
const R2_PORT = 8081;

/** The lines of `--help` about flags and variables. */
export const LOCAL_FLAGS_HELP = `  --s3-endpoint URL    use this S3 server instead of the embedded R2
  --bucket NAME        bucket for uploads (default presign-once-local); it must exist if --s3-endpoint is given
  --region NAME        its region (default $AWS_REGION, else us-east-1)
  --strategy NAME      ${strategyNames.join(", ")}
                       (default ${defaultStrategy})
  --signing WHEN       at-issue: URLs are presigned (default)
                       at-use: URLs are short tickets, signed when they are used
  --skip-probe         do not try first whether the strategy holds on --s3-endpoint
  --cors-origin ORIGIN pages of this origin, such as http://localhost:3000, may ask for URLs and upload;
                       may be repeated; *: any page
  --help               this text

  PORT                 port of the edge (default ${EDGE_PORT}); R2 has ${R2_PORT}, or any free one if that is taken.
                       0: any free one, for R2 too
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                       credentials for --s3-endpoint
`;

/** Every flag of `presign-once local`, but `--help`. */
export const LOCAL_FLAGS = {
  bucket: { type: "string" },
  region: { type: "string" },
  strategy: { type: "string" },
  "s3-endpoint": { type: "string" },
  "cors-origin": { type: "string", multiple: true },
  signing: { type: "string" },
  "skip-probe": { type: "boolean" },
} as const;

/**
 * Reads command line and environment of `presign-once local`.
 *
 * Without `--s3-endpoint` the AWS variables are not looked at: the embedded R2 has keys of its own.
 *
 * @param args  what follows the command's name
 * @throws {PresignOnceError} `ARGUMENT_INVALID`, naming the flag or variable and the form expected
 */
export function readLocalArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): LocalOptions {
  const values = readFlags(args, LOCAL_FLAGS);
  const { bucket, region, strategy, signing, "s3-endpoint": endpoint, "cors-origin": corsOrigins } = values;
  if (bucket !== undefined && !forms.bucketName.is(bucket)) {
    throw invalid("--bucket must be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens");
  }
  if (region !== undefined && endpoint === undefined) {
    throw invalid("--region goes with --s3-endpoint: the embedded R2 has one region only");
  }
  const port = readPort(env["PORT"]);
  return {
    port,
    preferredR2Port: port === 0 || port === R2_PORT ? 0 : R2_PORT,
    ...(bucket === undefined ? {} : { bucket }),
    ...(strategy === undefined ? {} : { strategy: readStrategy(strategy) }),
    ...(values["skip-probe"] === true ? { skipProbe: true } : {}),
    ...(corsOrigins === undefined && signing === undefined ? {} : { config: readConfig(corsOrigins, signing) }),
    ...(endpoint === undefined
      ? {}
      : { s3: { endpoint, region: region ?? (env["AWS_REGION"] || "us-east-1"), credentials: readCredentials(env) } }),
  };
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === "") return EDGE_PORT;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw invalid("PORT must be a whole number from 0 to 65535 (0: any free one)");
  return port;
}

function readConfig(corsOrigins: readonly string[] | undefined, signing: string | undefined) {
  return {
    ...(corsOrigins === undefined ? {} : { cors: { origins: corsOrigins.map(readOrigin) } }),
    ...(signing === undefined ? {} : { signing: readSigning(signing) }),
  };
}

function readSigning(text: string): "at-issue" | "at-use" {
  if (text !== "at-issue" && text !== "at-use") throw invalid("--signing must be at-issue or at-use");
  return text;
}

function readOrigin(text: string): string {
  if (!forms.origin.is(text))
    throw invalid("--cors-origin must be scheme, host and perhaps a port, such as http://localhost:3000, or *");
  return text;
}

function readCredentials(env: Readonly<Record<string, string | undefined>>) {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey)
    throw invalid("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: --s3-endpoint needs credentials");
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function invalid(message: string): PresignOnceError {
  return new PresignOnceError("ARGUMENT_INVALID", message);
}
