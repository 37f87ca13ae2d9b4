import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { openConsole, SECRET, settingsFor } from "../test/run.ts";
import { s3Error, startStubS3, type StubAnswer } from "../test/stub-s3.ts";

const TAKEN = { status: 200, headers: { etag: '"e"' } };
const EDGE_URL = "https://edge.example";

/** A console with complete settings, on an S3 that accepts everything. */
async function open(changes: Parameters<typeof settingsFor>[1] = {}, answer: StubAnswer = TAKEN) {
  const s3 = await startStubS3(answer);
  const settings = settingsFor(s3.endpoint, { baseUrl: EDGE_URL, originPath: "/some-uploads", ...changes });
  return { ...(await openConsole(settings)), requests: s3.requests };
}

test("issue registers a URL, then prints only the URL, so that a command can use it", async () => {
  const { run, requests } = await open();
  const { exitCode, stdout, stderr } = await run(["issue"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^https:\/\/edge\.example\/uploads\/[0-9a-f-]{36}\?X-Amz-Algorithm=\S+&x-once-tag=k1\.\w{64}\n$/,
  );
  expect(requests).toEqual([expect.stringMatching(/^PUT \/some-index\/signatures\/[0-9a-f]{64}$/)]);
});

test("issues a URL that inspect reports as issued here", async () => {
  const { run } = await open();
  const { stdout: url } = await run(["issue"]);
  const { exitCode } = await run(["inspect", "-"], url);
  expect(exitCode).not.toBe(7);
});

test("--json prints the grant, with the constraints given by the parameters of /url", async () => {
  const { run, clock } = await open();
  const sha256 = createHash("sha256").update("hello").digest();
  const flags = ["--content-type=image/png", "--content-length=5", "--max-bytes=5", "--filename=Ünï&+.png"];
  const { stdout } = await run(["issue", "--json", "--expires-in=60", ...flags, `--sha256=${sha256.toString("hex")}`]);
  const { url, key, ...grant } = JSON.parse(stdout) as Record<string, unknown>;
  expect(grant).toEqual({
    id: String(key).replace("uploads/", ""),
    method: "PUT",
    contentLength: 5,
    headers: {
      "content-type": "image/png",
      "x-amz-meta-filename": "%C3%9Cn%C3%AF%26%2B.png",
      "x-amz-checksum-sha256": sha256.toString("base64"),
    },
    expiresAt: new Date(clock.now().getTime() + 60_000).toISOString(),
  });
  expect(String(url).startsWith(`${EDGE_URL}/${String(key)}?`)).toBe(true);
  expect(new URL(String(url)).searchParams.get("x-once-max-bytes")).toBe("5");
});

describe("with signing at-use", () => {
  const atUse = { signing: "at-use", maxExpiresInSeconds: 2_592_000 } as const;

  test("issues a ticket that lives for days, and registers it", async () => {
    const { run, clock, requests } = await open(atUse);
    const { exitCode, stdout } = await run(["issue", "--json", "--expires-in=259200", "--extension=pdf"]);
    const { url, key, expiresAt } = JSON.parse(stdout) as Record<string, string>;
    expect(exitCode).toBe(0);
    expect(url).toMatch(/^https:\/\/edge\.example\/u\/[\w-]+\.k1\.[0-9a-f]{64}$/);
    expect(key).toMatch(/^uploads\/[0-9a-f-]{36}\.pdf$/);
    expect(Date.parse(expiresAt ?? "") - clock.now().getTime()).toBe(259_200_000);
    expect(requests).toEqual([expect.stringMatching(/^PUT \/some-index\/signatures\/[0-9a-f]{64}$/)]);
  });

  test("inspect and revoke recognize it, and those with other settings do not", async () => {
    const { run } = await open(atUse);
    const { stdout: url } = await run(["issue"]);
    for (const command of ["inspect", "revoke"]) expect((await run([command, "-"], url)).exitCode).not.toBe(7);
    const other = await open({ ...atUse, maxExpiresInSeconds: 86_400 });
    for (const command of ["inspect", "revoke"]) expect((await other.run([command, "-"], url)).exitCode).toBe(7);
  });
});

describe("--download", () => {
  const offered = { downloads: {} } as const;

  test("issues a link for an object, which inspect and revoke recognize", async () => {
    const { run, requests } = await open(offered);
    const { exitCode, stdout } = await run([
      "issue",
      "--json",
      "--download",
      "uploads/a/Bericht ä.pdf",
      "--filename=b.pdf",
    ]);
    const { url = "", ...grant } = JSON.parse(stdout) as Record<string, string>;
    expect(exitCode).toBe(0);
    expect(url).toMatch(/^https:\/\/edge\.example\/d\/[\w-]+\.k1\.[0-9a-f]{64}$/);
    expect(grant).toMatchObject({ method: "GET", key: "uploads/a/Bericht ä.pdf", fileName: "b.pdf" });
    expect(requests).toEqual([expect.stringMatching(/^PUT \/some-index\/signatures\/[0-9a-f]{64}$/)]);
    for (const command of ["inspect", "revoke"]) expect((await run([command, "-"], url)).exitCode).not.toBe(7);
  });

  test.each([
    [["--download", "../a"], /--download: expected the key of an object/],
    [["--download", "elsewhere/a"], /key: expected one below uploads\//],
    [["--download", "uploads/a", "--max-bytes", "5"], /A download has the parameters download, expires-in/],
    [["--download", "uploads/a", "--confirm", "no"], /--confirm: expected never/],
    [["--confirm", "never"], /Unknown parameter confirm/],
  ])("%j is refused, and the flag is named", async (flags, message) => {
    const { run, requests } = await open(offered);
    const { exitCode, stderr } = await run(["issue", ...flags]);
    expect([exitCode, requests]).toEqual([2, []]);
    expect(stderr).toMatch(message);
  });

  test("is refused where the settings offer no downloads", async () => {
    const { run } = await open();
    const { exitCode, stderr } = await run(["issue", "--download", "uploads/a"]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/downloads: missing, expected what the functions have/);
  });
});

test("--retries allows the first client to retry, if the settings offer it", async () => {
  const { run } = await open({ retries: {} });
  const { stdout } = await run(["issue", "--json", "--retries", "same-client"]);
  expect(JSON.parse(stdout)).toMatchObject({ retries: "same-client" });
});

test("--base-url overrides the settings file", async () => {
  const { run } = await open();
  expect((await run(["issue", "--base-url", "http://127.0.0.1:8080"])).stdout).toMatch(
    /^http:\/\/127\.0\.0\.1:8080\/up/,
  );
});

describe("a mistake prints one line, exits with 2 and registers nothing", () => {
  const mistakes: [args: string[], changes: Parameters<typeof settingsFor>[1], message: string][] = [
    [["--expires-in", "3601"], {}, "--expires-in: expected a whole number of seconds from 1 to 3600"],
    [
      ["--expires-in", "61"],
      { expiresInSeconds: 60, maxExpiresInSeconds: 60 },
      "--expires-in: expected a whole number of seconds from 1 to 60",
    ],
    [["--max-bytes", "6"], { maxBytes: 5 }, "--max-bytes: expected a whole number of bytes from 0 to 5"],
    [["--content-length", "-1"], {}, "Option '--content-length' argument is ambiguous"],
    [["--content-length", "6", "--max-bytes", "5"], {}, "--content-length: expected max-bytes or less"],
    [["--content-type", "png"], {}, "--content-type: expected the media type of the file"],
    [["--filename", ""], {}, "--filename: expected 1 to 1024 bytes"],
    [["--sha256", "abc"], {}, "--sha256: expected 64 hex digits"],
    [["--retries", "same-client"], {}, "--retries: expected nothing: no retries are offered here"],
    [["--retries", "x"], { retries: {} }, "--retries: expected same-client"],
    [["--base-url", "https://edge.example/"], {}, "--base-url: expected an http or https URL without a path"],
    [[], { originPath: "/other" }, "originPath: expected /some-uploads, which"],
    [["--bucket", "some-index"], {}, "--bucket: stands for both buckets, which are two in presign-once.config.json"],
  ];
  test.each(mistakes)("%j", async (args, changes, message) => {
    const { run, requests } = await open(changes);
    const { exitCode, stdout, stderr } = await run(["issue", ...args]);
    expect([exitCode, stdout, requests]).toEqual([2, "", []]);
    expect(stderr).toMatch(/^presign-once: issue: [^\n]+\n$/);
    expect(stderr).toContain(message);
  });

  test("so does a variable with one bucket for the two of the file, which inspect allows", async () => {
    const s3 = await startStubS3(TAKEN);
    const settings = settingsFor(s3.endpoint, { baseUrl: EDGE_URL, originPath: "/some-uploads" });
    const named = await openConsole(settings, { PRESIGN_ONCE_BUCKET: "some-index" });
    expect(await named.run(["issue"])).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^presign-once: issue: PRESIGN_ONCE_BUCKET: stands for both [^\n]+_INDEX_BUCKET\n$/,
      ),
    });
    expect(s3.requests).toEqual([]);
    const index = await openConsole(settings, { PRESIGN_ONCE_INDEX_BUCKET: "some-index" });
    expect(await index.run(["issue"])).toMatchObject({ exitCode: 0 });
  });

  test("without keys, says where to put them", async () => {
    const { keys: _, ...settings } = settingsFor("http://127.0.0.1:1", { baseUrl: EDGE_URL });
    const { run } = await openConsole(settings);
    expect(await run(["issue"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("put those of the functions into the field keys of presign-once.config.json"),
    });
  });

  test("without the URL of the edge, names all three ways to set it", async () => {
    const { run } = await openConsole(settingsFor("http://127.0.0.1:1"));
    expect((await run(["issue"])).stderr).toBe(
      "presign-once: issue: base-url is missing: set it with --base-url, with PRESIGN_ONCE_BASE_URL, or in the field baseUrl of presign-once.config.json\n",
    );
  });
});

test("prints no URL if S3 does not accept the registration", async () => {
  const { run } = await open({}, s3Error(403, "AccessDenied"));
  const { exitCode, stdout, stderr } = await run(["issue"]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^presign-once: issue: no URL was issued: .* denies access to the bucket some-index/);
  expect(stderr).not.toContain(SECRET);
});
