import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createS3Client } from "@presign-once/adapter-s3";
import { runCommand } from "@presign-once/cli";
import { systemClock } from "@presign-once/core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";

const BUCKET = "index";
const CLI = fileURLToPath(new URL("../../packages/adapter-s3/src/doctor/cli.ts", import.meta.url));

let r2: S3Server;
beforeAll(async () => {
  r2 = await startR2({ buckets: [BUCKET] });
}, 60_000);
afterAll(() => r2.stop());

describe("on R2", { timeout: 60_000 }, () => {
  test("conditional is not disproved, versioning is unavailable for a reason, and nothing is left behind", async () => {
    const effort = ["--strategy", "conditional", "--strategy", "versioning", "--rounds", "2", "--claimants", "8"];
    const { code, stdout } = await run(["--bucket", BUCKET, "--endpoint", r2.endpoint, ...effort]);
    const [conditional, versioning, ...rest] = stdout.split("\n");
    expect(conditional).toBe("conditional: not disproved in 2 rounds of 8 claimants");
    expect(versioning).toBe("versioning: unavailable: versioning is off on index");
    expect(rest).toEqual([""]);
    expect(code).toBe(0);

    const s3 = createS3Client(r2);
    expect(await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).toMatchObject({ KeyCount: 0 });
    s3.destroy();
  });

  test("as a subcommand of presign-once it reports the same", async () => {
    const { accessKeyId, secretAccessKey } = r2.credentials;
    vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
    const progress: string[] = [];
    const flags = ["--strategy", "conditional", "--rounds", "2", "--claimants", "8", "--json"];
    const { exitCode, stdout, stderr } = await runCommand(["doctor", ...flags], {
      env: { PRESIGN_ONCE_BUCKET: BUCKET, PRESIGN_ONCE_ENDPOINT: r2.endpoint, AWS_REGION: r2.region },
      directory: tmpdir(),
      clock: systemClock,
      stdin: Readable.from([]),
      report: (line) => progress.push(line),
    });
    vi.unstubAllEnvs();
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      strategies: [{ strategy: "conditional", verdict: "not-disproved", rounds: 2 }],
      uploads: { bucket: BUCKET, keepsOneObject: { status: "proven" } },
    });
    expect(progress).toContain("conditional: a second claim is refused");
  });

  test("a missing bucket is named", async () => {
    const { code, stderr } = await run(["--bucket", "nowhere", "--endpoint", r2.endpoint]);
    expect(stderr).toMatch(/^presign-once-doctor: bucket: nowhere cannot be listed \(\w+\); check [^\n]+\n$/);
    expect(code).toBe(2);
  });

  test("wrong credentials are named as a possible reason", async () => {
    const { code, stderr } = await run(["--bucket", BUCKET, "--endpoint", r2.endpoint], {
      AWS_SECRET_ACCESS_KEY: "another",
    });
    expect(stderr).toMatch(
      /^presign-once-doctor: bucket: index cannot be listed \(SignatureDoesNotMatch\); check .*credentials\n$/,
    );
    expect(code).toBe(2);
  });
});

/** Runs the command in a process of its own. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  const { accessKeyId, secretAccessKey } = r2.credentials;
  const credentials = { AWS_REGION: r2.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { ...process.env, ...credentials, ...env } };
    const child = execFile(process.execPath, ["--conditions=source", CLI, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}
