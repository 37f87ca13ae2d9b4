import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { bundleEdge } from "@presign-once/adapter-edge/bundle";
import { defaultStrategy, strategies, type Strategy } from "@presign-once/adapter-s3/strategies";

import { createLocalEdge, type LocalEdgeOptions } from "./create-local-edge.ts";
import { LocalEdgeError } from "./local-edge-error.ts";
import { MINIFLARE_STRIPS, type OriginOptions } from "./origin.ts";
import { probeStrategy } from "./probe-strategy.ts";
import { addressOf, assertBucket, isMiniflareR2, keepsOneObject, keepsVersions, type S3Target } from "./s3-target.ts";
import { siblingModule } from "./sibling-module.ts";
import { startR2 } from "./start-r2.ts";
import { tryLine } from "./try-line.ts";

type EdgeConfig = Parameters<typeof bundleEdge>[0]["config"];

/** What {@link startLocal} starts. */
export type LocalOptions = {
  /** Port of the edge; 0, the default, is any free one. */
  port?: number;
  /** Port of the embedded R2; 0 is any free one. */
  r2Port?: number;
  /** Instead of `r2Port`: this one, or any free one where it is taken. Default: any free one. */
  preferredR2Port?: number;
  /** Default `presign-once-local`. */
  bucket?: string;
  /** An S3 server of your own, with a bucket that exists. Without it an R2 is started, which forgets all when it stops. */
  s3?: Pick<S3Target, "endpoint" | "region" | "credentials">;
  /** Do not try first whether the strategy holds on `s3`; for servers where that is known. Default false. */
  skipProbe?: boolean;
  /** Folder for the objects of the embedded R2, to be found again by the next start. */
  persistTo?: string;
  /** How an index makes a claim atomic; which one is safe depends on the S3 server. Default `conditional`. */
  strategy?: Strategy;
  /** More settings of the edge functions, such as `cors` or `expiresInSeconds`. */
  config?: Partial<
    Omit<EdgeConfig, "region" | "endpoint" | "forcePathStyle" | "uploads" | "originPath" | "baseUrl">
  > & {
    readonly uploads?: Pick<EdgeConfig["uploads"], "encryption" | "tags">;
  };
  /** Called when a step begins that may take a second or more. */
  onProgress?: (step: string) => void;
} & Pick<LocalEdgeOptions, "onLog" | "onOriginRequest" | "concurrency" | "limits">;

/** Everything `startLocal` started. */
export type Local = {
  /** `http://127.0.0.1:<port>`: ask `/url` here, upload here; a browser gets a page to upload with. */
  baseUrl: string;
  /** A line for a shell that gets a URL and uploads `README.md` to it twice: stored, then refused. */
  tryLine: string;
  /** Where uploads end up: S3 server and bucket. */
  originUrl: string;
  bucket: string;
  /** The S3 server behind the edge, for looking into the bucket. */
  s3: S3Target;
  /** How many requests the edge has passed on so far. */
  originRequestCount(): number;
  /** Stops all of it, and removes the bundles with the edge key in them. */
  stop(): Promise<void>;
};

/**
 * Starts presign-once on this machine: an S3 server (unless given one), the built edge functions, and a stand-in for
 * CloudFront that runs them. The edge key is new at every start, so URLs of an earlier one are refused.
 *
 * @throws {LocalEdgeError} one line that names what to change; whatever had been started is stopped again
 * @throws {PresignOnceError} `CONFIG_INVALID`: `config` names a setting that the functions do not accept
 * @example
 * const local = await startLocal({});
 * const url = await (await fetch(`${local.baseUrl}/url`)).text();
 * await fetch(url, { method: "PUT", body: "hello" }); // 200
 * await fetch(url, { method: "PUT", body: "hello" }); // 403 UrlAlreadyUsed
 * await local.stop();
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const progress = options.onProgress ?? (() => {});
  const bucket = options.bucket ?? "presign-once-local";
  const { needsVersions, allowsRetries } = strategies[options.strategy ?? defaultStrategy];
  if (options.s3 === undefined && needsVersions) {
    throw new LocalEdgeError(
      "OPTION_INVALID",
      "the embedded R2 has no versions: give an S3 server that has with --s3-endpoint, or leave --strategy out",
    );
  }
  const settings = { downloads: {}, ...options.config };
  // The authorizer of this machine lets everyone hand out links; no other lets a page do so that has no token to show.
  const hasOwnAuthorizer = settings.authorizer === undefined;
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };

  try {
    const s3: S3Target = { bucket, ...(options.s3 ?? (await startOwnR2())) };
    const address = addressOf(s3);
    progress(`looking for bucket ${bucket}`);
    await assertBucket(s3);
    if (options.s3 !== undefined && options.skipProbe !== true) {
      progress("trying whether a claim is atomic there");
      const { bucket: indexBucket = bucket, prefix, strategy } = options.config?.index ?? {};
      await probeStrategy({ ...s3, bucket: indexBucket, prefix }, strategy ?? options.strategy ?? defaultStrategy);
    }
    const edge = await createLocalEdge({
      port: options.port ?? 0,
      bundles: async (baseUrl) => bundle(s3, baseUrl, await chooseRetries(s3)),
      origin: { url: address.originUrl, path: address.originPath, ...miniflareSettings(s3) },
      page: true,
      offersLinks: hasOwnAuthorizer && settings.downloads !== undefined,
      identity: { region: s3.region, ...s3.credentials },
      ...pick(options, "onLog", "onOriginRequest", "concurrency", "limits"),
    });
    undo.push(() => edge.close());
    const originUrl = `${address.originUrl}${address.originPath}`;
    const { url: baseUrl, originRequestCount } = edge;
    return { baseUrl, tryLine: tryLine(baseUrl), originUrl, bucket, s3, originRequestCount, stop };
  } catch (error) {
    await stop();
    throw error;
  }

  function miniflareSettings(s3: S3Target): Pick<OriginOptions, "stripHeaders" | "cors" | "ignoresResponseParameters"> {
    if (!isMiniflareR2(s3)) return {};
    const cors = options.config?.cors ?? { origins: [] };
    return { stripHeaders: MINIFLARE_STRIPS, cors, ignoresResponseParameters: true };
  }

  async function startOwnR2() {
    progress("starting R2");
    const { r2Port: port, preferredR2Port: preferredPort } = options;
    const r2 = await startR2({ port, preferredPort, buckets: [bucket], ...pick(options, "persistTo") });
    undo.push(() => r2.stop());
    return { endpoint: r2.endpoint, region: r2.region, credentials: r2.credentials };
  }

  /** Those that were asked for, on a bucket that is fit for them; otherwise whatever the bucket is fit for. */
  async function chooseRetries(s3: S3Target): Promise<Pick<EdgeConfig, "retries">> {
    const asked = options.config?.retries;
    if (asked === undefined && !allowsRetries) return {};
    progress("checking that the bucket keeps one object of a URL");
    const outcome = await keepsOneObject(s3);
    if (outcome.status !== "proven") {
      if (asked === undefined) return {};
      throw retriesUnsafe(bucket, outcome);
    }
    return { retries: asked ?? { evidence: (await keepsVersions(s3)) ? "versions" : "object" } };
  }

  async function bundle(s3: S3Target, baseUrl: string, retries: Pick<EdgeConfig, "retries">) {
    progress("building the edge functions");
    // The folder holds the edge key; it goes even if the process ends without `stop`, so nothing may come in between.
    const outDir = mkdtempSync(join(tmpdir(), "presign-once-local-"));
    const removeNow = (): void => rmSync(outDir, { recursive: true, force: true });
    process.once("exit", removeNow);
    undo.push(async () => {
      process.off("exit", removeNow);
      await rm(outDir, { recursive: true, force: true });
    });
    const { endpoint, forcePathStyle, originPath } = addressOf(s3);
    const config: EdgeConfig = {
      region: s3.region,
      ...(endpoint === undefined ? {} : { endpoint }),
      forcePathStyle,
      index: options.strategy === undefined ? {} : { strategy: options.strategy },
      originPath,
      baseUrl,
      keys: [{ id: "local", secret: randomBytes(32).toString("base64url") }],
      authorizer: { type: "custom" },
      ...settings,
      uploads: { bucket, ...settings.uploads },
      ...retries,
    };
    const issueFunction = hasOwnAuthorizer
      ? fileURLToPath(siblingModule("local-issue-function", import.meta.url))
      : undefined;
    return bundleEdge({ outDir, config, issueFunction });
  }
}

/** What is wrong with a bucket for which retries were asked, and how to go on. */
function retriesUnsafe(
  bucket: string,
  outcome: Exclude<Awaited<ReturnType<typeof keepsOneObject>>, { status: "proven" }>,
): LocalEdgeError {
  const fix =
    "leave config.retries out, or use a bucket whose server heeds If-None-Match (on Ceph: one without versions)";
  const seen =
    outcome.status === "broken"
      ? `bucket ${bucket} may keep two objects of one URL (${outcome.seen})`
      : `it could not be tried whether bucket ${bucket} keeps one object of a URL; the credentials must put, get and delete below presign-once-probe/`;
  const cause = outcome.status === "undecided" ? { cause: outcome.cause } : undefined;
  return new LocalEdgeError("RETRIES_UNSAFE", `config.retries: ${seen}: ${fix}`, cause);
}

function pick<Options extends object, Key extends keyof Options>(options: Options, ...keys: Key[]): Pick<Options, Key> {
  return Object.fromEntries(keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]])) as Pick<
    Options,
    Key
  >;
}
