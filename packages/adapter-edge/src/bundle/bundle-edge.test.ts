import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";

import type { EdgeConfigInput } from "@presign-once/settings";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { SECRET, settings } from "../../../../test/support/edge-settings.ts";
import { viewerEvent } from "../../../../test/support/viewer-event.ts";
import { readAnswer, readErrorXml } from "../../test/read-answer.ts";
import { type RecordingS3, startRecordingS3 } from "../../test/recording-s3.ts";
import { runBundles } from "../../test/run-bundles.ts";
import { bundleEdge, type EdgeBundles } from "./bundle-edge.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // builds and child processes

/** What Lambda@Edge takes of a viewer-request function, zipped. */
const MAX_ZIP_BYTES = 1_000_000;
/** Local header, directory entry and their names, for a file in a zip archive. */
const ZIP_BYTES_A_FILE = 150;

const ask = viewerEvent({ method: "GET", url: "https://edge.example/url" });

let folder: string;
let s3: RecordingS3;
let config: EdgeConfigInput;
let bundles: EdgeBundles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-bundles-"));
  s3 = await startRecordingS3();
  config = settings({ endpoint: s3.endpoint, forcePathStyle: true, originPath: "/some-uploads" });
  await mkdir(join(folder, "out", "verify"), { recursive: true });
  await writeFile(join(folder, "out", "verify", "config.json"), "of an earlier bundle, for all to read", {
    mode: 0o644,
  });
  bundles = await bundleEdge({ outDir: join(folder, "out"), config });
});
afterAll(async () => {
  await s3?.stop();
  await rm(folder, { recursive: true });
});

test("writes each function as one file, with settings that only the owner can read, over any earlier files", async () => {
  const { issueDir, verifyDir } = bundles;
  expect({ issueDir, verifyDir }).toEqual({
    issueDir: join(folder, "out", "issue"),
    verifyDir: join(folder, "out", "verify"),
  });
  for (const dir of [issueDir, verifyDir]) {
    expect((await readdir(dir)).sort()).toEqual(["config.json", "index.mjs"]);
    expect((await stat(join(dir, "config.json"))).mode & 0o777).toBe(0o600);
  }
});

test("gives all settings to issue, and all but the authorizer to verify, because it may be secret", async () => {
  const [ofIssue, ofVerify] = await Promise.all(
    [bundles.issueDir, bundles.verifyDir].map(
      async (dir) => JSON.parse(await readFile(join(dir, "config.json"), "utf8")) as unknown,
    ),
  );
  const { authorizer, ...others } = config;
  expect(authorizer).toBeDefined();
  expect([ofIssue, ofVerify]).toEqual([config, others]);
});

test.each(["issue", "verify"])("%s fits the megabyte that CloudFront allows", async (name) => {
  const files = await Promise.all(
    ["index.mjs", "config.json"].map((file) => readFile(join(folder, "out", name, file))),
  );
  const [index] = files;
  const zip = files.reduce((sum, file) => sum + deflateRawSync(file, { level: 9 }).length + ZIP_BYTES_A_FILE, 22);
  console.info(`${name}: ${index?.length} bytes, gzipped ${gzipSync(index ?? "").length}, about ${zip} as a zip`);
  expect(zip).toBeLessThan(MAX_ZIP_BYTES);
});

test.each(["issue", "verify"])("contains no local path and no setting in the code of %s", async (name) => {
  const code = await readFile(join(folder, "out", name, "index.mjs"), "utf8");
  const repository = fileURLToPath(new URL("../../../../", import.meta.url));
  for (const text of [
    SECRET,
    "some-uploads",
    repository,
    process.cwd(),
    homedir(),
    folder,
    "node_modules/",
    "sourceMappingURL",
  ])
    expect([text, code.includes(text)]).toEqual([text, false]);
});

test("runs the bundles on Lambda's modules: issues a URL, checks it and passes it on", async () => {
  const [issued] = await runBundles([{ dir: bundles.issueDir, event: ask }]);
  const { status, body: url } = readAnswer(issued!.answer!);
  expect([status, url]).toEqual([
    200,
    expect.stringMatching(/^https:\/\/edge\.example\/uploads\/[^?]+\?.*x-once-tag=k1\./),
  ]);
  const upload = viewerEvent({ url });
  const [passedOn, ...refused] = await runBundles([
    { dir: bundles.verifyDir, event: upload },
    { dir: bundles.verifyDir, event: viewerEvent({ url, method: "GET" }) },
    { dir: bundles.verifyDir, event: viewerEvent({ url: `${url}0` }) },
    { dir: bundles.issueDir, event: viewerEvent({ url }) },
  ]);
  expect(passedOn?.answer).toMatchObject({ method: "PUT", headers: { "x-once-lock": [{ key: "x-once-lock" }] } });
  expect(refused.map(({ answer }) => readErrorXml(readAnswer(answer!).body)["Code"])).toEqual([
    "MethodNotAllowed",
    "UrlUnknown",
    "MethodNotAllowed",
  ]);
  expect(passedOn?.log.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { presignOnce: "verify", outcome: "accepted" },
  ]);
  expect(s3.take().map(({ method, path }) => `${method} ${path.split("/")[1]}`)).toEqual([
    "PUT some-uploads",
    "PUT some-uploads",
  ]);
});

test("throws for another kind of event, and names the right trigger", async () => {
  const events = [{}, { Records: [{ s3: {} }] }, { rawPath: "/url", requestContext: {} }];
  for (const { error, answer } of await runBundles(events.map((event) => ({ dir: bundles.verifyDir, event })))) {
    expect(error).toMatch(/^EVENT_INVALID: Expected a CloudFront viewer-request event/);
    expect(answer).toBeUndefined();
  }
});

describe("a damaged config.json lets no request pass", () => {
  const spoiled: [what: string, text: string | undefined, named: string][] = [
    [
      "removed",
      undefined,
      "config: the file config.json beside the function cannot be read: it does not exist (ENOENT)",
    ],
    ["emptied", "", "config: expected JSON"],
    ["not JSON", `{"keys":"${SECRET}`, "config: expected JSON"],
    [
      "with a wrong field",
      JSON.stringify({ ...settings(), uploads: { bucket: SECRET } }),
      "uploads.bucket: expected the name of a bucket",
    ],
    ["with an unknown field", JSON.stringify({ ...settings(), x: SECRET }), "x: unknown field"],
  ];
  const functions = [
    ["issue", 500, "InternalError"],
    ["verify", 503, "ClaimUndecided"],
  ] as const;

  test("and is logged with the field", async () => {
    const cases = spoiled.flatMap(([what, text, named]) => functions.map((fn) => ({ what, text, named, fn })));
    const dirs = await Promise.all(cases.map(({ text, fn: [name] }, i) => spoil(name, text, `spoiled-${i}`)));
    const results = await runBundles(dirs.map((dir) => ({ dir, event: ask })));
    for (const [
      i,
      {
        what,
        named,
        fn: [name, status, code],
      },
    ] of cases.entries()) {
      const { answer, log } = results[i]!;
      const { status: told, body } = readAnswer(answer!);
      expect([what, told, readErrorXml(body)["Code"]]).toEqual([what, status, code]);
      const expected = { presignOnce: name, outcome: "fault", cause: `CONFIG_INVALID: ${named}` };
      expect(log.map((line) => JSON.parse(line) as unknown)).toEqual([expect.objectContaining(expected)]);
      expect(body + log.join("")).not.toContain(SECRET);
    }
  });

  async function spoil(name: string, text: string | undefined, to: string): Promise<string> {
    const dir = join(folder, to);
    await mkdir(dir);
    await link(join(folder, "out", name, "index.mjs"), join(dir, "index.mjs"));
    if (text !== undefined) await writeFile(join(dir, "config.json"), text);
    return dir;
  }
});

test("refuses wrong settings before it writes anything", async () => {
  const outDir = join(folder, "never");
  const wrong = { ...config, region: undefined, keys: [{ id: "k1", secret: "short" }] } as unknown as EdgeConfigInput;
  const refusal = {
    code: "CONFIG_INVALID",
    message: expect.stringMatching(/region: missing, expected .*keys\.0\.secret: expected/),
  };
  await expect(bundleEdge({ outDir, config: wrong })).rejects.toMatchObject(refusal);
  await expect(stat(outDir)).rejects.toMatchObject({ code: "ENOENT" });
});
