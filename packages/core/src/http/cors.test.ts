import { describe, expect, test } from "vitest";

import type { HeaderField } from "../ports/header-field.ts";
import { createCors } from "./cors.ts";

const ORIGIN = "https://app.example";
const OTHER = "https://other.example";

function preflight(origins: readonly string[], asked: readonly HeaderField[] = [], credentials?: boolean) {
  const { status, headers, body } = createCors({ origins, credentials }).preflight(asked, "some-id", ["PUT"]);
  const byName = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  expect(Object.keys(byName)).toHaveLength(headers.length);
  return { status, headers: byName, body };
}

function asking(origin: string, ...headers: HeaderField[]): HeaderField[] {
  return [["origin", origin], ["access-control-request-method", "PUT"], ...headers];
}

describe("a preflight", () => {
  test("from a listed origin gets the allowed methods and headers", () => {
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

  test("from any origin gets * if * is configured", () => {
    for (const origins of [["*"], [ORIGIN, "*"]]) {
      const { status, headers } = preflight(origins, asking("https://unlisted.example"));
      expect([status, headers["access-control-allow-origin"]]).toEqual([204, "*"]);
    }
  });

  test("allows credentials if configured, and only for named origins", () => {
    const credentialsOf = (origins: string[], from: string, credentials?: boolean) =>
      preflight(origins, asking(from), credentials).headers["access-control-allow-credentials"];
    expect(credentialsOf([OTHER, ORIGIN], ORIGIN, true)).toBe("true");
    for (const origins of [["*"], [ORIGIN, "*"]])
      for (const from of [ORIGIN, OTHER]) expect(credentialsOf(origins, from, true)).toBeUndefined();
    expect(credentialsOf([ORIGIN], OTHER, true)).toBeUndefined();
    for (const credentials of [false, undefined])
      for (const origins of [["*"], [ORIGIN]]) expect(credentialsOf(origins, ORIGIN, credentials)).toBeUndefined();
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
      const vary = origins.length === 0 ? {} : { vary: "Origin" };
      expect(headers).toEqual({ "content-type": "application/xml", "cache-control": "no-store", ...vary });
    }
  });

  test("without an origin, or with two, is refused", () => {
    const method = ["access-control-request-method", "PUT"] as const;
    expect(preflight(["*"], [method]).status).toBe(403);
    expect(preflight([ORIGIN], [method, ["origin", ORIGIN], ["origin", ORIGIN]]).status).toBe(403);
  });

  test("allows the requested headers as they are written", () => {
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
  test.each(odd)("does not allow the malformed headers %o", (asked) => {
    const { status, headers } = preflight([ORIGIN], asking(ORIGIN, ["access-control-request-headers", asked]));
    expect(status).toBe(204);
    expect(headers).not.toHaveProperty("access-control-allow-headers");
  });

  test("with two lists of headers allows none", () => {
    const twice = ["a", "b"].map((name): HeaderField => ["access-control-request-headers", name]);
    expect(preflight([ORIGIN], asking(ORIGIN, ...twice)).headers).not.toHaveProperty("access-control-allow-headers");
  });

  test("cannot make the answer longer than CloudFront's 40 KB", () => {
    const longest = Array(20).fill("x".repeat(1_000)).join(",");
    const { headers } = preflight([ORIGIN], asking(ORIGIN, ["access-control-request-headers", longest]));
    expect(JSON.stringify(headers).length).toBeLessThan(40_000);
  });
});

test("answers an OPTIONS request that is no preflight with the methods, for any origin", () => {
  const plain = { allow: "PUT, OPTIONS", "cache-control": "no-store", vary: "Origin" };
  expect(preflight([ORIGIN])).toEqual({ status: 204, body: "", headers: plain });
  expect(preflight([]).headers).not.toHaveProperty("vary");
  expect(preflight([ORIGIN], [["origin", OTHER]])).toEqual({ status: 204, body: "", headers: plain });
  expect(preflight([ORIGIN], [["origin", ORIGIN]]).headers).toMatchObject({
    ...plain,
    "access-control-allow-origin": ORIGIN,
  });
});

test("sends Vary: Origin if any origin is configured, also to other origins and without one", () => {
  const vary = [["Vary", "Origin"]];
  for (const origins of [[ORIGIN], ["*"]])
    for (const request of [[["origin", ORIGIN] as const], [["origin", OTHER] as const], []])
      expect(createCors({ origins }).headers(request)).toEqual(expect.arrayContaining(vary));
  expect(createCors({ origins: [ORIGIN] }).headers([["origin", OTHER]])).toEqual(vary);
});

test("allows pages with credentials to read an answer if configured, but not with *", () => {
  const allowed = ["Access-Control-Allow-Credentials", "true"];
  const of = (origins: string[], from: string) =>
    createCors({ origins, credentials: true }).headers([["origin", from]]);
  expect(of([ORIGIN], ORIGIN)).toContainEqual(allowed);
  expect(of([ORIGIN], OTHER)).not.toContainEqual(allowed);
  for (const origins of [["*"], [ORIGIN, "*"]]) expect(of(origins, ORIGIN)).not.toContainEqual(allowed);
});

test("adds CORS headers for exactly the configured origins", () => {
  const from = (origin: string): HeaderField[] => [["origin", origin]];
  expect(createCors({ origins: [ORIGIN] }).headers(from(ORIGIN))).toContainEqual([
    "Access-Control-Allow-Origin",
    ORIGIN,
  ]);
  expect(createCors({ origins: [ORIGIN] }).headers(from(OTHER))).toEqual([["Vary", "Origin"]]);
  expect(createCors({ origins: [] }).headers(from(ORIGIN))).toEqual([]);
  expect(createCors({ origins: ["*"] }).headers(from(OTHER))).toContainEqual(["Access-Control-Allow-Origin", "*"]);
  expect(createCors({ origins: ["*"] }).headers([["host", "edge.example"]])).toEqual([["Vary", "Origin"]]);
});
