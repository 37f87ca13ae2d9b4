import { describe, expect, test } from "vitest";

import type { HeaderField } from "../header-field.ts";
import { createCors } from "./cors.ts";

const ORIGIN = "https://app.example";
const OTHER = "https://other.example";

function preflight(origins: readonly string[], asked: readonly HeaderField[] = []) {
  const { status, headers, body } = createCors(origins).preflight(asked, "some-id", ["PUT"]);
  const byName = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  expect(Object.keys(byName)).toHaveLength(headers.length);
  return { status, headers: byName, body };
}

function asking(origin: string, ...headers: HeaderField[]): HeaderField[] {
  return [["origin", origin], ["access-control-request-method", "PUT"], ...headers];
}

describe("a preflight", () => {
  test("from a listed origin is told what it may send", () => {
    const answer = preflight(
      [OTHER, ORIGIN],
      asking(ORIGIN, ["access-control-request-headers", "content-type,x-amz-meta-a"]),
    );
    expect(answer).toEqual({
      status: 204,
      body: "",
      headers: {
        allow: "PUT, OPTIONS",
        "access-control-allow-headers": "content-type,x-amz-meta-a",
        "access-control-allow-methods": "PUT",
        "access-control-allow-origin": ORIGIN,
        "access-control-expose-headers": "ETag, Retry-After, X-Presign-Once-Already-Stored",
        "access-control-max-age": "600",
        "cache-control": "no-store",
        vary: "Origin",
      },
    });
  });

  test("from any origin is answered with * where * is configured", () => {
    for (const origins of [["*"], [ORIGIN, "*"]]) {
      const { status, headers } = preflight(origins, asking("https://unlisted.example"));
      expect([status, headers["access-control-allow-origin"]]).toEqual([204, "*"]);
    }
  });

  test("never lets a page send credentials", () => {
    for (const origins of [["*"], [ORIGIN]])
      expect(preflight(origins, asking(ORIGIN)).headers).not.toHaveProperty("access-control-allow-credentials");
  });

  const strangers = [
    OTHER,
    "null",
    `${ORIGIN}:8443`,
    `${ORIGIN}.evil.example`,
    ORIGIN.toUpperCase(),
    "http://app.example",
    "",
  ];
  test.each(strangers)("from the unlisted origin %o is refused without a CORS header", (origin) => {
    for (const origins of [[ORIGIN], []]) {
      const { status, headers, body } = preflight(origins, asking(origin));
      expect([status, body]).toEqual([403, expect.stringContaining("<Code>AccessForbidden</Code>")]);
      expect(headers).toEqual({ "content-type": "application/xml", "cache-control": "no-store" });
    }
  });

  test("without an origin, or with two, is refused", () => {
    const method = ["access-control-request-method", "PUT"] as const;
    expect(preflight(["*"], [method]).status).toBe(403);
    expect(preflight([ORIGIN], [method, ["origin", ORIGIN], ["origin", ORIGIN]]).status).toBe(403);
  });

  test("is allowed the headers that it asks for, spelled as it asks", () => {
    for (const asked of ["content-type", "content-type, x-a", "content-type ,x-a", "x-_!#$%&'*+.^`|~9"]) {
      const { headers } = preflight([ORIGIN], asking(ORIGIN, ["access-control-request-headers", asked]));
      expect(headers["access-control-allow-headers"]).toBe(asked);
    }
  });

  const odd = [
    "",
    ",",
    "a,",
    "a,,b",
    "a b",
    "a\r\nSet-Cookie: x=y",
    "a\n",
    "a:b",
    "<script>",
    "é",
    'a"',
    Array(66).join("a,") + "a",
  ];
  test.each(odd)("is not allowed the malformed headers %o", (asked) => {
    const { status, headers } = preflight([ORIGIN], asking(ORIGIN, ["access-control-request-headers", asked]));
    expect(status).toBe(204);
    expect(headers).not.toHaveProperty("access-control-allow-headers");
  });

  test("that asks for headers twice is allowed none", () => {
    const twice = ["a", "b"].map((name): HeaderField => ["access-control-request-headers", name]);
    expect(preflight([ORIGIN], asking(ORIGIN, ...twice)).headers).not.toHaveProperty("access-control-allow-headers");
  });

  test("cannot blow the answer up beyond the 40 KB that CloudFront takes", () => {
    const longest = Array(20).fill("x".repeat(1_000)).join(",");
    const { headers } = preflight([ORIGIN], asking(ORIGIN, ["access-control-request-headers", longest]));
    expect(JSON.stringify(headers).length).toBeLessThan(40_000);
  });
});

test("an OPTIONS request that is no preflight is told the methods, whoever asks", () => {
  const plain = { allow: "PUT, OPTIONS", "cache-control": "no-store" };
  expect(preflight([ORIGIN])).toEqual({ status: 204, body: "", headers: plain });
  expect(preflight([ORIGIN], [["origin", OTHER]])).toEqual({ status: 204, body: "", headers: plain });
  expect(preflight([ORIGIN], [["origin", ORIGIN]]).headers).toMatchObject({
    ...plain,
    "access-control-allow-origin": ORIGIN,
  });
});

test("an answer gets CORS headers for exactly the configured origins", () => {
  const from = (origin: string): HeaderField[] => [["origin", origin]];
  expect(createCors([ORIGIN]).headers(from(ORIGIN))).toContainEqual(["Access-Control-Allow-Origin", ORIGIN]);
  expect(createCors([ORIGIN]).headers(from(OTHER))).toEqual([]);
  expect(createCors([]).headers(from(ORIGIN))).toEqual([]);
  expect(createCors(["*"]).headers(from(OTHER))).toContainEqual(["Access-Control-Allow-Origin", "*"]);
  expect(createCors(["*"]).headers([["host", "edge.example"]])).toEqual([]);
});
