import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { careless } from "../../test/careless-s3.ts";
import { BUCKET, startFakeS3 } from "../../test/fake-s3.ts";
import { refusedEndpoint } from "../../test/refused-endpoint.ts";
import { tries } from "../../test/tries.ts";
import { doctorCommand } from "./doctor-command.ts";

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE");
  vi.stubEnv("AWS_REGION", "us-east-1");
});
afterEach(() => vi.unstubAllEnvs());

/** Runs the command, and keeps what it says. */
async function run(args: readonly string[]) {
  const said = { stdout: "", stderr: "" };
  const code = await doctorCommand(
    args,
    {
      stdout: { write: (text) => (said.stdout += text) },
      stderr: { write: (text) => (said.stderr += text) },
    },
    tries(3), // counted and not timed, so that the laws say the same on a busy machine
  );
  return { code, ...said };
}

test("--help says how to use it, and succeeds", async () => {
  const { code, stdout, stderr } = await run(["--help"]);
  expect(code).toBe(0);
  expect(stdout).toContain("usage: presign-once-doctor --bucket NAME");
  expect(stdout).toMatch(/exit codes: 0 .*, 1 .*, 2 /);
  expect(stderr).toBe("");
});

describe("a mistake of the user's is one line that names it, and exit status 2", () => {
  test.each([
    ["a missing --bucket", [], "--bucket is missing; see --help"],
    ["no number", ["--rounds", "many"], "--rounds: expected a whole number from 1 to 999999"],
    ["no rounds", ["--rounds", "0"], "--rounds: expected a whole number from 1 to 999999"],
    ["a million rounds", ["--rounds", "1000000"], "--rounds: expected a whole number from 1 to 999999"],
    ["a negative number", ["--rounds=-1"], "--rounds: expected a whole number from 1 to 999999"],
    ["no claimants", ["--claimants", "0"], "--claimants: expected a whole number from 1 to 999999"],
    ["half a claimant", ["--claimants", "1.5"], "--claimants: expected a whole number from 1 to 999999"],
    [
      "an unknown strategy",
      ["--strategy", "hope"],
      "--strategy: expected one of conditional, conditional-unquoted, sealed, versioning",
    ],
    [
      "an endpoint that is no URL",
      ["--endpoint", "localhost:9000"],
      "--endpoint: expected a URL that begins with http:// or https://",
    ],
    [
      "another endpoint that is no URL",
      ["--endpoint", "nowhere"],
      "--endpoint: expected a URL that begins with http:// or https://",
    ],
    ["an unknown option", ["--buckets", "x"], "'--buckets'"],
    ["an option without its value", ["--prefix"], "--prefix"],
    ["a stray word", ["--rounds", "1", "x"], "'x'"],
  ])("%s", async (_name, args, message) => {
    const bucket = args.length === 0 ? [] : ["--bucket", BUCKET];
    const { code, stdout, stderr } = await run([...bucket, ...args]);
    expect(stderr).toMatch(/^presign-once-doctor: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  test("a bucket that cannot be reached", async () => {
    const { code, stderr } = await run(["--bucket", BUCKET, "--endpoint", await refusedEndpoint()]);
    expect(stderr).toMatch(
      new RegExp(`^presign-once-doctor: bucket: ${BUCKET} cannot be listed \\(ECONNREFUSED\\); check [^\n]+\n$`),
    );
    expect(code).toBe(2);
  });

  test("credentials that are nowhere", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, undefined);
    vi.stubEnv("HOME", "/nonexistent");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    const { code, stderr } = await run(["--bucket", BUCKET, "--endpoint", await refusedEndpoint()]);
    expect(stderr).toMatch(
      /^presign-once-doctor: bucket: index-bucket cannot be listed \(CredentialsProviderError\); check [^\n]+\n$/,
    );
    expect(code).toBe(2);
  });
});

describe("on a server that ignores conditions", () => {
  const examine = async (more: readonly string[]) => {
    const { script } = careless();
    const { access } = await startFakeS3(script);
    const server = ["--bucket", BUCKET, "--endpoint", access.endpoint ?? ""];
    return run([...server, "--rounds", "1", "--claimants", "3", ...more]);
  };

  test("it says UNSAFE and why, never safe, and fails", { timeout: 30_000 }, async () => {
    const { code, stdout, stderr } = await examine(["--strategy", "conditional", "--strategy", "versioning"]);
    expect(stdout).toContain("conditional: UNSAFE here, do not use it\n");
    expect(stdout).toContain(
      "  exactly one of many concurrent claims wins: 3 of 3 concurrent claims won in round 1 of 1\n",
    );
    expect(stdout).toContain(`versioning: unavailable: versioning is off on ${BUCKET}\n`);
    expect(stdout.replaceAll("UNSAFE", "")).not.toMatch(/safe/i);
    expect(stderr).toContain("conditional: a second claim is refused\n");
    expect(code).toBe(1);
  });

  test("--json gives the report to programs", async () => {
    const { code, stdout } = await examine(["--strategy", "versioning", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      strategies: [
        expect.objectContaining({ strategy: "versioning", verdict: "unavailable", rounds: 1, claimants: 3 }),
      ],
    });
    expect(code).toBe(1);
  });

  test("--uploads says that retries are unsafe there, and what was seen", { timeout: 30_000 }, async () => {
    const seen = "after one PUT, one PUT of the same key was stored, too, in spite of If-None-Match: *";
    const flags = ["--strategy", "versioning", "--uploads", BUCKET];
    expect((await examine(flags)).stdout).toContain(`retries on ${BUCKET}: UNSAFE here, do not offer them: ${seen}\n`);
    expect(JSON.parse((await examine([...flags, "--json"])).stdout)).toMatchObject({
      uploads: { bucket: BUCKET, keepsOneObject: { status: "broken", seen } },
    });
  });
});
