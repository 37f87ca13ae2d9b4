import { describe, expect, test } from "vitest";

import { openConsole, relayUrl, secretsOf, settingsFor, urlIssuedBy } from "../test/run.ts";
import { entry, s3Error, startStubS3, type StubAnswer } from "../test/stub-s3.ts";

const ISSUED = '{"presign-once":"issued"}';
const REVOKED = '{"presign-once":"revoked"}';
const CLAIMANT = "1".repeat(32);
const CLAIMED = `{"presign-once":"claimed","claimant":"${CLAIMANT}"}`;
/** A minute after the URL was issued. */
const AT = new Date("2026-01-01T00:01:00Z");
const FREE = { index: { bucket: "some-index", strategy: "sealed" } } as const;

/** Runs a command about a URL that was issued, on an S3 with one answer for everything. */
async function run(
  command: "inspect" | "revoke",
  answer: Parameters<typeof startStubS3>[0],
  {
    changes = {},
    without = [],
    json = false,
    later = 120,
    change = (url) => url,
    relayScope,
    flags = [],
    env = {},
  }: {
    changes?: Parameters<typeof settingsFor>[1];
    without?: readonly string[];
    json?: boolean;
    later?: number;
    change?: (url: string) => string;
    relayScope?: string;
    flags?: readonly string[];
    env?: Record<string, string>;
  } = {},
) {
  const s3 = await startStubS3(answer);
  const settings = settingsFor(s3.endpoint, changes);
  const issued = await (relayScope === undefined ? urlIssuedBy(settings) : relayUrl(relayScope));
  const url = change(issued);
  const file = Object.fromEntries(Object.entries(settings).filter(([field]) => !without.includes(field)));
  const { clock, run: runLine } = await openConsole(file, env);
  clock.advance(later);
  const result = await runLine([command, ...(json ? ["--json"] : []), ...flags, "-"], `${url}\n`);
  const secrets = [...secretsOf(issued), ...secretsOf(url)].filter((secret) => secret !== ""); // a tag may be missing
  for (const secret of secrets) expect(result.stdout + result.stderr).not.toContain(secret);
  return { ...result, requests: s3.requests };
}

/** The output for an unused URL; `issued` are the lines with the time of issue. */
const unusedUrl = new RegExp(
  [
    "^state    issued",
    "issued   2026-01-01T00:00:00Z  2 min ago",
    "expires  2026-01-01T00:10:00Z  in 8 min",
    "key      uploads/[0-9a-f-]{36}",
    "tag      verified",
    "index    conditional, in signatures/ of some-index",
    "in logs  ([0-9a-f]{12})",
    "hash     \\1[0-9a-f]{52}",
    "",
    "Good for one upload, until it expires.",
    "$",
  ].join("\n"),
);

describe("inspect prints a table and sets the exit code:", () => {
  test("for a usable URL", async () => {
    const { exitCode, stdout, stderr } = await run("inspect", entry(ISSUED, AT));
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(unusedUrl);
  });

  test("for a claimed URL, with claimant and time", async () => {
    const { exitCode, stdout } = await run("inspect", entry(CLAIMED, AT));
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(
      /^state {5}claimed\nclaimed {3}2026-01-01T00:01:00Z {2}1 min ago\nclaimant {2}1{32}\nissued {4}2026/,
    );
  });

  test("for a revoked URL, with the time", async () => {
    const { exitCode, stdout } = await run("inspect", entry(REVOKED, AT));
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^state {4}revoked\nrevoked {2}2026-01-01T00:01:00Z {2}1 min ago\nissued {3}2026/);
  });

  test("for an expired URL; a claimed one stays claimed", async () => {
    expect(await run("inspect", entry(ISSUED, AT), { later: 600 })).toMatchObject({
      exitCode: 5,
      stdout: expect.stringMatching(/^state {4}expired\n[^]*expires {2}2026-01-01T00:10:00Z {2}now\n/),
    });
    expect(await run("inspect", entry(CLAIMED, AT), { later: 601 })).toMatchObject({
      exitCode: 3,
      stdout: expect.stringContaining("2026-01-01T00:10:00Z  1 s ago"),
    });
  });

  test("for a URL without an entry", async () => {
    const { exitCode, stdout } = await run("inspect", s3Error(404, "NoSuchKey"));
    expect(exitCode).toBe(6);
    expect(stdout).toMatch(/^state {4}unknown\n/);
  });

  test("for a URL that was not issued here, without a request", async () => {
    const changed = (url: string) => url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    const { exitCode, stdout, requests } = await run("inspect", entry(ISSUED, AT), { change: changed });
    expect([exitCode, requests]).toEqual([7, []]);
    expect(stdout).toMatch(/^state {4}not issued here\nindex {4}conditional, in signatures\/ of some-index\n/);
    expect(stdout).toMatch(/endpoint is written.*maxExpiresInSeconds.*--relay-scope/s);
    expect(stdout).not.toContain("uploads/");
  });

  test("for a URL of a sealed index: unverified without keys, usable with keys", async () => {
    const unverified = await run("inspect", s3Error(404, "NoSuchKey"), { changes: FREE, without: ["keys"] });
    expect(unverified.exitCode).toBe(9);
    expect(unverified.stdout).toMatch(/^state {4}issued or forged\n/);
    expect(unverified.stdout).toContain("cannot tell an issued URL from a forged one");
    const verified = await run("inspect", s3Error(404, "NoSuchKey"), { changes: FREE });
    expect(verified).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^state {4}issued\n/) });
  });

  test.each([
    ["its last digit missing", (url: string) => url.slice(0, -1), "cut off"],
    ["no tag", (url: string) => url.replace(/&x-once-tag=.*/, ""), "cut off"],
    ["a full stop after it", (url: string) => `${url}.`, "Something was added after its tag"],
    ["an escaped quotation mark after it", (url: string) => `${url}%22`, "Something was added after its tag"],
  ])("for a URL that is refused with %s, with keys or without, with the likely cause", async (_, change, cause) => {
    for (const command of ["inspect", "revoke"] as const)
      for (const without of [[], ["keys"]]) {
        const { exitCode, stdout, requests } = await run(command, entry(ISSUED, AT), { change, without });
        expect([exitCode, requests]).toEqual([7, []]);
        expect(stdout).toMatch(/^state {4}not issued here\n/);
        expect(stdout).toContain(cause);
        const { stdout: json } = await run(command, entry(ISSUED, AT), { change, without, json: true });
        expect(JSON.parse(json)).toMatchObject({ status: "not-issued", fault: expect.stringContaining(cause) });
      }
  });

  test("for a URL with a date ahead of this clock", async () => {
    const { exitCode, stdout } = await run("inspect", entry(ISSUED, AT), { later: -301 });
    expect(exitCode).toBe(10);
    expect(stdout).toMatch(/^state {4}not yet valid\n[^]*RequestTimeTooSkewed/);
  });

  test("for a URL without keys: says that the tag was not verified", async () => {
    const { exitCode, stdout } = await run("inspect", entry(ISSUED, AT), { without: ["keys"] });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^tag {6}not verified/m);
    expect(stdout).toContain("if its tag is as it was issued");
  });
});

test("--json prints the outcome, with times in ISO format", async () => {
  const { exitCode, stdout, stderr } = await run("inspect", entry(CLAIMED, AT), { json: true });
  expect([exitCode, stderr]).toEqual([3, ""]);
  const { hash, key, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(key).toMatch(/^uploads\/[0-9a-f-]{36}$/);
  expect(rest).toEqual({
    status: "claimed",
    shortHash: String(hash).slice(0, 12),
    claimant: CLAIMANT,
    at: "2026-01-01T00:01:00.000Z",
    issuedAt: "2026-01-01T00:00:00.000Z",
    expiresAt: "2026-01-01T00:10:00.000Z",
    isExpired: false,
    allowsRetries: false,
    isVerified: true,
    namesIndex: true,
    index: { strategy: "conditional", bucket: "some-index", prefix: "signatures/" },
  });
});

describe("revoke", () => {
  test("says that no client can pass any more", async () => {
    const { exitCode, stdout, requests } = await run("revoke", { status: 200, headers: { etag: '"e"' } });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^state {4}revoked\nissued {3}2026[^]*\nNo upload passes with it any more\.\n$/);
    expect(requests).toEqual([expect.stringMatching(/^PUT \/some-index\/signatures\/[0-9a-f]{64}$/)]);
  });

  test("of a claimed URL prints claimant and time, with its own exit code", async () => {
    const answers = { PUT: s3Error(412, "PreconditionFailed"), GET: entry(CLAIMED, AT) };
    const { exitCode, stdout } = await run("revoke", answers);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(
      /^state {5}already claimed\nclaimed {3}2026-01-01T00:01:00Z {2}1 min ago\nclaimant {2}1{32}\n[^]*\nToo late: /,
    );
    const { stdout: json } = await run("revoke", answers, { json: true });
    expect(JSON.parse(json)).toMatchObject({
      status: "already-claimed",
      claim: { claimant: CLAIMANT, at: "2026-01-01T00:01:00.000Z" },
    });
  });

  test("of an unknown URL says that nothing was written", async () => {
    const { exitCode, stdout } = await run("revoke", s3Error(404, "NoSuchKey"));
    expect(exitCode).toBe(6);
    expect(stdout).toContain("so nothing was written");
  });

  test("in a sealed index without keys says that it guarantees nothing", async () => {
    const answer = { status: 200, headers: { etag: '"e"' } };
    const { exitCode, stdout } = await run("revoke", answer, { changes: FREE, without: ["keys"] });
    expect(exitCode).toBe(9);
    expect(stdout).toMatch(/^state {4}revoked in this index\n[^]*if this is the index that decides about it/);
    expect(await run("revoke", answer, { changes: FREE })).toMatchObject({ exitCode: 0 });
  });

  test("of a URL that was not issued here writes nothing", async () => {
    const changed = (url: string) => url.replace("/uploads/", "/uploads/x");
    const { exitCode, requests } = await run("revoke", { status: 200 }, { change: changed });
    expect([exitCode, requests]).toEqual([7, []]);
  });
});

describe("for a relay's URL,", () => {
  test("inspect prints the same", async () => {
    const relayScope = "conditional some-index"; // as the README of the relay has it
    const { exitCode, stdout, stderr } = await run("inspect", entry(ISSUED, AT), { relayScope });
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(unusedUrl);
    const { stdout: json } = await run("inspect", entry(ISSUED, AT), { relayScope, json: true });
    const told: unknown = JSON.parse(json);
    const issuedAt = "2026-01-01T00:00:00.000Z";
    expect(told).toMatchObject({ status: "issued", issuedAt, isVerified: true, namesIndex: true });
  });

  test("inspect uses --relay-scope or its variable for relay URLs, and not for edge URLs", async () => {
    const relayScope = "as I like it";
    const [flags, env] = [["--relay-scope", relayScope], { PRESIGN_ONCE_RELAY_SCOPE: relayScope }];
    const told = { exitCode: 0, stdout: expect.stringMatching(/^tag {6}verified$/m) };
    expect(await run("inspect", entry(ISSUED, AT), { relayScope })).toMatchObject({ exitCode: 7, requests: [] });
    expect(await run("inspect", entry(ISSUED, AT), { relayScope, flags })).toMatchObject(told);
    expect(await run("inspect", entry(ISSUED, AT), { relayScope, env })).toMatchObject(told);
    expect(await run("inspect", entry(ISSUED, AT), { flags })).toMatchObject(told); // of the edge, in its own scope
    expect(await run("inspect", entry(ISSUED, AT), { flags: ["--relay-scope", "two\nlines"] })).toMatchObject({
      exitCode: 2,
      stderr: "presign-once: inspect: --relay-scope: expected one line\n",
    });
  });

  test("inspect includes a non-default folder in the relay's scope", async () => {
    const changes = { index: { bucket: "some-index", prefix: "index/" } };
    const of = (relayScope: string) => run("inspect", entry(ISSUED, AT), { changes, relayScope });
    expect(await of("conditional some-index index/")).toMatchObject({ exitCode: 0 });
    expect(await of("conditional some-index")).toMatchObject({ exitCode: 7 });
  });

  test("inspect says that a tag without a scope names no index", async () => {
    const { exitCode, stdout } = await run("inspect", entry(ISSUED, AT), { relayScope: "" });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^tag {6}verified, but it names no index: the relay's keys have no scope$/m);
  });

  test("inspect and revoke report unverified for a sealed index that its tag does not name", async () => {
    const sealed = { relayScope: "", changes: FREE };
    const inspected = await run("inspect", s3Error(404, "NoSuchKey"), sealed);
    expect(inspected.exitCode).toBe(9);
    expect(inspected.stdout).toMatch(/^state {4}issued, if decided here\n[^]*make sure that the relay asks this one/);
    const revoked = await run("revoke", { status: 200, headers: { etag: '"e"' } }, sealed);
    expect(revoked.exitCode).toBe(9);
    expect(revoked.stdout).toMatch(/^state {4}revoked in this index\n[^]*make sure that the relay asks this one/);
  });

  test("inspect and revoke report a URL that was not issued here, without a request", async () => {
    const change = (url: string) => url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    for (const command of ["inspect", "revoke"] as const)
      expect(await run(command, { status: 200 }, { relayScope: "", change })).toMatchObject({
        exitCode: 7,
        requests: [],
      });
  });
});

describe("an S3 failure prints one line on standard error", () => {
  const failures: [answer: StubAnswer, exitCode: number, line: RegExp][] = [
    [s3Error(404, "NoSuchBucket"), 2, /has no bucket some-index: correct --bucket/],
    [s3Error(403, "AccessDenied"), 2, /denies access to the bucket some-index \(AccessDenied 403\)/],
    [s3Error(301, "PermanentRedirect"), 2, /is not in the region us-east-1 \(PermanentRedirect 301\)/],
    [s3Error(400, "AuthorizationHeaderMalformed"), 2, /is not in the region us-east-1/],
    [s3Error(403, "InvalidAccessKeyId"), 2, /does not accept these credentials \(InvalidAccessKeyId 403\)/],
    [entry("something else", AT), 1, /An index entry holds something that presign-once did not write$/],
  ];
  test.each(failures)("%j", async (answer, code, line) => {
    const { exitCode, stdout, stderr } = await run("inspect", answer);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr).toMatch(/^presign-once: inspect: [^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(line);
  });

  test("and says that a revocation is not certain", { timeout: 30_000 }, async () => {
    const { exitCode, stdout, stderr } = await run("revoke", s3Error(503, "SlowDown"), { json: true });
    expect(exitCode).toBe(8);
    expect(stderr).toMatch(
      /^presign-once: revoke: the URL is not revoked for certain: .* \(SlowDown 503\): ask again\n$/,
    );
    expect(JSON.parse(stdout)).toMatchObject({ status: "indeterminate" });
    expect(JSON.parse(stdout)).not.toHaveProperty("cause");
  });
});

describe("invalid input exits with 2, and is not repeated", () => {
  const planted = "https://edge.example/planted?X-Amz-Signature=planted";
  const mistakes: [args: string[], stdin: string, message: string][] = [
    [["inspect"], "", "expected one URL, in quotes, or - to read it from the standard input"],
    [["inspect", planted, planted], "", "expected one URL, in quotes"],
    [["revoke", planted], "", "not a URL of presign-once: The query has no X-Amz-Algorithm."],
    [["revoke", "-"], "", "expected one URL on the standard input, and nothing else"],
    [["revoke", "-"], `${planted}\n${planted}\n`, "not a URL of presign-once: Expected a whole URL"],
    [["inspect", "-"], planted.repeat(400), "expected one URL on the standard input, and nothing else"],
    [["inspect", planted, "--regions", "x"], "", "Unknown option '--regions'"],
    [["token", planted], "", "expected flags only"],
    [["issue", planted], "", "expected flags only"],
    [["doctor", planted], "", "expected flags only"],
    [[planted], "", "unknown command: expected issue"],
    [["inspect", "-", "--config", planted], planted, "--config: the settings file cannot be read"],
    [["inspect", "-", "--endpoint", planted], planted, "--endpoint: expected an http or https URL without a query"],
  ];
  test.each(mistakes)("%j", async (args, stdin, message) => {
    const { run: runLine } = await openConsole(settingsFor("http://127.0.0.1:1"));
    const { exitCode, stdout, stderr } = await runLine(args, stdin);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).not.toContain("planted");
  });
});
