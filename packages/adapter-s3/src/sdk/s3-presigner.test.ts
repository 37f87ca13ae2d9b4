import type { Presigner, PresignRequest } from "@presign-once/core";
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { expectedSignature } from "../../test/verify-sigv4.ts";
import { createLeanPresigner } from "../lean/lean-presigner.ts";
import { createS3Client, type S3Access } from "./s3-client.ts";
import { createS3Presigner } from "./s3-presigner.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const aws: S3Access = {
  region: "eu-west-1",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: SECRET },
};
const AWS_HOST = "photos.s3.eu-west-1.amazonaws.com";

const request: PresignRequest = {
  method: "PUT",
  key: "uploads/7d1f.txt",
  signingDate: new Date("2026-01-02T03:04:05.678Z"),
  expiresInSeconds: 930,
  headers: [],
  query: [],
};

type Create = (access: S3Access, place: { bucket: string; originPath?: string }) => Presigner;

/** Both presigners: whatever the one signs, the other signs the same. */
const presigners: readonly (readonly [name: string, create: Create])[] = [
  [
    "the AWS SDK",
    (access, place) => {
      const s3 = createS3Client(access);
      onTestFinished(() => s3.destroy());
      return createS3Presigner({ s3, ...place });
    },
  ],
  ["the lean presigner", (access, place) => createLeanPresigner({ access, ...place })],
];

describe.each(presigners)("through %s,", (_presigner, create) => {
  /** Signs for a bucket named photos. */
  async function presign(more: Partial<PresignRequest> = {}, access: Partial<S3Access> = {}, originPath?: string) {
    const place = { bucket: "photos", ...(originPath === undefined ? {} : { originPath }) };
    const presigner = create({ ...aws, ...access }, place);
    const signed = await presigner.presign({ ...request, ...more });
    return { ...signed, parameters: new URLSearchParams(signed.query) };
  }

  const signatureOf = (signed: { query: string }) => new URLSearchParams(signed.query).get("X-Amz-Signature");

  describe("on AWS", () => {
    test("puts the bucket in the host name and the key in the path, with the signature that S3 computes", async () => {
      const signed = await presign();
      expect(signed.path).toBe("/uploads/7d1f.txt");
      const put = { method: "PUT", path: signed.path, query: signed.query, headers: { host: AWS_HOST } };
      expect(signatureOf(signed)).toBe(expectedSignature(put, SECRET));
    });

    test("the query has these parameters and no others", async () => {
      const { parameters } = await presign();
      expect(Object.fromEntries(parameters)).toEqual({
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
        "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20260102/eu-west-1/s3/aws4_request",
        "X-Amz-Date": "20260102T030405Z",
        "X-Amz-Expires": "930",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Signature": expect.stringMatching(/^[0-9a-f]{64}$/),
        "x-id": "PutObject",
      });
    });

    test("the same request gives the same, known URL", async () => {
      const signed = await presign();
      expect(signatureOf(signed)).toBe("830e1cc67c50ab93070465dd336d13899ac150dbcc28a9329bde7e6829cef229");
      expect(await presign()).toEqual(signed);
    });

    test("a session token is signed", async () => {
      const credentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: SECRET, sessionToken: "token/with+signs==" };
      const signed = await presign({}, { credentials });
      expect(signed.parameters.get("X-Amz-Security-Token")).toBe("token/with+signs==");
      const put = { method: "PUT", path: signed.path, query: signed.query, headers: { host: AWS_HOST } };
      expect(signatureOf(signed)).toBe(expectedSignature(put, SECRET));
    });
  });

  describe("requested headers", () => {
    const headers = [
      ["x-once-lock", "0123abcd"],
      ["content-type", "text/plain; charset=utf-8"],
      ["x-amz-meta-filename", "a b+c.txt"],
      ["content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="],
      ["if-none-match", "*"],
    ] as const;

    test("are signed with the host, content-type included", async () => {
      const signed = await presign({ headers });
      expect(signed.parameters.get("X-Amz-SignedHeaders")).toBe(
        "content-md5;content-type;host;if-none-match;x-amz-meta-filename;x-once-lock",
      );
      const put = { method: "PUT", path: signed.path, query: signed.query };
      const whole = { host: AWS_HOST, ...Object.fromEntries(headers) };
      expect(signatureOf(signed)).toBe(expectedSignature({ ...put, headers: whole }, SECRET));
      const other = { ...whole, "x-once-lock": "0123abce" };
      expect(signatureOf(signed)).not.toBe(expectedSignature({ ...put, headers: other }, SECRET));
    });

    test("are not moved into the query", async () => {
      const { parameters, query } = await presign({ headers });
      expect([...parameters.keys()].filter((name) => /meta|once|type|match|md5/i.test(name))).toEqual([]);
      for (const [, value] of headers.slice(0, 4)) expect(decodeURIComponent(query)).not.toContain(value);
    });
  });

  test("signs further query parameters with any characters", async () => {
    const values = { "x-once-max-bytes": "1000", "x-once-type": "a/b+c d=é&*'()!~", "x-once-empty": "" };
    const signed = await presign({ query: Object.entries(values) });
    expect(Object.fromEntries(signed.parameters)).toMatchObject(values);
    const put = { method: "PUT", path: signed.path, headers: { host: AWS_HOST } };
    expect(signatureOf(signed)).toBe(expectedSignature({ ...put, query: signed.query }, SECRET));
    const altered = signed.query.replace("x-once-max-bytes=1000", "x-once-max-bytes=9999");
    expect(altered).not.toBe(signed.query);
    expect(signatureOf(signed)).not.toBe(expectedSignature({ ...put, query: altered }, SECRET));
  });

  test("signs no checksum of the body, which does not exist yet", async () => {
    const { query } = await presign();
    expect(query.toLowerCase()).not.toMatch(/checksum|crc32/);
  });

  describe("on another server, with buckets in the path", () => {
    const r2 = { endpoint: "http://127.0.0.1:8081/cdn-cgi/local/r2/s3", forcePathStyle: true };
    const ORIGIN_PATH = "/cdn-cgi/local/r2/s3/photos";

    test("signs the origin path, and removes it from the URL", async () => {
      const signed = await presign({}, r2, ORIGIN_PATH);
      expect(signed.path).toBe("/uploads/7d1f.txt");
      const put = {
        method: "PUT",
        path: ORIGIN_PATH + signed.path,
        query: signed.query,
        headers: { host: "127.0.0.1:8081" },
      };
      expect(signatureOf(signed)).toBe(expectedSignature(put, SECRET));
    });

    test.each(["", "/elsewhere", "/cdn-cgi/local/r2/s3", "/cdn-cgi/local/r2/s3/pho", "/cdn-cgi/local/r2/s3/photos/"])(
      "refuses an origin path that is not the one before the key, by name: %j",
      async (originPath) => {
        await expect(presign({}, r2, originPath)).rejects.toMatchObject({
          code: "CONFIG_INVALID",
          message: expect.stringMatching(/^originPath: expected \/cdn-cgi\/local\/r2\/s3\/photos, /),
        });
      },
    );
  });

  describe("credentials", () => {
    test("that expire report when", async () => {
      const expiration = new Date("2026-01-02T03:10:00Z");
      const credentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: SECRET, sessionToken: "token", expiration };
      expect((await presign({}, { credentials: () => Promise.resolve(credentials) })).credentialsExpireAt).toEqual(
        expiration,
      );
    });

    test("that do not expire report no end", async () => {
      expect(await presign()).not.toHaveProperty("credentialsExpireAt");
    });

    test("that are unavailable give one clear error", async () => {
      const cause = new Error("no credentials anywhere");
      await expect(presign({}, { credentials: () => Promise.reject(cause) })).rejects.toMatchObject({
        code: "PRESIGN_FAILED",
        message: expect.stringContaining("credentials"),
        cause,
      });
    });

    test("that are renewed meanwhile never extend the reported end of a URL", async () => {
      const RENEWED_BEFORE_END_MS = 300_000;
      const start = Date.now();
      let passedMs = 0;
      const now = vi.spyOn(Date, "now").mockImplementation(() => start + (passedMs += 100));
      onTestFinished(() => now.mockRestore());
      for (let lookMs = 100; lookMs < 2_000; lookMs += 100) {
        const ends = [Date.now() + RENEWED_BEFORE_END_MS + lookMs, Date.now() + 9 * 3_600_000];
        let asked = 0;
        const credentials = () => {
          const i = Math.min(asked++, 1);
          return Promise.resolve({ accessKeyId: `ASIA${i}`, secretAccessKey: SECRET, expiration: new Date(ends[i]!) });
        };
        const { parameters, credentialsExpireAt } = await presign({}, { credentials });
        const signer = parameters.get("X-Amz-Credential")!.startsWith("ASIA0") ? 0 : 1;
        expect(credentialsExpireAt!.getTime()).toBeLessThanOrEqual(ends[signer]!);
      }
    });
  });
});

test("both presigners make the same URL for any request", async () => {
  const asked: PresignRequest = {
    ...request,
    headers: [
      ["x-once-lock", "0123abcd"],
      ["content-type", "text/plain; charset=utf-8"],
      ["x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="],
      ["if-none-match", "*"],
    ],
    query: [
      ["x-once-content-type", "text/plain; charset=utf-8"],
      ["x-once-odd", "a/b+c d=é&*'()!~"],
    ],
  };
  const temporary = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: SECRET, sessionToken: "token/with+signs==" };
  for (const credentials of [aws.credentials, temporary]) {
    const [one, other] = await Promise.all(
      presigners.map(async ([, create]) => create({ ...aws, credentials }, { bucket: "photos" }).presign(asked)),
    );
    expect(parametersOf(other!)).toEqual(parametersOf(one!));
    expect(other!.path).toBe(one!.path);
  }
});

function parametersOf({ query }: { query: string }): object {
  return Object.fromEntries(new URLSearchParams(query));
}
