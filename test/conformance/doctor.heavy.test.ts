import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createS3Client } from "@presign-once/adapter-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

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
