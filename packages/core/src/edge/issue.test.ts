import { describe, expect, test } from "vitest";

import type { Grant, IssueOutcome, IssueRequest } from "../gate/issuer.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { PresignedRequest, Presigner, PresignRequest } from "../ports/presigner.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { RegisterOutcome, SignatureIndex } from "../ports/signature-index.ts";
import { createInMemoryIndex, createInMemoryPresigner, createSequentialIds } from "../testing/index.ts";
import { createEdgeKeys, LOCK_HEADER } from "../url/edge-keys.ts";
import { MAX_TTL_SECONDS } from "../url/url-life.ts";
import { createClaimer } from "./claim.ts";
import { MAX_PUT_BYTES } from "./header-rules.ts";
import { MAX_HEAD_BYTES } from "./header-rules.ts";
import { createIssuer } from "./issue.ts";
import { MAX_URL_BYTES } from "./signed-url.ts";

const EDGE_URL = "https://d111111abcdef8.cloudfront.net";
const NOW = new Date("2026-01-02T03:04:05.678Z");
const KEYS = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);

describe("a grant", () => {
  test("contains everything that a client needs for its upload", async () => {
    const { grant } = await createDesk().issued({ headers: [["content-type", "text/plain"]] });
    expect(grant).toEqual({
      id: "1",
      url: expect.stringMatching(
        /^https:\/\/d111111abcdef8\.cloudfront\.net\/uploads\/1\?X-Amz-Algorithm=AWS4-HMAC-SHA256&/,
      ),
      method: "PUT",
      headers: { "content-type": "text/plain" },
      key: "uploads/1",
      expiresAt: new Date("2026-01-02T03:14:05Z"),
    });
  });

  test("has the tag last in its URL, after the parameters that S3 signs", async () => {
    const { grant } = await createDesk().issued();
    expect(grant.url).toMatch(/&x-once-tag=k1\.[0-9a-f]{64}$/);
    expect(grant.url.match(/x-once-tag/g)).toHaveLength(1);
  });

  test("has a new key each time", async () => {
    const desk = createDesk();
    expect((await desk.issued()).grant.key).toBe("uploads/1");
    expect((await desk.issued()).grant.key).toBe("uploads/2");
  });

  test("lists each pinned header as a signed parameter", async () => {
    const desk = createDesk();
    const headers: HeaderField[] = [
      ["content-type", "text/plain; charset=utf-8"],
      ["x-amz-meta-filename", "a b.txt"],
    ];
    const { grant } = await desk.issued({ headers });
    expect(desk.presigned[0]?.query).toEqual([
      ["x-once-content-type", "text/plain; charset=utf-8"],
      ["x-once-x-amz-meta-filename", "a b.txt"],
    ]);
    expect(desk.presigned[0]?.headers).toEqual(expect.arrayContaining(headers));
    expect(grant.url).toContain(
      "&x-once-content-type=text%2Fplain%3B%20charset%3Dutf-8&x-once-x-amz-meta-filename=a%20b.txt",
    );
    expect(grant.headers).toEqual({ "content-type": "text/plain; charset=utf-8", "x-amz-meta-filename": "a b.txt" });
  });
});

describe("a limit of bytes", () => {
  test("is a signed parameter, and requires no header from the client", async () => {
    const desk = createDesk();
    const { grant } = await desk.issued({ maxBytes: 1000 });
    expect(desk.presigned[0]?.query).toEqual([["x-once-max-bytes", "1000"]]);
    expect(grant.url).toContain("&x-once-max-bytes=1000&");
    expect(grant.headers).toEqual({});
  });

  test("can be combined with pinned headers", async () => {
    const desk = createDesk();
    const { grant } = await desk.issued({ maxBytes: 5, headers: [["content-type", "text/plain"]] });
    expect(desk.presigned[0]?.query).toEqual([
      ["x-once-content-type", "text/plain"],
      ["x-once-max-bytes", "5"],
    ]);
    expect(await desk.claim(grant)).toMatchObject({ status: "accepted" });
  });

  test("is not in the URL if none was granted", async () => {
    const { grant } = await createDesk().issued();
    expect(grant.url).not.toContain("max-bytes");
  });

  test.each([0, 4, 5, MAX_PUT_BYTES])(
    "of %i is enforced by the edge, and a refusal keeps the URL usable",
    async (maxBytes) => {
      const desk = createDesk();
      const { grant } = await desk.issued({ maxBytes });
      const claim = (bytes: number) => desk.claim({ ...grant, headers: { "content-length": String(bytes) } });
      expect(await claim(maxBytes + 1)).toMatchObject({ status: "refused", reason: "entity-too-large" });
      expect(await claim(maxBytes)).toMatchObject({ status: "accepted" });
    },
  );
});

test("names of headers are taken in any case, and bound in lower case", async () => {
  const { grant } = await createDesk().issued({ headers: [["Content-Type", "image/png"]] });
  expect(grant.headers).toEqual({ "content-type": "image/png" });
  const twice = createDesk().issued({
    headers: [
      ["A", "1"],
      ["a", "2"],
    ],
  });
  await expect(twice).rejects.toMatchObject({ message: "headers: a stands there twice" });
});

test("a least number of bytes is enforced by the edge, and a refusal keeps the URL usable", async () => {
  const desk = createDesk();
  const { grant } = await desk.issued({ minBytes: 5, maxBytes: 5 });
  const claim = (bytes: number) => desk.claim({ ...grant, headers: { "content-length": String(bytes) } });
  for (const bytes of [0, 4]) expect(await claim(bytes)).toMatchObject({ reason: "entity-too-small" });
  expect(await claim(5)).toMatchObject({ status: "accepted" });
  await expect(desk.issued({ minBytes: 6, maxBytes: 5 })).rejects.toMatchObject({
    message: "minBytes: expected a whole number from 0 to 5",
  });
});

describe("the signature", () => {
  test("has a date in whole seconds, and expires 30 seconds after the grant", async () => {
    const desk = createDesk();
    const { grant } = await desk.issued({ expiresInSeconds: 600 });
    expect(desk.presigned[0]).toMatchObject({
      method: "PUT",
      key: "uploads/1",
      signingDate: new Date("2026-01-02T03:04:05.000Z"),
      expiresInSeconds: 630,
    });
    expect(grant.url).toContain("&X-Amz-Date=20260102T030405Z&X-Amz-Expires=630&");
  });

  test("covers the origin lock, whose value the client never receives", async () => {
    const desk = createDesk();
    const { grant } = await desk.issued({ headers: [["content-type", "text/plain"]] });
    const lock = await KEYS.lock({ path: "/uploads/1", date: "20260102T030405Z", expires: "630" });
    expect(desk.presigned[0]?.headers).toContainEqual([LOCK_HEADER, lock]);
    expect(grant.url).toContain("&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-meta-presign-once-id%3Bx-once-lock&");
    expect(Object.keys(grant.headers)).not.toContain(LOCK_HEADER);
    expect(JSON.stringify(grant)).not.toContain(lock);
  });

  test("covers If-None-Match only if the issuer is set to", async () => {
    const desk = createDesk({ ifNoneMatch: true });
    const { grant } = await desk.issued();
    expect(desk.presigned[0]?.headers).toContainEqual(["if-none-match", "*"]);
    expect(grant.url).toContain("X-Amz-SignedHeaders=host%3Bif-none-match%3Bx-amz-meta-presign-once-id%3Bx-once-lock&");
    expect(grant.headers).toEqual({});

    const plain = createDesk();
    await plain.issued();
    expect(plain.presigned[0]?.headers.map(([name]) => name)).not.toContain("if-none-match");
  });

  test("covers the id of the grant, which the client does not send", async () => {
    const desk = createDesk({ keyPrefix: "a/b/" });
    for (const id of ["1", "2"]) {
      const { grant } = await desk.issued();
      expect(grant).toMatchObject({ id, key: `a/b/${id}`, headers: {} });
      expect(desk.presigned.at(-1)?.headers).toContainEqual(["x-amz-meta-presign-once-id", id]);
      expect(desk.presigned.at(-1)?.query).toEqual([]);
    }
  });
});

describe("the end of a grant", () => {
  test.each([
    ["is the URL's, when the credentials last longer", "2026-01-02T03:14:06Z", "2026-01-02T03:14:05Z"],
    ["is the credentials', when they end before", "2026-01-02T03:14:04Z", "2026-01-02T03:14:04Z"],
  ])("%s", async (_, credentialsExpireAt, expected) => {
    const desk = createDesk({ signed: { credentialsExpireAt: new Date(credentialsExpireAt) } });
    const { grant } = await desk.issued({ expiresInSeconds: 600 });
    expect(grant.expiresAt).toEqual(new Date(expected));
    expect(desk.registered[0]?.expiresAt).toEqual(grant.expiresAt);
  });

  test("is the first moment at which the edge refuses", async () => {
    const desk = createDesk();
    const { grant } = await desk.issued({ expiresInSeconds: 1 });
    expect(await desk.claim(grant, grant.expiresAt)).toMatchObject({ reason: "expired" });
    expect(await desk.claim(grant, new Date(grant.expiresAt.getTime() - 1))).toMatchObject({ status: "accepted" });
  });
});

describe("registration", () => {
  test("records the hash that the upload claims", async () => {
    const desk = createDesk();
    const { grant, hash } = await desk.issued();
    expect(desk.registered).toEqual([{ hash, expiresAt: grant.expiresAt }]);
    expect(await desk.claim(grant)).toMatchObject({ status: "accepted", hash });
  });

  test("succeeds before the URL is returned", async () => {
    let answer: ((outcome: RegisterOutcome) => void) | undefined;
    const seen: string[] = [];
    let issuing: Promise<unknown> | undefined;
    await new Promise<void>((asked) => {
      const desk = createDesk({
        register: () => {
          asked();
          return new Promise((resolve) => (answer = resolve));
        },
      });
      issuing = desk.issue().then(({ status }) => seen.push(status));
    });
    await new Promise((resolve) => setTimeout(resolve, 20)); // time to go on without the answer
    expect(seen).toEqual([]);
    answer?.({ status: "registered" });
    await issuing;
    expect(seen).toEqual(["issued"]);
  });

  test("with an unknown outcome returns no URL", async () => {
    const cause = new Error("simulated");
    const desk = createDesk({ register: async () => ({ status: "indeterminate", cause }) });
    expect(await desk.issue()).toEqual({ status: "unavailable", cause });
  });

  test("that the store refuses for good returns no URL, and says that it is for good", async () => {
    const cause = new PresignOnceError("STORE_REFUSED", "what to change");
    const desk = createDesk({ register: async () => ({ status: "indeterminate", cause }) });
    expect(await desk.issue()).toEqual({ status: "store-refused", cause });
  });

  test("of a hash that is claimed already returns no URL, and reports a repeated id", async () => {
    const desk = createDesk({ register: async () => ({ status: "already-registered" }) });
    await expect(desk.issue()).rejects.toMatchObject({
      code: "LAW_BROKEN",
      message: expect.stringMatching(/^ids: /),
    });
  });

  test("that throws, against its contract, returns no URL", async () => {
    const desk = createDesk({ register: async () => Promise.reject(new Error("simulated")) });
    await expect(desk.issue()).rejects.toThrow("simulated");
  });
});

describe("an issued URL is accepted once", () => {
  test.each<[string, HeaderField[], boolean]>([
    ["with nothing bound", [], false],
    ["with If-None-Match", [], true],
    [
      "with headers bound",
      [
        ["content-type", "text/plain; charset=utf-8"],
        ["x-amz-meta-a", "(1) + *'!~"],
      ],
      true,
    ],
    ["with its length bound", [["content-length", "5"]], false],
    ["with its checksum bound", [["content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="]], false],
  ])("%s", async (_, headers, ifNoneMatch) => {
    const desk = createDesk({ ifNoneMatch });
    const { grant } = await desk.issued({ headers });
    expect(await desk.claim(grant)).toMatchObject({ status: "accepted" });
    expect(await desk.claim(grant)).toMatchObject({ status: "refused", reason: "already-claimed" });
  });

  test("but not without a pinned header, and then stays usable", async () => {
    const desk = createDesk();
    const { grant } = await desk.issued({ headers: [["content-type", "text/plain"]] });
    expect(await desk.claim({ ...grant, headers: {} })).toMatchObject({ status: "refused", reason: "header-refused" });
    expect(await desk.claim(grant)).toMatchObject({ status: "accepted" });
  });

  test.each([1, 600, MAX_TTL_SECONDS])("with a lifetime of %i seconds", async (expiresInSeconds) => {
    const desk = createDesk();
    expect(await desk.claim((await desk.issued({ expiresInSeconds })).grant)).toMatchObject({ status: "accepted" });
  });
});

describe("refuses an argument by name before anything is signed or registered:", () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_TTL_SECONDS + 1])(
    "expiresInSeconds %d",
    async (expiresInSeconds) => {
      expect(MAX_TTL_SECONDS).toBe(604_770);
      await expectRefused({ expiresInSeconds }, /^expiresInSeconds: expected a whole number from 1 to 604770$/);
    },
  );

  test.each(["", "Con tent-Type", "a b", "a:b", "a\n", "ä", "__proto__"])(
    "the malformed header name %j",
    expectUnbindable,
  );

  test.each([
    "host",
    "authorization",
    "transfer-encoding",
    "cookie",
    "if-none-match",
    "if-match",
    "x-once-a",
    "x-amz-meta-presign-once-id",
  ])("the header %s, which the edge refuses, adds or replaces", expectUnbindable);

  test.each(["tag", "max-bytes"])("the header %s, whose parameter means something else", expectUnbindable);

  test.each(["x-amz-meta-", `x-amz-meta-${"n".repeat(129)}`, "x-amz-meta-a_b"])(
    "the header %s, whose name not every S3 server takes",
    expectUnbindable,
  );

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_PUT_BYTES + 1])("maxBytes %d", async (maxBytes) => {
    await expectRefused({ maxBytes }, /^maxBytes: expected a whole number from 0 to 5368709120$/);
  });

  test("a repeated header", async () => {
    const headers: HeaderField[] = [
      ["content-type", "a/b"],
      ["content-type", "a/b"],
    ];
    await expectRefused({ headers }, /^headers: content-type stands there twice$/);
  });

  test.each(["", " a", "a ", "a  b", "a\tb", "a\nb", "a\0", "é", "\u007f"])("the header value %j", async (value) => {
    await expectRefused(
      { headers: [["x-amz-meta-a", value]] },
      /^headers: expected the value of x-amz-meta-a to be printable/,
    );
  });

  async function expectUnbindable(name: string): Promise<void> {
    await expectRefused({ headers: [[name, "a"]] }, /^headers: .* cannot be bound into a URL$/);
  }

  async function expectRefused(request: Partial<IssueRequest>, message: RegExp): Promise<void> {
    const desk = createDesk();
    const error = await desk.issue(request).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(PresignOnceError);
    expect(error).toMatchObject({ code: "ARGUMENT_INVALID", message: expect.stringMatching(message) });
    expect(desk.presigned).toEqual([]);
    expect(desk.registered).toEqual([]);
  }
});

describe("folders of the caller and an extension", () => {
  test("are a part of the key, which names the grant by its last segment", async () => {
    const desk = createDesk();
    const { grant } = await desk.issued({ folder: "tenant-7/in/", extension: "jpg" });
    expect(grant).toMatchObject({ key: "uploads/tenant-7/in/1.jpg", id: "1.jpg" });
    const decision = await desk.claim(grant);
    expect(decision).toMatchObject({ status: "accepted", path: "/uploads/tenant-7/in/1.jpg" });
  });

  test.each<[Partial<IssueRequest>, RegExp]>([
    [{ folder: "tenant-7" }, /^folder: expected/],
    [{ folder: "../" }, /^folder: expected/],
    [{ folder: "a//" }, /^folder: expected/],
    [{ folder: `${"a".repeat(480)}/` }, /^folder: expected .* 480 characters at most$/],
    [{ extension: "" }, /^extension: expected/],
    [{ extension: "a/b" }, /^extension: expected/],
  ])("%j is refused", async (request, message) => {
    const desk = createDesk();
    await expect(desk.issue(request)).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
      message: expect.stringMatching(message),
    });
    expect(desk.registered).toEqual([]);
  });
});

describe("the key prefix", () => {
  test.each(["", "a/", "uploads/2026/", "A-z_0~/a.b/"])("may be %j", async (keyPrefix) => {
    const desk = createDesk({ keyPrefix });
    const { grant } = await desk.issued();
    expect(grant.key).toBe(`${keyPrefix}1`);
    expect(new URL(grant.url).pathname).toBe(`/${keyPrefix}1`);
    expect(await desk.claim(grant)).toMatchObject({ status: "accepted" });
  });

  test.each([
    "uploads",
    "/",
    "/uploads/",
    "a//",
    "./",
    "../",
    "a/../",
    ".hidden/",
    "a b/",
    "a%20b/",
    "a+b/",
    "é/",
    "a?/",
    "a/\n",
  ])("may not be %j", (keyPrefix) => {
    expect(() => createDesk({ keyPrefix })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(/^keyPrefix: expected/) }),
    );
  });
});

describe("detects a presigner that signs something else, and registers no URL:", () => {
  test.each<[string, Partial<PresignedRequest>]>([
    ["another path", { path: "/bucket/uploads/1" }],
    ["an unescaped or escaped path", { path: "/uploads/%31" }],
    ["no path", { path: "" }],
    ["a broken query", { query: "X-Amz-Algorithm=%" }],
    ["no signature", { query: "X-Amz-Algorithm=AWS4-HMAC-SHA256" }],
  ])("%s", async (_, signed) => {
    const desk = createDesk({ signed });
    await expect(desk.issue()).rejects.toMatchObject({ name: "PresignOnceError", code: "PRESIGN_FAILED" });
    expect(desk.registered).toEqual([]);
  });
});

describe("registers no URL that the edge would refuse:", () => {
  test.each<[string, (request: PresignRequest) => PresignRequest]>([
    ["of another date", (request) => ({ ...request, signingDate: new Date(0) })],
    ["of another expiry", (request) => ({ ...request, expiresInSeconds: 600 })],
    ["that leaves a header unsigned", (request) => ({ ...request, headers: request.headers.slice(1) })],
    ["that leaves the lock unsigned", (request) => ({ ...request, headers: request.headers.slice(0, 1) })],
  ])("a URL %s", async (_, change) => {
    const presigner: Presigner = { presign: (request) => createInMemoryPresigner().presign(change(request)) };
    const desk = createDesk({ presigner });
    await expect(desk.issue({ headers: [["content-type", "a/b"]] })).rejects.toMatchObject({ code: "PRESIGN_FAILED" });
    expect(desk.registered).toEqual([]);
  });

  test.each<[string, HeaderField]>([
    ["an invalid length", ["content-length", "abc"]],
    ["a length over 5 GiB", ["content-length", "5368709121"]],
    ["a length over its own limit", ["content-length", "1001"]],
    ["an invalid checksum", ["content-md5", "abc"]],
    ["a body signed in chunks", ["content-encoding", "aws-chunked"]],
    ["another protocol", ["upgrade", "websocket"]],
    ["more headers than S3 takes", ["x-amz-meta-a", "a".repeat(8_192)]],
  ])("a URL that pins %s", async (_, header) => {
    const desk = createDesk();
    await expect(desk.issue({ headers: [header], maxBytes: 1000 })).rejects.toBeInstanceOf(PresignOnceError);
    expect(desk.registered).toEqual([]);
  });

  /** A desk whose URLs have so many bytes of path and query, most of them the token of a role. */
  async function deskOf(bytes: number): Promise<ReturnType<typeof createDesk>> {
    const bare = (await createDesk().issued()).grant.url.length - EDGE_URL.length;
    const token = `&X-Amz-Security-Token=`;
    const padding = token + "a".repeat(bytes - bare - token.length);
    const real = createInMemoryPresigner();
    const presign: Presigner["presign"] = async (request) => {
      const signed = await real.presign(request);
      return { ...signed, query: signed.query + padding };
    };
    return createDesk({ presigner: { presign } });
  }

  test("a URL that CloudFront would not take with its tag", async () => {
    const desk = await deskOf(MAX_URL_BYTES + 1);
    await expect(desk.issue()).rejects.toMatchObject({ code: "PRESIGN_FAILED" });
    expect(desk.registered).toEqual([]);
  });

  test("a URL that leaves no room for the headers that S3 reads with it", async () => {
    const { grant } = await createDesk().issued();
    const tag = grant.url.slice(grant.url.indexOf("&x-once-tag="));
    const longest = MAX_HEAD_BYTES - "PUT  HTTP/1.1\r\ncontent-length: 0\r\n".length + tag.length;
    const desk = await deskOf(longest);
    expect(await desk.claim((await desk.issued()).grant)).toMatchObject({ status: "accepted" });
    const tooLong = await deskOf(longest + 1);
    await expect(tooLong.issue()).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
    expect(tooLong.registered).toEqual([]);
  });
});

test("passes an error of the presigner on, and registers nothing", async () => {
  const fault = new PresignOnceError("PRESIGN_FAILED", "no credentials");
  const desk = createDesk({ presigner: { presign: () => Promise.reject(fault) } });
  await expect(desk.issue()).rejects.toBe(fault);
  expect(desk.registered).toEqual([]);
});

/** An issuer, and a claimer on the same index, with all that was signed and registered on record. */
function createDesk(
  options: {
    readonly keyPrefix?: string;
    readonly ifNoneMatch?: boolean;
    readonly presigner?: Presigner;
    /** Replaces parts of what the presigner returns. */
    readonly signed?: Partial<PresignedRequest>;
    readonly register?: SignatureIndex["register"];
  } = {},
) {
  const { keyPrefix, ifNoneMatch, signed, presigner = createInMemoryPresigner() } = options;
  const presigned: PresignRequest[] = [];
  const registered: { readonly hash: SignatureHash; readonly expiresAt: Date }[] = [];
  const store = createInMemoryIndex();
  const index: SignatureIndex = {
    ...store,
    register(hash, { expiresAt }) {
      registered.push({ hash, expiresAt });
      return options.register?.(hash, { expiresAt }) ?? store.register(hash, { expiresAt });
    },
  };
  const issuer = createIssuer({
    index,
    keys: KEYS,
    presigner: {
      async presign(request) {
        presigned.push(request);
        return { ...(await presigner.presign(request)), ...signed };
      },
    },
    clock: { now: () => NOW },
    ids: createSequentialIds(),
    ...(keyPrefix === undefined ? {} : { keyPrefix }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  });
  const issue = (request: Partial<IssueRequest> = {}): Promise<IssueOutcome> =>
    issuer.issue({ baseUrl: EDGE_URL, expiresInSeconds: 600, ...request });
  const ids = createSequentialIds();

  return {
    presigned,
    registered,
    issue,
    async issued(request?: Partial<IssueRequest>): Promise<{ grant: Grant; hash: SignatureHash }> {
      const outcome = await issue(request);
      if (outcome.status !== "issued") throw new Error(outcome.status);
      return outcome;
    },
    claim(grant: Grant, now = NOW) {
      const [path = "", query = ""] = grant.url.slice(EDGE_URL.length).split("?");
      const headers = Object.entries({ "content-length": "5", ...grant.headers });
      const claimer = createClaimer({ index, keys: KEYS, clock: { now: () => now }, ids });
      return claimer.claim({ method: grant.method, path, query, headers });
    },
  };
}
