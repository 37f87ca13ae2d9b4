import { type HeaderField, PresignOnceError } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";

import type { Surroundings } from "../command.ts";
import { readArguments } from "../read-arguments.ts";
import { readInput } from "../read-url.ts";
import { SETTINGS } from "../settings.ts";

/** Variable that holds the bearer token for `/url`. */
export const TOKEN_VARIABLE = "PRESIGN_ONCE_TOKEN";
/** How long a deployment may take to reach every edge location; `sst deploy` has waited for most of it. */
const WAIT_SECONDS = 300;
const MAX_WAIT_SECONDS = 3_600;

/** What was typed, checked. */
export interface SmokeArguments {
  readonly endpoint: string;
  readonly headers: readonly HeaderField[];
  readonly origin: string | undefined;
  /** The bucket of the uploads and where it is. */
  readonly bucket: BucketPlace | undefined;
  readonly only: readonly string[];
  readonly slow: boolean;
  /** Whether AWS is asked too. */
  readonly aws: boolean;
  /** Id of the distribution; default: the one that answers for the endpoint's host. */
  readonly distributionId: string | undefined;
  /** The settings file of the functions. */
  readonly config: string | undefined;
  readonly waitSeconds: number;
  readonly json: boolean;
}

/** A bucket and where it is; `endpoint`: another S3 server than AWS. */
export interface BucketPlace {
  readonly name: string;
  readonly region: string;
  readonly endpoint: string | undefined;
}

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const flags = {
  token: text,
  header: { type: "string", multiple: true },
  origin: text,
  bucket: text,
  region: text,
  endpoint: text,
  only: { type: "string", multiple: true },
  wait: text,
  slow: flag,
  aws: flag,
  distribution: text,
  config: text,
  json: flag,
} as const;

/**
 * Reads the command line of `smoke-test`.
 *
 * @param names  of the checks that `--only` may name
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the flag and the form expected; repeats no value
 */
export async function readSmokeArguments(
  args: readonly string[],
  { env, stdin }: Pick<Surroundings, "env" | "stdin">,
  names: readonly string[],
): Promise<SmokeArguments> {
  const { values, positionals } = readArguments(args, flags);
  const endpoint = readEndpoint(positionals);
  const { origin, only = [], slow, aws, distribution, config, json } = values;
  if (origin !== undefined && (origin === "*" || !forms.origin.is(origin)))
    throw invalid("--origin: expected one origin as browsers send it, such as https://app.example");
  if (!only.every((name) => names.includes(name))) throw invalid(`--only: expected one of ${names.join(", ")}`);
  if (distribution !== undefined && (!aws || !/^E[A-Z0-9]+$/.test(distribution)))
    throw invalid("--distribution: expected the id of a distribution such as E1A2B3C4D5E6F7, and --aws");
  if (config !== undefined && !aws) throw invalid("--config: expected --aws too, without which no role is read");
  const headers = (values.header ?? []).map(readHeader);
  const token = values.token === "-" ? await readInput(stdin, "token") : (values.token ?? env[TOKEN_VARIABLE]);
  if (token !== undefined && token !== "") {
    if (!/^[!-~]+$/.test(token)) throw invalid("--token: expected a bearer token, printable and without blanks");
    if (headers.some(([name]) => name === "authorization"))
      throw invalid(`--header: expected no Authorization beside --token or ${TOKEN_VARIABLE}`);
    headers.push(["authorization", `Bearer ${token}`]);
  }
  const waitSeconds = values.wait === undefined ? WAIT_SECONDS : Number(values.wait);
  if (!forms.wholeNumber.is(values.wait ?? "0") || waitSeconds > MAX_WAIT_SECONDS)
    throw invalid(`--wait: expected a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}`);
  const bucket = readBucket(values, env);
  for (const name of only) {
    const missing = missingFlag(name, { aws, config, origin, bucket });
    if (missing !== undefined) throw invalid(`--only ${name}: expected ${missing} too, without which it asks nothing`);
  }
  const ofAws = { aws, distributionId: distribution, config };
  return { endpoint, headers, origin, bucket, only, slow, ...ofAws, waitSeconds, json };
}

/** What a check that was named cannot do without. */
function missingFlag(
  name: string,
  { aws, config, origin, bucket }: Pick<SmokeArguments, "aws" | "config" | "origin" | "bucket">,
): string | undefined {
  if (name.startsWith("aws-upload-") && aws) return config === undefined ? "--config" : undefined;
  if (name.startsWith("aws-")) return aws ? undefined : "--aws";
  if (name === "cors") return origin === undefined ? "--origin" : undefined;
  if (name === "bucket") return bucket === undefined && !aws ? "--bucket or --aws" : undefined;
  return undefined;
}

function readEndpoint([argument, ...rest]: readonly string[]): string {
  const url = argument !== undefined && rest.length === 0 && URL.canParse(argument) ? new URL(argument) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "" || url.hash !== "")
    throw invalid("expected one issue endpoint, such as https://d111111abcdef8.cloudfront.net/url; see --help");
  return url.href;
}

function readHeader(line: string): HeaderField {
  const [, name = "", value = ""] = /^([\w!#$%&'*+.^`|~-]+): *([ -~]+)$/.exec(line) ?? [];
  if (name === "") throw invalid("--header: expected 'Name: value'");
  return [name.toLowerCase(), value];
}

function readBucket(
  { bucket, region, endpoint }: { readonly bucket?: string; readonly region?: string; readonly endpoint?: string },
  env: Surroundings["env"],
): BucketPlace | undefined {
  if (bucket === undefined) {
    if (region === undefined && endpoint === undefined) return undefined;
    throw invalid(`--${region === undefined ? "endpoint" : "region"}: expected --bucket too, which it says more about`);
  }
  if (!forms.bucketName.is(bucket)) throw invalid(`--bucket: expected ${forms.bucketName.words}`);
  if (endpoint !== undefined && !/^https?:\/\//.test(endpoint))
    throw invalid("--endpoint: expected an http or https URL");
  const named = region ?? env[SETTINGS.region.variable] ?? (endpoint === undefined ? undefined : "auto");
  if (named === undefined) throw invalid(`--region: missing; or set ${SETTINGS.region.variable}`);
  return { name: bucket, region: named, endpoint };
}

function invalid(message: string): PresignOnceError {
  return new PresignOnceError("ARGUMENT_INVALID", message);
}
