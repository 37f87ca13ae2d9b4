import { readdir, readFile } from "node:fs/promises";

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { readAnswer, readErrorXml } from "../test/read-answer.ts";
import { type RecordingS3, startRecordingS3 } from "../test/recording-s3.ts";
import { SECRET, settings } from "../test/settings.ts";
import { viewerEvent } from "../test/viewer-event.ts";
import { composeIssue, composeVerify } from "./composition.ts";
import { type EdgeConfig, type EdgeConfigInput, parseEdgeConfig } from "./edge-config.ts";

const OTHER_SECRET = Buffer.alloc(32, 7).toString("base64url");

let s3: RecordingS3;
beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
  s3 = await startRecordingS3();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await s3.stop();
});

describe("each strategy has its index", () => {
  const entry = /^\/some-uploads\/signatures\/[0-9a-f]{64}$/;
  const quoted = /^"[0-9a-f]{32}"$/;
  const unquoted = /^[0-9a-f]{32}$/;
  const valid = /^\/some-uploads\/signatures\/valid\/[0-9a-f]{64}$/;
  const strategies = [
    ["conditional", entry, { method: "PUT", headers: { "if-match": expect.stringMatching(quoted) } }],
    ["conditional-unquoted", entry, { method: "PUT", headers: { "if-match": expect.stringMatching(unquoted) } }],
    ["versioning", valid, { method: "HEAD", headers: expect.not.objectContaining({ "if-match": expect.anything() }) }],
  ] as const;

  test.each(strategies)("%s", async (strategy, registered, claimed) => {
    const config = at({ index: { strategy } });
    const url = await issue(config);
    const registration = s3.take().filter(({ method }) => method === "PUT");
    expect(registration.map(({ path }) => path)).toEqual([expect.stringMatching(registered)]);
    await composeVerify(config, () => {})(viewerEvent({ url }));
    const claim = s3.take().find(({ path }) => path === registration[0]?.path);
    expect(claim).toMatchObject(claimed);
  });
});

test("every setting reaches the part that it is for", async () => {
  const config = at({
    uploads: { bucket: "some-uploads", prefix: "in/coming/" },
    index: { bucket: "some-index", prefix: "once/" },
    edgeUrl: "https://uploads.example",
    expiresInSeconds: 60,
    ifNoneMatch: true,
    cors: { origins: ["https://app.example"] },
  });
  const origin = ["Origin", "https://app.example"] as const;
  const ask = viewerEvent({ method: "GET", url: "https://ignored.example/url", headers: [origin] });
  const answer = readAnswer(await composeIssue(config, () => {})(ask));
  const { origin: edge, pathname, searchParams } = new URL(answer.body);
  expect(edge).toBe("https://uploads.example");
  expect(pathname).toMatch(/^\/in\/coming\/[0-9a-f-]{36}$/);
  expect(searchParams.get("X-Amz-Expires")).toBe("90");
  expect(searchParams.get("X-Amz-Credential")).toContain("/eu-west-1/s3/");
  expect(searchParams.get("X-Amz-SignedHeaders")).toBe("host;if-none-match;x-once-lock");
  expect(answer.headers["access-control-allow-origin"]).toBe("https://app.example");
  expect(s3.take().map(({ path }) => path)).toEqual([expect.stringMatching(/^\/some-index\/once\/[0-9a-f]{64}$/)]);
});

test("a URL of a key that is no longer the first still works, and its lock is the same", async () => {
  const old = { id: "old", secret: SECRET };
  const url = await issue(at({ keys: [old] }));
  const rotated = at({ keys: [{ id: "new", secret: OTHER_SECRET }, old] });
  const [before, after] = await Promise.all(
    [at({ keys: [old] }), rotated].map((config) => composeVerify(config, () => {})(viewerEvent({ url }))),
  );
  expect(after).toEqual(before);
  expect(after).toHaveProperty("headers.x-once-lock");
  const removed = await composeVerify(at({ keys: rotated.keys.slice(0, 1) }), () => {})(viewerEvent({ url }));
  expect(readErrorXml(readAnswer(removed).body)["Code"]).toBe("UrlUnknown");
});

test("two functions of one process share nothing", async () => {
  const lines: [string[], string[]] = [[], []];
  const other = at({
    uploads: { bucket: "other-uploads" },
    index: { strategy: "versioning" },
    keys: [{ id: "k1", secret: OTHER_SECRET }],
    cors: { origins: ["*"] },
  });
  const first = composeVerify(at({}), (line) => lines[0].push(line));
  const second = composeVerify(other, (line) => lines[1].push(line));
  const [url, otherUrl] = [await issue(at({})), await issue(other)];
  s3.take();

  expect(await first(viewerEvent({ url }))).toHaveProperty("uri");
  expect(s3.take().map(({ path }) => path)).toEqual([
    expect.stringMatching(/^\/some-uploads\/signatures\/[0-9a-f]{64}$/),
  ]);
  await second(viewerEvent({ url: otherUrl }));
  expect(s3.take().filter(({ path }) => !path.startsWith("/other-uploads"))).toEqual([]);
  for (const [handler, foreign, cors] of [
    [first, otherUrl, undefined],
    [second, url, "*"],
  ] as const) {
    const refused = readAnswer(
      await handler(viewerEvent({ url: foreign, headers: [["Origin", "https://app.example"]] })),
    );
    expect(readErrorXml(refused.body)["Code"]).toBe("UrlUnknown");
    expect(refused.headers["access-control-allow-origin"]).toBe(cors);
  }
  expect(s3.take()).toEqual([]);
  expect(lines.map(({ length }) => length)).toEqual([2, 2]);
});

test("a function has a container of its own, and leaves nothing in the one of the process", async () => {
  const { container } = await import("tsyringe"); // later than the composition root, which makes it loadable
  const [register, createChild] = [vi.spyOn(container, "register"), vi.spyOn(container, "createChildContainer")];
  for (const compose of [composeIssue, composeVerify]) compose(at({}), () => {});
  expect(register).not.toHaveBeenCalled();
  expect(createChild).toHaveBeenCalledTimes(2);
});

test("nothing asks S3, or for credentials, before the first event", () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
  for (const compose of [composeIssue, composeVerify]) expect(compose(at({}), () => {})).toBeTypeOf("function");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
  expect(s3.take()).toEqual([]);
});

test("only the composition root knows of the container", async () => {
  const folder = new URL("./", import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const importing = await Promise.all(
    files.map(async (file) => (/["']tsyringe["']/.test(await readFile(new URL(file, folder), "utf8")) ? [file] : [])),
  );
  expect(importing.flat()).toEqual(["composition.ts"]);
});

/** Settings of functions that talk to the recording endpoint. */
function at(changes: Partial<EdgeConfigInput>): EdgeConfig {
  return parseEdgeConfig(
    settings({
      endpoint: s3.endpoint,
      forcePathStyle: true,
      originPath: `/${changes.uploads?.bucket ?? "some-uploads"}`,
      ...changes,
    }),
  );
}

async function issue(config: EdgeConfig): Promise<string> {
  const answer = readAnswer(
    await composeIssue(config, () => {})(viewerEvent({ method: "GET", url: "https://edge.example/url" })),
  );
  expect(answer.status).toBe(200);
  return answer.body;
}
