import { expect, test } from "vitest";

import { openConsole, settingsFor } from "../test/run.ts";
import { s3Error, startStubS3 } from "../test/stub-s3.ts";

test("doctor examines the bucket that the settings name as the index, and says in one line why it cannot", async () => {
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

test.each([
  [["--rounds", "0"], "--rounds: expected a whole number from 1 to 999999"],
  [["--claimants", "many"], "--claimants: expected a whole number from 1 to 999999"],
  [["--strategy", "hope"], "--strategy: expected one of conditional, "],
  [["--edge-url", "x"], "Unknown option '--edge-url'"],
])("%j is a mistake that is named", async (args, message) => {
  const { run } = await openConsole(settingsFor("http://127.0.0.1:1"));
  const { exitCode, stderr } = await run(["doctor", ...args]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
