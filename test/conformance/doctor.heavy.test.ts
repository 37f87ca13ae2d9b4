import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createS3Client } from "@presign-once/adapter-s3";
import { runCommand } from "@presign-once/cli";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { careless } from "../../packages/adapter-s3/test/careless-s3.ts";
import { startFakeS3 } from "../../packages/adapter-s3/test/fake-s3.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { startStrictR2 } from "../support/fronts/s3/strict-r2.ts";

const BUCKET = "index";

let r2: S3Server;
beforeAll(async () => {
  r2 = await startStrictR2({ buckets: [BUCKET] });
}, 60_000);
afterAll(() => r2.stop());
beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", r2.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", r2.credentials.secretAccessKey);
});
afterEach(() => vi.unstubAllEnvs());

/** Runs `presign-once doctor` on a server. */
async function runDoctor(endpoint: string, ...flags: readonly string[]) {
  const progress: string[] = [];
  const env = { AWS_REGION: r2.region, PRESIGN_ONCE_ENDPOINT: endpoint, PRESIGN_ONCE_BUCKET: BUCKET };
  const result = await runCommand(["doctor", ...flags], { env, report: (line) => progress.push(line) });
  return { ...result, progress };
}

describe("on R2", { timeout: 60_000 }, () => {
  test("conditional is not disproved, versioning is unavailable for a reason, and nothing is left behind", async () => {
    const effort = ["--strategy", "conditional", "--strategy", "versioning", "--rounds", "2", "--claimants", "8"];
    const { exitCode, stdout, stderr, progress } = await runDoctor(r2.endpoint, ...effort);
    expect(stdout.split("\n")).toEqual([
      "conditional  not disproved  in 2 rounds of 8 claimants",
      "versioning   unavailable    versioning is off on index",
      "retries      fit            index kept one object of every two uploads that overlapped",
      "",
    ]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(progress[0]).toBe("conditional: the first claim of a registered hash wins");

    const s3 = createS3Client(r2);
    expect(await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).toMatchObject({ KeyCount: 0 });
    s3.destroy();
  });

  test("--json gives the report to programs", async () => {
    const { exitCode, stdout } = await runDoctor(r2.endpoint, "--strategy", "versioning", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      strategies: [{ strategy: "versioning", verdict: "unavailable", rounds: 20, claimants: 32 }],
      uploads: { bucket: BUCKET, keepsOneObject: { status: "proven" } },
    });
    expect(exitCode).toBe(1);
  });

  test("a missing bucket is named", async () => {
    const { exitCode, stderr } = await runDoctor(r2.endpoint, "--index-bucket", "nowhere");
    expect(stderr).toMatch(/^presign-once: doctor: [\w.:]+ has no bucket nowhere: correct [^\n]+\n$/);
    expect(exitCode).toBe(2);
  });

  test("wrong credentials are named as the reason", async () => {
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "another");
    const { exitCode, stderr } = await runDoctor(r2.endpoint);
    expect(stderr).toMatch(
      /^presign-once: doctor: [\w.:]+ does not accept these credentials \(SignatureDoesNotMatch 403\): [^\n]+\n$/,
    );
    expect(exitCode).toBe(2);
  });
});

describe("on a server that ignores conditions", () => {
  const quick = ["--rounds", "1", "--claimants", "3", "--strategy", "versioning"];

  // The laws about storms wait out the time of every call.
  test("it says UNSAFE and why, never safe, and fails", { timeout: 120_000 }, async () => {
    const { access } = await startFakeS3(careless().script);
    const { exitCode, stdout } = await runDoctor(access.endpoint ?? "", ...quick, "--strategy", "conditional");
    expect(stdout).toMatch(/^conditional +UNSAFE +do not use it here: /m);
    expect(stdout).toMatch(new RegExp(`^versioning +unavailable +versioning is off on ${BUCKET}$`, "m"));
    expect(stdout.replaceAll("UNSAFE", "")).not.toMatch(/safe/i);
    expect(exitCode).toBe(1);
  });

  test("it says that retries are unsafe there, and what was seen", { timeout: 60_000 }, async () => {
    const { access } = await startFakeS3(careless().script);
    const { exitCode, stdout } = await runDoctor(access.endpoint ?? "", ...quick);
    const seen = "after one PUT, one PUT of the same key was stored, too, in spite of If-None-Match: *";
    expect(stdout).toContain(`UNSAFE       do not offer them on ${BUCKET}: ${seen}\n`);
    expect(exitCode).toBe(1);
  });
});
