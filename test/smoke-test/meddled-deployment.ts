import { runCommand } from "@presign-once/cli";
import { type Local, startLocal } from "@presign-once/local-edge";

import { forward } from "../servers/forward.ts";
import { startR2 } from "../servers/r2.ts";
import { startStrictS3 } from "../support/fronts/s3/strict-s3.ts";
import { headerOf, type Meddler, type MeddlingProxy, startMeddlingProxy, withHeader } from "./meddling-proxy.ts";

/** A page that may upload. */
export const ORIGIN = "https://app.example";
const BUCKET = "smoke-uploads";

/** A whole deployment on this machine, and whatever stands between its parts. */
export interface MeddledDeployment {
  readonly endpoint: string;
  /** The same, with nothing between the client and the edge. */
  readonly edgeEndpoint: string;
  /** Between the client and the edge; knows the edge's name and puts its own in its place. */
  readonly viewer: MeddlingProxy;
  /** Between the edge and the store; index and uploads. */
  readonly store: MeddlingProxy;
  /** Sends a request to the store as CloudFront does where no function is attached. */
  readonly pastVerify: Meddler;
  /** Runs the smoke test. @param flags  besides the endpoint */
  run(...flags: string[]): Promise<SmokeRun>;
  stop(): Promise<void>;
}

/** What a smoke test printed. */
export interface SmokeRun {
  readonly exitCode: number;
  readonly report: Report;
  /** Standard output, standard error and progress. */
  readonly printed: string;
  /** Everything that nothing may print: queries, tags and locks of the URLs that were issued meanwhile. */
  readonly secrets: ReadonlySet<string>;
}

/** Of `--json`, what is looked at here. */
export interface Report {
  readonly passed: boolean;
  readonly requests: number;
  readonly objects: readonly string[];
  readonly checks: readonly {
    readonly name: string;
    readonly status: "passed" | "failed" | "skipped";
    readonly reason?: string;
    readonly seen?: string;
    readonly diagnosis?: { readonly code: string };
    readonly answers: readonly { readonly status: number; readonly requestId?: string }[];
  }[];
}

/**
 * Starts one: R2, AWS's own strictness in front of it, the built functions, and a stand-in for CloudFront.
 *
 * @param signing  of its URLs; presigned by default
 */
export async function startMeddledDeployment(signing: "at-issue" | "at-use" = "at-issue"): Promise<MeddledDeployment> {
  const r2 = await startR2({ buckets: [BUCKET] });
  const strict = await startStrictS3({ store: r2 });
  const secrets = new Set<string>();
  const { pathname } = new URL(strict.endpoint);
  const store = await startMeddlingProxy(new URL(strict.endpoint), (request, pass) => {
    const lock = headerOf(request.rawHeaders, "x-once-lock");
    if (lock !== undefined) secrets.add(lock);
    return pass();
  });
  const local: Local = await startLocal({
    bucket: BUCKET,
    s3: { endpoint: store.url + pathname, region: strict.region, credentials: strict.credentials },
    skipProbe: true,
    config: { cors: { origins: [ORIGIN] }, ifNoneMatch: true, signing },
    onLog: () => {},
  });
  const viewer = await startMeddlingProxy(new URL(local.baseUrl), async (request, pass) => {
    const answer = await pass();
    const handedOut = headerOf(answer.rawHeaders, "location")?.split("?pass=")[1];
    if (handedOut !== undefined) secrets.add(handedOut);
    if (!request.target.startsWith("/url")) return answer;
    const body = answer.body.toString().replaceAll(local.baseUrl, viewer.url);
    for (const [, token = ""] of body.matchAll(/\/[ud]\/([\w.-]+)/g)) secrets.add(token);
    for (const [, query = ""] of body.matchAll(/\?(X-Amz[^"\s]+)/g)) {
      secrets.add(query);
      for (const [name, value] of new URLSearchParams(query))
        if (/Signature$|x-once-tag/.test(name)) secrets.add(value);
    }
    return { ...answer, body: Buffer.from(body) };
  });
  const endpoint = `${viewer.url}/url`;

  return {
    endpoint,
    edgeEndpoint: `${local.baseUrl}/url`,
    viewer,
    store,
    pastVerify: ({ rawHeaders, target, ...request }) => {
      const toBucket = withHeader(rawHeaders, "host", new URL(store.url).host);
      const past = { ...request, target: `${pathname}/${BUCKET}${target}`, rawHeaders: toBucket };
      return forward(past, new URL(store.url), AbortSignal.timeout(30_000));
    },
    async run(...flags) {
      secrets.clear();
      let progress = "";
      const report = (line: string) => void (progress += `${line}\n`);
      const bucket = ["--bucket", BUCKET, "--endpoint", store.url + pathname];
      const args = ["smoke-test", endpoint, "--json", "--wait", "0", ...bucket, ...flags];
      const { exitCode, stdout, stderr } = await runCommand(args, { env: {}, report });
      const printed = stdout + stderr + progress;
      return { exitCode, report: JSON.parse(stdout || "null") as Report, printed, secrets: new Set(secrets) };
    },
    async stop() {
      await viewer.stop();
      await local.stop();
      await store.stop();
      await strict.stop();
      await r2.stop();
    },
  };
}
