import { createHash, createHmac, randomBytes } from "node:crypto";

import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { requestGrant } from "./request-grant.ts";
import { type Stack, startStack } from "./stack.ts";

const newToken = (): string => randomBytes(32).toString("base64url");
const digestOf = (token: string): string => createHash("sha256").update(token).digest("hex");
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const tokens = { old: newToken(), fresh: newToken() };
const secret = randomBytes(32);
const rules = {
  type: "jwt",
  jwks: { keys: [{ kty: "oct", k: secret.toString("base64url") }] },
  issuer: "https://id.example",
  audience: "uploads",
  scope: "create",
} as const;
const bearer = {
  type: "bearer",
  tokens: [
    { name: "app-2025", sha256: digestOf(tokens.old) },
    { name: "app-2026", sha256: digestOf(tokens.fresh) },
  ],
} as const;

function signed(claims: object, key = secret): string {
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: "HS256" })}.${part({ iss: "https://id.example", aud: "uploads", sub: "anna", scope: "create", exp: now + 3600, ...claims })}`;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

let server: S3Server;
beforeAll(async () => {
  server = await startR2({ buckets: ["uploads"] });
}, 180_000);
afterAll(() => server?.stop());

/** The built functions with one authorizer, accepted tokens, and refused ones. */
const cases: [
  name: string,
  authorizer: typeof bearer | typeof rules,
  good: [token: string, subject: string][],
  wrong: [token: string, status: number][],
][] = [
  [
    "bearer",
    { ...bearer, tokens: [...bearer.tokens] } as never,
    [
      [tokens.old, "app-2025"],
      [tokens.fresh, "app-2026"],
    ],
    [
      [newToken(), 401],
      [`${tokens.fresh}x`, 401],
      [digestOf(tokens.fresh), 401],
    ],
  ],
  [
    "jwt",
    rules,
    [[signed({}), "anna"]],
    [
      [signed({ exp: 1 }), 401],
      [signed({}, randomBytes(32)), 401],
      [signed({ aud: "x" }), 401],
      [`${part({ alg: "none" })}.${part({})}.`, 401],
      [signed({ scope: "read" }), 403],
    ],
  ],
];
describe.each(cases)("the authorizer %s", { timeout: 30_000 }, (_name, authorizer, good, wrong) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack(server, "uploads", { config: { authorizer: structuredClone(authorizer) as never } });
  }, 60_000);
  afterAll(() => stack?.stop());

  const ask = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${stack.local.baseUrl}/url`, { headers });

  test("answers 401 without a token and sends nothing to S3; answers 200 with one, and the upload needs none", async () => {
    const before = stack.network.requests.length;
    const refused = await ask();
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="presign-once"']);
    expect(stack.network.requests.length).toBe(before);
    for (const [token] of good) {
      const { url } = await requestGrant(stack, "", { authorization: `Bearer ${token}` });
      expect((await stack.send(url)).status).toBe(200);
      expect(await stack.send(url)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
    }
  });

  test("sends nothing to S3 for a wrong token", async () => {
    const before = stack.network.requests.length;
    for (const [token, status] of wrong) expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(status);
    expect(stack.network.requests.length).toBe(before);
  });

  test("logs the caller, and no token", async () => {
    for (const [token, subject] of good) {
      await requestGrant(stack, "", { authorization: `Bearer ${token}` });
      const line = stack.log.findLast((text) => text.includes('"outcome":"issued"')) ?? "";
      expect(JSON.parse(line.slice(line.indexOf("{")))).toMatchObject({
        presignOnce: "issue",
        outcome: "issued",
        subject,
      });
    }
    for (const [token] of [...good, ...wrong]) expect(stack.log.join("\n")).not.toContain(token);
  });
});

describe("a caller with limits", { timeout: 30_000 }, () => {
  let stack: Stack;
  const token = newToken();
  const limits = { maxBytes: 5, minBytes: 2, contentTypes: ["image/png"], extension: "png", metadata: { team: "a" } };
  beforeAll(async () => {
    const authorizer = { type: "bearer", tokens: [{ name: "ci", sha256: digestOf(token), ...limits }] } as const;
    const config = { authorizer: structuredClone(authorizer) as never, subjectMetadata: "uploaded-by" };
    stack = await startStack(server, "uploads", { config });
  }, 60_000);
  afterAll(() => stack?.stop());

  const headers = { authorization: `Bearer ${token}` };

  test("gets URLs for what it may upload, with who asked in the object's metadata", async () => {
    const grant = await requestGrant(stack, "", headers);
    expect(grant.key).toMatch(/^uploads\/[0-9a-f-]{36}\.png$/);
    const send = (body: string, changes: Record<string, string> = {}) =>
      stack.send(grant.url, { body, headers: { ...grant.headers, ...changes } });
    expect(await send("a")).toMatchObject({ code: "EntityTooSmall" });
    expect(await send("hello!")).toMatchObject({ code: "EntityTooLarge" });
    expect(await send("hello", { "content-type": "text/html" })).toMatchObject({ code: "InvalidRequest" });
    expect(await send("hello", { "x-amz-meta-uploaded-by": "eve" })).toMatchObject({ code: "InvalidRequest" });
    expect((await send("hello")).status).toBe(200);
    const { ContentType, Metadata } = await stack.s3.send(new HeadObjectCommand({ Bucket: "uploads", Key: grant.key }));
    expect([ContentType, Metadata]).toEqual([
      "image/png",
      { team: "a", "uploaded-by": "ci", "presign-once-id": expect.any(String) },
    ]);
  });

  test.each(["content-type=text/html", "max-bytes=6", "min-bytes=1", "extension=html"])(
    "gets none for more: %s",
    async (query) => {
      const before = stack.network.requests.length;
      expect((await fetch(`${stack.local.baseUrl}/url?${query}`, { headers })).status).toBe(400);
      expect(stack.network.requests.length).toBe(before);
    },
  );
});
