import { createHash, createHmac, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

import type { Authorizer } from "@presign-once/core";
import {
  type AuthorizerConfigInput,
  type EdgeConfig,
  type EdgeConfigInput,
  parseEdgeConfig,
} from "@presign-once/settings";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { SECRET, settings } from "../../../../test/support/edge-settings.ts";
import { viewerEvent } from "../../../../test/support/viewer-event.ts";
import { readAnswer, readErrorXml } from "../../test/read-answer.ts";
import { type RecordingS3, startRecordingS3 } from "../../test/recording-s3.ts";
import { composeIssue, composeVerify } from "./composition.ts";

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

describe("each strategy creates its index:", () => {
  const entry = /^\/some-uploads\/signatures\/[0-9a-f]{64}$/;
  const quoted = /^"[0-9a-f]{32}"$/;
  const valid = /^\/some-uploads\/signatures\/valid\/[0-9a-f]{64}$/;
  const strategies = [
    ["conditional", entry, { method: "PUT", headers: { "if-match": expect.stringMatching(quoted) } }],
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

test("sealed writes nothing to issue a URL, and once to claim it", async () => {
  const config = at({ index: { strategy: "sealed" } });
  const url = await issue(config);
  expect(s3.take()).toEqual([]);
  await composeVerify(config, () => {})(viewerEvent({ url }));
  expect(s3.take()).toMatchObject([
    {
      method: "PUT",
      path: expect.stringMatching(/^\/some-uploads\/signatures\/claims\/[0-9a-f]{64}$/),
      headers: { "if-none-match": "*" },
    },
  ]);
});

test.each([
  ["another strategy", { index: { strategy: "sealed" } }, { index: { strategy: "conditional" } }],
  ["another bucket", { index: { bucket: "index-one" } }, { index: { bucket: "index-two" } }],
  ["another folder", { index: { prefix: "one/" } }, { index: { prefix: "two/" } }],
  ["another server", {}, { endpoint: "http://localhost:1" }],
  [
    "another bucket of uploads",
    { index: { bucket: "index-one" } },
    { index: { bucket: "index-one" }, uploads: { bucket: "other-uploads" }, originPath: "/some-uploads" },
  ],
  ["another region", {}, { region: "eu-central-1" }],
  ["another way of naming the bucket", {}, { forcePathStyle: false }],
  ["another origin path", {}, { originPath: "/other" }],
] as const)(
  "refuses a URL after a move to %s: the new index does not know its uses, or the origin its signature",
  async (_what, before, after) => {
    const url = await issue(at(before));
    s3.take();
    const answer = readAnswer(await composeVerify(at(after), () => {})(viewerEvent({ url })));
    expect([answer.status, readErrorXml(answer.body)["Code"]]).toEqual([403, "UrlUnknown"]);
    expect(s3.take()).toEqual([]);
  },
);

test("passes every setting to its part", async () => {
  const config = at({
    uploads: { bucket: "some-uploads", prefix: "in/coming/" },
    index: { bucket: "some-index", prefix: "once/" },
    baseUrl: "https://uploads.example",
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
  expect(searchParams.get("X-Amz-SignedHeaders")).toBe("host;if-none-match;x-amz-meta-presign-once-id;x-once-lock");
  expect(answer.headers["access-control-allow-origin"]).toBe("https://app.example");
  expect(s3.take().map(({ path }) => path)).toEqual([expect.stringMatching(/^\/some-index\/once\/[0-9a-f]{64}$/)]);
});

test("fits the largest grant and a long session token into a URL", async () => {
  vi.stubEnv("AWS_SESSION_TOKEN", "aaaaaaaa/aaaaaaa+".repeat(115)); // Lambda's have some 1,000 characters of base64
  const type = `x/${"y+".repeat(62)}; z=${"+".repeat(125)}`;
  const asked = {
    "content-type": type,
    "content-length": "5000000000",
    "max-bytes": "5000000000",
    filename: "é".repeat(170),
    sha256: "f".repeat(64),
    "expires-in": "3600",
  };
  const query = Object.entries(asked).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const url = `https://edge.example/url?${query.join("&")}`;
  const answer = readAnswer(await composeIssue(at({}), () => {})(viewerEvent({ method: "GET", url })));
  vi.stubEnv("AWS_SESSION_TOKEN", undefined);
  expect([type.length, answer.status]).toEqual([255, 200]);
  expect(answer.body.length).toBeGreaterThan(5_000);
  s3.take();
});

describe("each form of authorizer protects the endpoint:", () => {
  const everyone: Authorizer = { authorize: async () => ({ status: "allowed", subject: "by code" }) };
  const token = "planted-token";
  const sha256 = createHash("sha256").update(token).digest("hex");
  const secret = randomBytes(32);
  const rules = { issuer: "https://id.example", audience: "uploads", algorithms: ["HS256" as const] };
  const jwks = { keys: [{ kty: "oct", k: secret.toString("base64url") }] };

  function signed(sub: string | undefined = "anna"): string {
    const claims = { iss: "https://id.example", aud: "uploads", sub, exp: Math.floor(Date.now() / 1000) + 60 };
    const text = [{ alg: "HS256" }, claims]
      .map((value) => Buffer.from(JSON.stringify(value)).toString("base64url"))
      .join(".");
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  }

  const forms: [
    type: string,
    authorizer: AuthorizerConfigInput,
    token: string,
    subject: string | undefined,
    status: number,
  ][] = [
    ["none", "none", "", undefined, 200],
    ["bearer", { type: "bearer", tokens: [{ name: "ci", sha256 }] }, token, "ci", 401],
    ["jwt", { type: "jwt", jwks, ...rules }, signed(), "anna", 401],
    ["custom", { type: "custom" }, "", "by code", 200],
  ];
  test.each(forms)("%s", async (type, authorizer, good, subject, statusWithout) => {
    const lines: string[] = [];
    const handler = composeIssue(
      at({ authorizer }),
      (line) => lines.push(line),
      type === "custom" ? everyone : undefined,
    );
    const ask = (value: string) =>
      handler(
        viewerEvent({
          method: "GET",
          url: "https://edge.example/url",
          headers: [["Authorization", `Bearer ${value}`]],
        }),
      );
    expect(readAnswer(await ask(good)).status).toBe(200);
    expect((JSON.parse(lines[0] ?? "") as { subject?: string }).subject).toBe(subject);
    s3.take();
    expect(readAnswer(await ask("wrong")).status).toBe(statusWithout);
    expect(s3.take()).toHaveLength(statusWithout === 200 ? 1 : 0);
  });

  test("jwt takes no token without a subject where objects are marked with it", async () => {
    const config = at({ authorizer: { type: "jwt", jwks, ...rules }, subjectMetadata: "uploaded-by" });
    const ask = async (value: string) => {
      const headers = [["Authorization", `Bearer ${value}`]] as const;
      const event = viewerEvent({ method: "GET", url: "https://edge.example/url", headers: [...headers] });
      return readAnswer(await composeIssue(config, () => {})(event)).status;
    };
    expect([await ask(signed()), await ask(signed(""))]).toEqual([200, 403]);
    s3.take();
  });

  test("requires both an authorizer in code and the settings custom", () => {
    const compose = (authorizer: AuthorizerConfigInput, custom?: Authorizer) => () =>
      composeIssue(at({ authorizer }), () => {}, custom);
    expect(compose({ type: "custom" })).toThrow("authorizer: custom, but this function brings none of its own");
    expect(compose("none", everyone)).toThrow("authorizer.type: expected custom, since the function brings its own");
  });
});

test("accepts a URL of a key that is no longer the first, with the same lock", async () => {
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

test("shares nothing between two functions of one process", async () => {
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

test("gives each function its own container, and leaves the global one empty", async () => {
  const { container } = await import("tsyringe"); // later than the composition root, which makes it loadable
  const [register, createChild] = [vi.spyOn(container, "register"), vi.spyOn(container, "createChildContainer")];
  for (const compose of [composeIssue, composeVerify]) compose(at({}), () => {});
  expect(register).not.toHaveBeenCalled();
  expect(createChild).toHaveBeenCalledTimes(2);
});

test("sends nothing to S3 and reads no credentials before the first event", () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
  for (const compose of [composeIssue, composeVerify]) expect(compose(at({}), () => {})).toBeTypeOf("function");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
  expect(s3.take()).toEqual([]);
});

test("uses the container only in the composition root", async () => {
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
