import { createHmac } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { settings } from "../../../../test/support/edge-settings.ts";
import { viewerEvent } from "../../../../test/support/viewer-event.ts";
import { readAnswer, readErrorXml } from "../../test/read-answer.ts";
import { type RecordingS3, startRecordingS3 } from "../../test/recording-s3.ts";
import { runBundles } from "../../test/run-bundles.ts";
import { bundleEdge } from "./bundle-edge.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // builds and child processes

const PAGE = new URL("../../../../docs/issuing.md", import.meta.url);
const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));

let folder: string;
let s3: RecordingS3;
let issueFunction: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-custom-"));
  await mkdir(join(folder, "node_modules", "@presign-once"), { recursive: true });
  await symlink(PACKAGE, join(folder, "node_modules", "@presign-once", "adapter-edge"), "junction");
  s3 = await startRecordingS3();
  const [, example = ""] = /```ts\n(\/\/ issue-for-the-app\.ts\n.*?)```/s.exec(await readFile(PAGE, "utf8")) ?? [];
  issueFunction = join(folder, "issue-for-the-app.ts");
  await writeFile(issueFunction, example);
});
afterAll(async () => {
  await s3?.stop();
  await rm(folder, { recursive: true });
});

/** Settings for a custom function, unless another authorizer is given. */
const configWith = (authorizer: "none" | { type: "custom" } = { type: "custom" }) =>
  settings({ endpoint: s3.endpoint, forcePathStyle: true, originPath: "/some-uploads", authorizer });

function stamp(who: string, until: number, secret = "what the application signs its stamps with"): string {
  return `${who}.${until}.${createHmac("sha256", secret).update(`${who}.${until}`).digest("hex")}`;
}

test("runs the authorizer of docs/issuing.md as a bundle, and sends nothing to S3 for a refused caller", async () => {
  const { issueDir } = await bundleEdge({ outDir: join(folder, "out"), config: configWith(), issueFunction });
  const soon = Math.floor(Date.now() / 1000) + 60;
  const asked: [stamp: string | undefined, status: number, code: string | undefined, subject: string | undefined][] = [
    [stamp("anna", soon), 200, undefined, "anna"],
    [stamp("guest", soon), 403, "AccessDenied", "guest"],
    [stamp("anna", soon - 120), 401, "Unauthorized", undefined],
    [stamp("anna", soon, "another secret"), 401, "Unauthorized", undefined],
    ["planted", 401, "Unauthorized", undefined],
    [undefined, 401, "Unauthorized", undefined],
  ];
  const invocations = asked.map(([value]) => ({
    dir: issueDir,
    event: viewerEvent({
      method: "GET",
      url: "https://edge.example/url",
      headers: value === undefined ? [] : [["X-Stamp", value]],
    }),
  }));
  const results = await runBundles(invocations);
  const seen = results.map(({ answer, error, log }, position) => {
    if (answer === undefined) throw new Error(error);
    const { status, headers, body } = readAnswer(answer);
    if (status === 401) expect(headers["www-authenticate"]).toBe("Stamp");
    const { subject } = JSON.parse(log[0] ?? "{}") as { subject?: string };
    return [asked[position]?.[0], status, status === 200 ? undefined : readErrorXml(body)["Code"], subject];
  });
  expect(seen).toEqual(asked);
  expect(s3.take()).toHaveLength(1);
});

test("requires matching settings and function", async () => {
  const custom = configWith();
  await expect(bundleEdge({ outDir: join(folder, "without"), config: custom })).rejects.toThrow(
    "authorizer: custom goes with an issueFunction of your own",
  );
  const { issueDir } = await bundleEdge({ outDir: join(folder, "open"), config: configWith("none"), issueFunction });
  const event = viewerEvent({ method: "GET", url: "https://edge.example/url" });
  const [result] = await runBundles([{ dir: issueDir, event }]);
  expect(result?.answer).toMatchObject({ status: "500" });
  expect(result?.log).toEqual([
    expect.stringContaining("authorizer.type: expected custom, since the function brings its own"),
  ]);
  expect(s3.take()).toEqual([]);
});

test("allows CommonJS and short names of Node's modules in a custom function", async () => {
  await writeFile(join(folder, "legacy.cjs"), 'exports.digest = require("crypto").hash("sha256", "x");\n');
  const withLegacy = join(folder, "with-legacy.ts");
  await writeFile(
    withLegacy,
    'import { digest } from "./legacy.cjs";\nexport const handler = async () => ({ status: "200", body: digest });\n',
  );
  const { issueDir } = await bundleEdge({
    outDir: join(folder, "legacy"),
    config: configWith(),
    issueFunction: withLegacy,
  });
  const [result] = await runBundles([
    { dir: issueDir, event: viewerEvent({ method: "GET", url: "https://edge.example/url" }) },
  ]);
  expect(result?.answer).toMatchObject({ body: expect.stringMatching(/^2d711642/) });
});

test("refuses a module without a handler", async () => {
  const empty = join(folder, "empty.ts");
  await writeFile(empty, "export const handle = 1;\n");
  await expect(
    bundleEdge({ outDir: join(folder, "empty"), config: configWith(), issueFunction: empty }),
  ).rejects.toThrow("issueFunction: expected a module that exports handler");
});
