import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HeadObjectCommand } from "@aws-sdk/client-s3";

import { chunksOf } from "./bodies.ts";
import { EXAMPLES } from "./examples.ts";
import { startOnR2 } from "./r2-place.ts";
import { bundleExample, processEnv, type RunningExample, runExample, UPLOAD_TOKEN } from "./run-example.ts";
import { send } from "./send.ts";

/** What became of a large upload, and what it took. */
export interface LargeUpload {
  /** Of the answer; `undefined` when there was none, since the client had gone. */
  readonly status: number | undefined;
  readonly seconds: number;
  /** Most memory that the process of the relay ever had resident, in bytes. */
  readonly peakBytes: number;
  /** Of the object; `undefined` when there is none. */
  readonly objectBytes: number | undefined;
  /** Multipart uploads and parts that the store still holds. */
  readonly leftovers: number;
  /** How the relay says that it ended. */
  readonly outcome: unknown;
}

/**
 * Streams an upload of unknown length through the example's server on Node, bundled, into an R2 on disk, and throws both
 * away.
 *
 * @param bytes        how many
 * @param hangUpAfter  how many are sent before the client hangs up; default: it stays
 * @param flags        of the relay's Node; default: those that the README gives
 */
export async function uploadLarge(
  bytes: number,
  hangUpAfter = Infinity,
  flags: readonly string[] = ["--max-semi-space-size=1"],
): Promise<LargeUpload> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-large-"));
  let relay: RunningExample | undefined;
  const place = await startOnR2(async (r2, bucket) => {
    const name = await bundleExample(join(EXAMPLES, "node"), "server.ts", folder);
    const env = processEnv(r2, bucket, randomBytes(32).toString("base64url"));
    relay = await runExample(folder, name, env, flags);
    return relay;
  });
  try {
    if (relay === undefined) throw new Error("no relay");
    const { url, log, pid } = relay;
    const asked = await send(`${url}/url?max-bytes=${bytes}`, {
      method: "GET",
      headers: { accept: "application/json", authorization: `Bearer ${UPLOAD_TOKEN}` },
    });
    if (asked.status !== 200) throw new Error(asked.body);
    const grant = JSON.parse(asked.body) as { url: string; key: string };

    const leaving = new AbortController();
    function* body(): Generator<Buffer> {
      let sent = 0;
      for (const chunk of chunksOf(bytes, 256 * 1024)) {
        if (sent >= hangUpAfter) leaving.abort();
        yield chunk;
        sent += chunk.length;
      }
    }
    const begun = performance.now();
    const status = await send(grant.url, { body: body(), signal: leaving.signal }).then(
      (answer) => answer.status,
      () => undefined,
    );
    const lastLine = () => JSON.parse(log.at(-1) ?? "{}") as { outcome?: unknown; bytes?: number };
    while (lastLine().bytes === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    const seconds = (performance.now() - begun) / 1000;
    const memory = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"));
    const head = new HeadObjectCommand({ Bucket: place.bucket, Key: grant.key });
    const object = await place.s3.send(head).catch(() => undefined);
    return {
      status,
      seconds,
      peakBytes: Number(memory?.[1]) * 1024,
      objectBytes: object?.ContentLength,
      leftovers: await place.leftovers(grant.key),
      outcome: lastLine().outcome,
    };
  } finally {
    await place.stop();
    await rm(folder, { recursive: true });
  }
}
