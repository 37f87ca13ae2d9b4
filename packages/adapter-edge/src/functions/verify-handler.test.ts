import {
  type Claimant,
  LOCK_HEADER,
  MAX_PUT_BYTES,
  MAX_SKEW_SECONDS,
  PresignOnceError,
  type RefusedUpload,
} from "@presign-once/core";
import { createCors } from "@presign-once/core/http";
import type { InMemoryUploads } from "@presign-once/core/testing";
import { describe, expect, test } from "vitest";

import { SECRET } from "../../../../test/support/edge-settings.ts";
import { REQUEST_ID, type Sent, viewerEvent } from "../../../../test/support/viewer-event.ts";
import { createInMemoryEdge, EDGE, type InMemoryEdge, ORIGIN } from "../../test/in-memory-edge.ts";
import { readAnswer, readErrorXml, readWithS3Client } from "../../test/read-answer.ts";
import type { ViewerRequest } from "../cloudfront/cloudfront.ts";
import { createVerifyHandler } from "./verify-handler.ts";

describe("passes the first upload on", () => {
  const headers = [
    ["Origin", ORIGIN],
    ["Content-Type", "text/plain"],
    ["X-Custom", "é, \t;"],
    ["Cookie", "a=1"],
    ["Cookie", "b=2"],
    ["User-Agent", "curl/8"],
    ["Via", "1.1 a"],
    ["Via", "1.1 b"],
    ["X-Forwarded-For", "192.0.2.1"],
    ["X-Forwarded-For", "192.0.2.2"],
    ["X-Goog-Meta-Presign-Once-Id", "forged"],
    ["X_Amz_Copy_Source", "/bucket/secret"],
  ] as const;

  test("without its tag, with the lock, the id, the allowed headers and those that no function can remove", async () => {
    const edge = createInMemoryEdge();
    const [path = "", query = ""] = (await edge.issued()).split("?");
    const shuffled = query.split("&").reverse().join("&").replace("X-Amz-Date", "%58-Amz-Date");
    const passedOn = await edge.upload({ url: `${path}?${shuffled}`, headers });
    const { request } = viewerEvent({ url: `${path}?${shuffled}`, headers }).Records[0].cf;
    expect(passedOn).toEqual({
      ...request,
      querystring: query.replace(/&x-once-tag=[^&]*$/, ""),
      headers: {
        host: request.headers["host"],
        "content-length": request.headers["content-length"],
        via: request.headers["via"],
        origin: [{ key: "origin", value: ORIGIN }],
        "content-type": [{ key: "content-type", value: "text/plain" }],
        "user-agent": [{ key: "user-agent", value: "curl/8" }],
        [LOCK_HEADER]: [{ key: LOCK_HEADER, value: expect.stringMatching(/^[0-9a-f]{64}$/) }],
        "x-amz-meta-presign-once-id": [{ key: "x-amz-meta-presign-once-id", value: "1" }],
      },
    });
    expect((passedOn as ViewerRequest).querystring).not.toContain("x-once-tag");
    expect(edge.calls).toEqual(["presign", "register", "claim"]);
  });

  test("with all other fields of the event, and without changing the event", async () => {
    const edge = createInMemoryEdge();
    const event = viewerEvent({ url: await edge.issued(), headers });
    const body = { inputTruncated: false, action: "read-only", encoding: "base64", data: "" };
    Object.assign(event.Records[0].cf.request, { body });
    const before = structuredClone(event);
    const verify = createVerifyHandler({
      claimer: {
        claim: async () => ({
          status: "accepted",
          hash: "0".repeat(64) as never,
          claimant: "1".repeat(32) as never,
          attempts: 1,
          indexMs: 2,
          repeated: false,
          path: "/elsewhere",
          query: "canonical=",
          headers: [["x-once-lock", "abc"]],
        }),
      },
      cors: createCors({ origins: [] }),
      writeLine: () => {},
    });
    expect(await verify(event)).toMatchObject({ body, uri: "/elsewhere", querystring: "canonical=" });
    expect(event).toEqual(before);
  });

  test("with If-None-Match: * if the settings ask for it", async () => {
    const edge = createInMemoryEdge({ ifNoneMatch: true });
    const passedOn = (await edge.upload({ url: await edge.issued() })) as ViewerRequest;
    expect(passedOn.headers["if-none-match"]).toEqual([{ key: "if-none-match", value: "*" }]);
  });

  test("and refuses the second one, in any encoding", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.issued();
    await edge.upload({ url });
    const [path, query = ""] = url.split("?");
    for (const again of [url, url.replaceAll("%2F", "%2f"), `${path}?${query.split("&").reverse().join("&")}`])
      expect(codeOf(await edge.upload({ url: again }))).toBe("UrlAlreadyUsed");
  });

  test("exactly once among 50 concurrent uploads", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.issued();
    const results = await Promise.all(Array.from({ length: 50 }, () => edge.upload({ url })));
    const refused = results.filter((result) => !("uri" in result));
    expect(refused.map(codeOf)).toEqual(Array(49).fill("UrlAlreadyUsed"));
  });
});

/** Each reason: how to cause it, and the answer to the client. */
const refusals: Record<
  RefusedUpload["reason"],
  {
    readonly meet: (edge: InMemoryEdge & { stored: InMemoryUploads }, url: string) => Sent | Promise<Sent>;
    readonly told: [status: number, code: string];
    readonly more?: object;
  }
> = {
  "method-not-allowed": {
    meet: (_, url) => ({ url, method: "GET" }),
    told: [405, "MethodNotAllowed"],
    more: { allow: "PUT, OPTIONS" },
  },
  malformed: { meet: (_, url) => ({ url: `${url}%` }), told: [400, "InvalidRequest"] },
  "header-refused": {
    meet: (_, url) => ({ url, headers: [["Authorization", "Basic eDp5"]] }),
    told: [400, "InvalidRequest"],
  },
  "content-length-missing": {
    meet: (_, url) => ({ url, without: ["content-length"] }),
    told: [411, "MissingContentLength"],
  },
  "entity-too-small": {
    meet: async (edge) => ({ url: await edge.issued("?min-bytes=6") }),
    told: [400, "EntityTooSmall"],
  },
  "entity-too-large": {
    meet: (_, url) => ({ url, without: ["content-length"], headers: [["Content-Length", String(MAX_PUT_BYTES + 1)]] }),
    told: [400, "EntityTooLarge"],
  },
  "not-issued": { meet: (_, url) => ({ url: url.replace("/uploads/", "/signatures/") }), told: [403, "UrlUnknown"] },
  expired: { meet: (edge, url) => (edge.clock.advance(900), { url }), told: [403, "UrlExpired"] },
  "not-yet-valid": {
    meet: (edge, url) => (edge.clock.advance(-MAX_SKEW_SECONDS - 1), { url }),
    told: [403, "RequestTimeTooSkewed"],
  },
  revoked: {
    meet(edge, url) {
      for (const hash of edge.store.keys()) edge.store.set(hash, { state: "revoked", at: edge.clock.now() });
      return { url };
    },
    told: [403, "UrlUnknown"],
  },
  unknown: { meet: (edge, url) => (edge.store.clear(), { url }), told: [403, "UrlUnknown"] },
  "already-claimed": {
    meet(edge, url) {
      const owner = "a".repeat(32) as Claimant; // of another process
      for (const hash of edge.store.keys())
        edge.store.set(hash, { state: "claimed", claimant: owner, at: edge.clock.now() });
      return { url };
    },
    told: [403, "UrlAlreadyUsed"],
  },
  "already-stored": {
    meet: async (edge, url) => {
      await edge.upload({ url, headers: [CLIENT] });
      edge.stored.set(new URL(url).pathname.slice(1), undefined);
      return { url, headers: [CLIENT] };
    },
    told: [409, "UploadAlreadyStored"],
  },
  "lease-over": {
    meet: async (edge, url) => {
      await edge.upload({ url, headers: [CLIENT] });
      edge.clock.advance(300);
      return { url, headers: [CLIENT] };
    },
    told: [403, "UrlAlreadyUsed"],
  },
  unavailable: { meet: (_, url) => ({ url }), told: [503, "SlowDown"], more: { "retry-after": "2" } },
  "store-refused": { meet: (_, url) => ({ url }), told: [500, "InternalError"] },
  undecided: { meet: (_, url) => ({ url }), told: [503, "ClaimUndecided"] },
};
const indexAsked = [
  "revoked",
  "unknown",
  "already-claimed",
  "already-stored",
  "lease-over",
  "unavailable",
  "store-refused",
  "undecided",
];

/** Refusals of a client that tries again. */
const needsRetries = new Set(["already-stored", "lease-over"]);
/** The header by which a client makes itself known. */
const CLIENT = ["X-Presign-Once-Client", "s".repeat(22)] as const;

/** In query, headers and host of every refused request, and in the index's fault. */
const PLANTED = "hunter2-PLANTED";

describe.each(Object.entries(refusals))("%s", (reason, { meet, told: [status, code], more = {} }) => {
  async function refuse(headers: Sent["headers"] = []) {
    const mayHaveLanded = reason === "undecided";
    const answered = new Error(PLANTED);
    const cause =
      reason === "store-refused" ? new PresignOnceError("STORE_REFUSED", "Why.", { cause: answered }) : answered;
    const indeterminate = { status: "indeterminate", mayHaveLanded, attempts: 3, cause } as const;
    const stored: InMemoryUploads = new Map();
    const claim = ["undecided", "unavailable", "store-refused"].includes(reason) ? { claim: () => indeterminate } : {};
    const edge = createInMemoryEdge({ stored, ...claim });
    const url = await edge.issued(needsRetries.has(reason) ? "?retries=same-client" : "");
    const sent = await meet({ ...edge, stored }, url.replace(EDGE, `https://${PLANTED}.example`));
    edge.lines.length = 0;
    edge.calls.length = 0;
    const planted = [["X-Custom", PLANTED], ["User-Agent", PLANTED], ...headers] as const;
    const result = await edge.upload({ ...sent, url: sent.url, headers: [...planted, ...(sent.headers ?? [])] });
    return { edge, url, answer: readAnswer(result) };
  }

  test(`is answered with ${status} ${code} in S3's XML`, async () => {
    const { answer } = await refuse();
    const { Code, Message, RequestId, ...others } = readErrorXml(answer.body);
    expect([answer.status, Code, RequestId, others]).toEqual([status, code, REQUEST_ID, {}]);
    expect(Message).toMatch(/^[A-Z].{15,}\.$/);
    expect(answer.headers).toEqual({
      "content-type": "application/xml",
      "cache-control": "no-store",
      vary: "Origin",
      ...more,
    });
    expect(await readWithS3Client(answer)).toMatchObject({
      name: code,
      message: Message,
      $metadata: { httpStatusCode: status },
    });
  });

  test("is answered in JSON if the client asks for it", async () => {
    const { answer } = await refuse([["Accept", "application/json"]]);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(answer.body)).toMatchObject({ code, requestId: REQUEST_ID });
  });

  test("can be read by pages of configured origins only", async () => {
    const cors = {
      "access-control-allow-origin": ORIGIN,
      "access-control-expose-headers": "ETag, Retry-After, X-Presign-Once-Already-Stored",
      vary: "Origin",
    };
    expect((await refuse([["Origin", ORIGIN]])).answer.headers).toMatchObject({ ...cors, ...more });
    const { answer } = await refuse([["Origin", "https://evil.example"]]);
    expect(Object.keys(answer.headers).filter((name) => name in cors)).toEqual(["vary"]);
  });

  test("writes one log line, and shows nothing of the request and no secret in log and answer", async () => {
    const { edge, url, answer } = await refuse();
    expect(edge.lines).toHaveLength(1);
    const line: unknown = JSON.parse(edge.lines[0] ?? "");
    expect(line).toMatchObject({ presignOnce: "verify", requestId: REQUEST_ID, outcome: reason });
    const { searchParams, pathname } = new URL(url);
    const held = [
      CLIENT[1],
      searchParams.get("X-Amz-Signature"),
      searchParams.get("x-once-tag"),
      searchParams.get("X-Amz-Credential"),
    ];
    for (const secret of [PLANTED, SECRET, "X-Amz-C", pathname, ...held]) {
      expect(secret).toBeTruthy();
      expect(answer.body + JSON.stringify(answer.headers)).not.toContain(secret);
      expect(edge.lines[0]).not.toContain(secret);
    }
  });

  test(indexAsked.includes(reason) ? "asks the index once" : "does not ask the index", async () => {
    const { edge } = await refuse();
    expect(edge.calls).toEqual(indexAsked.includes(reason) ? ["claim"] : []);
  });
});

test("logs an accepted upload in one line: start of the hash, claimant, time, attempts", async () => {
  const edge = createInMemoryEdge({ claim: () => ({ status: "claimed", attempts: 2 }) });
  const url = await edge.issued();
  const [hash] = edge.store.keys();
  edge.lines.length = 0;
  await edge.upload({ url });
  expect(edge.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      presignOnce: "verify",
      requestId: REQUEST_ID,
      outcome: "accepted",
      hash: hash?.slice(0, 12),
      claimant: "1".padStart(32, "0"),
      s3Ms: 0,
      attempts: 2,
    },
  ]);
});

describe("a client with a secret", () => {
  const start = async () => {
    const stored: InMemoryUploads = new Map();
    const edge = createInMemoryEdge({ stored });
    return { edge, stored, url: await edge.issued("?retries=same-client") };
  };

  test("is passed on again, without its secret", async () => {
    const { edge, url } = await start();
    for (const repeated of [undefined, true]) {
      edge.lines.length = 0;
      const passedOn = (await edge.upload({ url, headers: [CLIENT] })) as ViewerRequest;
      expect(passedOn.headers).toMatchObject({ "x-once-lock": expect.anything(), "if-none-match": [{ value: "*" }] });
      expect(JSON.stringify([passedOn, edge.lines])).not.toContain(CLIENT[1]);
      expect(edge.lines.map((line) => (JSON.parse(line) as { repeated?: boolean }).repeated)).toEqual([repeated]);
    }
  });

  test("excludes other clients once it was first, and is refused if another was first", async () => {
    const { edge, url } = await start();
    await edge.upload({ url, headers: [CLIENT] });
    expect(codeOf(await edge.upload({ url }))).toBe("UrlAlreadyUsed");
    expect(codeOf(await edge.upload({ url, headers: [[CLIENT[0], "t".repeat(22)]] }))).toBe("UrlAlreadyUsed");
    const other = await edge.issued("?retries=same-client");
    await edge.upload({ url: other });
    expect(codeOf(await edge.upload({ url: other, headers: [CLIENT] }))).toBe("UrlAlreadyUsed");
  });

  test("is refused for a URL without retries, which stays usable", async () => {
    const { edge } = await start();
    const url = await edge.issued();
    expect(codeOf(await edge.upload({ url, headers: [CLIENT] }))).toBe("InvalidRequest");
    expect(await edge.upload({ url })).toHaveProperty("uri");
  });
});

test("uses a URL up only for a well-formed PUT, and refuses other requests without the index", async () => {
  const edge = createInMemoryEdge();
  const url = await edge.issued();
  const [path, query = ""] = url.split("?");
  const reversed = `${path}?${query.split("&").reverse().join("&")}`;
  const attempts: [told: string | number, sent: Sent][] = [
    [204, { url, method: "OPTIONS" }],
    [
      204,
      {
        url,
        method: "OPTIONS",
        headers: [
          ["Origin", ORIGIN],
          ["Access-Control-Request-Method", "PUT"],
        ],
      },
    ],
    ...["HEAD", "GET", "DELETE", "POST", "PATCH", "put", ""].map((method): [string, Sent] => [
      "MethodNotAllowed",
      { url, method },
    ]),
    ["InvalidRequest", { url, headers: [["Authorization", "Bearer x"]] }],
    ["InvalidRequest", { url, headers: [["authorization", ""]] }],
    ["InvalidRequest", { url, headers: [["X-Amz-Acl", "public-read"]] }],
    ["InvalidRequest", { url, headers: [["If-None-Match", "*"]] }],
    ["InvalidRequest", { url, headers: [["X-Once-Lock", "0".repeat(64)]] }],
    ["InvalidRequest", { url, headers: [["Content-Length", "5"]] }],
    ["InvalidRequest", { url, headers: [["Content-MD5", "not base64"]] }],
    ["MissingContentLength", { url, without: ["content-length"] }],
    ["InvalidRequest", { url: url.replace("X-Amz-Date=", "X-Amz-Date=%") }],
    ["UrlUnknown", { url: reversed.replace("Expires=930", "Expires=931") }],
    ["UrlUnknown", { url: `${reversed}&x-id=PutObject` }],
    ["UrlUnknown", { url: url.replace("/uploads/", "/uploads%2F") }],
    ["UrlUnknown", { url: url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) }],
    ["InvalidRequest", { url: `${path}` }],
    ["InvalidRequest", { url: `${url}&X-Amz-Expires=930` }],
  ];
  for (const [told, sent] of attempts) {
    const result = await edge.upload(sent);
    expect([sent, typeof told === "number" ? readAnswer(result).status : codeOf(result)]).toEqual([sent, told]);
  }
  expect(edge.calls).toEqual(["presign", "register"]);
  expect(await edge.upload({ url })).toMatchObject({ method: "PUT", uri: new URL(url).pathname });
  expect(edge.calls).toEqual(["presign", "register", "claim"]);
});

test("writes no log line for an OPTIONS request", async () => {
  const edge = createInMemoryEdge();
  await edge.upload({ url: `${EDGE}/uploads/1`, method: "OPTIONS" });
  expect(edge.lines).toEqual([]);
});

function codeOf(result: Parameters<typeof readAnswer>[0]): string | undefined {
  return readErrorXml(readAnswer(result).body)["Code"];
}
