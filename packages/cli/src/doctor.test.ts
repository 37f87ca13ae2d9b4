import { expect, test, vi } from "vitest";

import { openConsole, settingsFor } from "../test/run.ts";
import { s3Error, startStubS3 } from "../test/stub-s3.ts";

test("doctor examines the index bucket of the settings, and says in one line why it cannot", async () => {
  const s3 = await startStubS3(s3Error(404, "NoSuchBucket"));
  const { run } = await openConsole(settingsFor(s3.endpoint));
  const { exitCode, stdout, stderr } = await run(["doctor"]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(
    /^presign-once: doctor: 127\.0\.0\.1:\d+ has no bucket some-index: correct --bucket [^\n]+\n$/,
  );
  expect(s3.requests).toEqual(["GET /some-index/"]);

  await run(["doctor", "--bucket", "named-bucket"]);
  expect(s3.requests.at(-1)).toBe("GET /named-bucket/");
});

test("doctor exits with 2 when S3 gives no certain answer about the bucket", async () => {
  const s3 = await startStubS3(s3Error(503, "SlowDown"));
  const { run } = await openConsole(settingsFor(s3.endpoint));
  expect(await run(["doctor"])).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(/^presign-once: doctor: 127\.0\.0\.1:\d+ gave no certain answer [^\n]+\n$/),
  });
});

test("doctor exits with 2 when no server answers, and without credentials", async () => {
  const { run } = await openConsole(settingsFor("http://127.0.0.1:1"));
  const unreachable = "presign-once: doctor: no S3 server answers at 127.0.0.1:1 (ECONNREFUSED): correct --endpoint";
  expect(await run(["doctor"])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(unreachable) });

  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, undefined);
  vi.stubEnv("HOME", "/nonexistent");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  const unsigned = "presign-once: doctor: no AWS credentials (CredentialsProviderError): set AWS_PROFILE";
  expect(await run(["doctor"])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(unsigned) });
});

test.each([
  [["--rounds", "0"], "--rounds: expected a whole number from 1 to 999999"],
  [["--rounds", "many"], "--rounds: expected a whole number from 1 to 999999"],
  [["--rounds", "1000000"], "--rounds: expected a whole number from 1 to 999999"],
  [["--rounds=-1"], "--rounds: expected a whole number from 1 to 999999"],
  [["--claimants", "0"], "--claimants: expected a whole number from 1 to 999999"],
  [["--claimants", "1.5"], "--claimants: expected a whole number from 1 to 999999"],
  [["--strategy", "hope"], "--strategy: expected one of conditional, sealed, versioning"],
  [["--endpoint", "localhost:9000"], "--endpoint: expected an http or https URL"],
  [["--endpoint", "nowhere"], "--endpoint: expected an http or https URL"],
  [["--prefix"], "Option '--prefix <value>' argument missing"],
  [["--base-url", "x"], "Unknown option '--base-url'"],
  [["--rounds", "1", "x"], "expected flags only"],
])("doctor refuses %j with one line that names the mistake", async (args, message) => {
  const { run } = await openConsole(settingsFor("http://127.0.0.1:1"));
  const { exitCode, stdout, stderr } = await run(["doctor", ...args]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^presign-once: doctor: [^\n]+\n$/);
  expect(stderr).toContain(message);
});

test("doctor without a bucket says how to name one", async () => {
  const { run } = await openConsole(undefined, { AWS_REGION: "us-east-1" });
  const { exitCode, stderr } = await run(["doctor"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^presign-once: doctor: bucket is missing: set it with --bucket, [^\n]+\n$/);
});
