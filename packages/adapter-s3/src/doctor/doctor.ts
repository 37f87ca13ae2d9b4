import { GetBucketVersioningCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { PresignOnceError } from "@presign-once/core";
import { type IndexHarness, type LawReport, tryLaw } from "@presign-once/core/testing";

import { type Deadline, DEFAULT_LIMITS, type TimeLimits } from "../s3/deadline.ts";
import { removeFolder } from "../sdk/remove-folder.ts";
import { createS3Client, type S3Access } from "../sdk/s3-client.ts";
import { createSdkIndexS3 } from "../sdk/sdk-index-s3.ts";
import { DEFAULT_INDEX_PREFIX } from "../strategies/index-place.ts";
import { type Strategy, strategies, strategyNames } from "../strategies/strategies.ts";
import { INJECTED_FAULTS, injectFault } from "./faulty-s3.ts";
import { lawsOf } from "./laws-of.ts";

/**
 * What the laws saw of one strategy on one bucket.
 *
 * - `not-disproved`: no law was broken in the rounds that were run. That is all it says: never "safe".
 * - `unsafe`: at least one law was broken; do not use this strategy there.
 * - `unavailable`: the bucket lacks what the strategy needs; `reason` says what. Nothing was tested.
 */
export interface StrategyReport {
  readonly strategy: Strategy;
  readonly verdict: "not-disproved" | "unsafe" | "unavailable";
  readonly reason?: string;
  readonly rounds: number;
  readonly claimants: number;
  readonly laws: readonly LawReport[];
}

/** What to examine, and how hard. */
export interface DoctorOptions {
  /** Where the bucket is. Every handle gets a client of its own, and so connections of its own. */
  readonly access: S3Access;
  /** The index bucket. */
  readonly bucket: string;
  /** Default `signatures/`. */
  readonly prefix?: string;
  /** How often each race is run; default 20. */
  readonly rounds?: number;
  /** How many claim at once; default 32. */
  readonly claimants?: number;
  /** Default: all. */
  readonly strategies?: readonly Strategy[];
  /** Run only the few laws without which no URL works once: seconds instead of a minute. Default: all laws. */
  readonly essentialOnly?: boolean;
  /** Go on after a broken law, to see which others are. Default false: the strategy is unsafe already. */
  readonly exhaustive?: boolean;
  /** Default: as in production; the laws about storms wait them out. */
  readonly limits?: TimeLimits;
  /** Instead of `limits`, where the caller controls time: see `IndexPlace`. */
  readonly newDeadline?: (() => Deadline) | undefined;
  /** Called before each law; strategies are examined side by side. */
  readonly onProgress?: (strategy: Strategy, law: string) => void;
}

/**
 * Runs the laws of `SignatureIndex` against a live bucket, once for each strategy.
 *
 * Writes under `<prefix>doctor-<random>/` only, and removes what it wrote, versions included, where it may.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: the bucket cannot be reached or listed
 */
export async function doctor(options: DoctorOptions): Promise<StrategyReport[]> {
  const { access, bucket, prefix = DEFAULT_INDEX_PREFIX } = options;
  const s3 = createS3Client(access);
  const names = options.strategies ?? strategyNames;
  const folder = `${prefix}doctor-${crypto.randomUUID()}/`;
  try {
    await requireBucket(s3, bucket);
    try {
      // Side by side, since most of the time is waiting: the laws about storms use up all the time that a call has.
      const examinations = names.map((strategy) => examine(strategy, s3, folder, options));
      await Promise.allSettled(examinations); // before the folder is removed
      return await Promise.all(examinations);
    } finally {
      await removeFolder(s3, bucket, folder);
    }
  } finally {
    s3.destroy();
  }
}

async function examine(
  strategy: Strategy,
  admin: S3Client,
  prefix: string,
  {
    access,
    bucket,
    rounds = 20,
    claimants = 32,
    essentialOnly = false,
    exhaustive = false,
    limits = DEFAULT_LIMITS,
    newDeadline,
    onProgress,
  }: DoctorOptions,
): Promise<StrategyReport> {
  const reason = strategies[strategy].needsVersions ? await lacksVersioning(admin, bucket) : undefined;
  if (reason !== undefined) return { strategy, verdict: "unavailable", reason, rounds, claimants, laws: [] };

  const clients: S3Client[] = [];
  const harness: IndexHarness = {
    rounds,
    claimants,
    faults: INJECTED_FAULTS,
    open(fault) {
      const client = createS3Client(access);
      clients.push(client);
      const sound = createSdkIndexS3(client);
      const s3 = fault === undefined ? sound : injectFault(sound, fault);
      const time = newDeadline === undefined ? { limits } : { newDeadline };
      return strategies[strategy].create({ s3, bucket, prefix, ...time });
    },
  };
  try {
    const laws: LawReport[] = [];
    for (const law of lawsOf(strategy).filter(({ isEssential }) => isEssential || !essentialOnly)) {
      onProgress?.(strategy, law.name);
      const report = await tryLaw(law, harness);
      laws.push(report);
      if (!exhaustive && report.broken !== undefined) break;
    }
    const verdict = laws.some(({ broken }) => broken !== undefined) ? "unsafe" : "not-disproved";
    return { strategy, verdict, rounds, claimants, laws };
  } finally {
    for (const client of clients) client.destroy();
  }
}

async function requireBucket(s3: S3Client, bucket: string): Promise<void> {
  try {
    await s3.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }));
  } catch (cause) {
    const fix = "check the bucket's name, the endpoint, the region and the credentials";
    throw new PresignOnceError("CONFIG_INVALID", `bucket: ${bucket} cannot be listed (${why(cause)}); ${fix}`, {
      cause,
    });
  }
}

async function lacksVersioning(s3: S3Client, bucket: string): Promise<string | undefined> {
  try {
    const { Status = "off" } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    return Status === "Enabled" ? undefined : `versioning is ${Status.toLowerCase()} on ${bucket}`;
  } catch (error) {
    return `versioning cannot be asked for on ${bucket} (${why(error)})`;
  }
}

/** S3's code for what went wrong, or the system's. */
function why(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
