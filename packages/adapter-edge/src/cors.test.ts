import { describe, expect, test } from "vitest";

import { ORIGIN } from "../test/in-memory-edge.ts";
import { readAnswer, readErrorXml } from "../test/read-answer.ts";
import { REQUEST_ID, type Sent, viewerEvent } from "../test/viewer-event.ts";
import { createCors } from "./cors.ts";

const OTHER = "https://other.example";

function preflight(origins: readonly string[], headers: Sent["headers"] = []) {
  const { request } = viewerEvent({ method: "OPTIONS", url: "https://edge.example/uploads/1", headers }).Records[0].cf;
  return readAnswer(createCors(origins).preflight(request, REQUEST_ID, ["PUT"]));
}

function asking(origin: string, ...headers: [string, string][]): [string, string][] {
  return [["Origin", origin], ["Access-Control-Request-Method", "PUT"], ...headers];
}

describe("a preflight", () => {
  test("from a listed origin is told what it may send", () => {
    const answer = preflight(
      [OTHER, ORIGIN],
      asking(ORIGIN, ["Access-Control-Request-Headers", "content-type,x-amz-meta-a"]),
    );
    expect(answer).toEqual({
      status: 204,
      body: "",
      headers: {
        allow: "PUT, OPTIONS",
        "access-control-allow-headers": "content-type,x-amz-meta-a",
        "access-control-allow-methods": "PUT",
        "access-control-allow-origin": ORIGIN,
        "access-control-expose-headers": "ETag, Retry-After",
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
      expect([status, readErrorXml(body)["Code"]]).toEqual([403, "AccessForbidden"]);
      expect(headers).toEqual({ "content-type": "application/xml", "cache-control": "no-store" });
    }
  });

  test("without an origin, or with two, is refused", () => {
    const method = ["Access-Control-Request-Method", "PUT"] as const;
    expect(preflight(["*"], [method]).status).toBe(403);
    expect(preflight([ORIGIN], [method, ["Origin", ORIGIN], ["Origin", ORIGIN]]).status).toBe(403);
  });

  test("is allowed the headers that it asks for, spelled as it asks", () => {
    for (const asked of ["content-type", "content-type, x-a", "content-type ,x-a", "x-_!#$%&'*+.^`|~9"]) {
      const { headers } = preflight([ORIGIN], asking(ORIGIN, ["Access-Control-Request-Headers", asked]));
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
    const { status, headers } = preflight([ORIGIN], asking(ORIGIN, ["Access-Control-Request-Headers", asked]));
    expect(status).toBe(204);
    expect(headers).not.toHaveProperty("access-control-allow-headers");
  });

  test("that asks for headers twice is allowed none", () => {
    const twice = ["a", "b"].map((name): [string, string] => ["Access-Control-Request-Headers", name]);
    expect(preflight([ORIGIN], asking(ORIGIN, ...twice)).headers).not.toHaveProperty("access-control-allow-headers");
  });

  test("cannot blow the answer up beyond the 40 KB that CloudFront takes", () => {
    const longest = Array(20).fill("x".repeat(1_000)).join(",");
    const { headers } = preflight([ORIGIN], asking(ORIGIN, ["Access-Control-Request-Headers", longest]));
    expect(JSON.stringify(headers).length).toBeLessThan(40_000);
  });
});

test("an OPTIONS request that is no preflight is told the methods, whoever asks", () => {
  const plain = { allow: "PUT, OPTIONS", "cache-control": "no-store" };
  expect(preflight([ORIGIN])).toEqual({ status: 204, body: "", headers: plain });
  expect(preflight([ORIGIN], [["Origin", OTHER]])).toEqual({ status: 204, body: "", headers: plain });
  expect(preflight([ORIGIN], [["Origin", ORIGIN]]).headers).toMatchObject({
    ...plain,
    "access-control-allow-origin": ORIGIN,
  });
});

test("an answer gets CORS headers for exactly the configured origins", () => {
  const request = (origin: string) =>
    viewerEvent({ url: "https://edge.example/", headers: [["Origin", origin]] }).Records[0].cf.request;
  expect(createCors([ORIGIN]).headers(request(ORIGIN))).toContainEqual(["Access-Control-Allow-Origin", ORIGIN]);
  expect(createCors([ORIGIN]).headers(request(OTHER))).toEqual([]);
  expect(createCors([]).headers(request(ORIGIN))).toEqual([]);
  expect(createCors(["*"]).headers(request(OTHER))).toContainEqual(["Access-Control-Allow-Origin", "*"]);
  expect(createCors(["*"]).headers(viewerEvent({ url: "https://edge.example/" }).Records[0].cf.request)).toEqual([]);
});
