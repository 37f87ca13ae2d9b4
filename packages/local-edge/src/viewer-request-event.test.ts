import { afterAll, expect, test } from "vitest";

import { rawRequest } from "../../../test/support/raw-request.ts";
import { startEdge } from "../test/start-edge.ts";

const ECHO = `export const handler = async (event) => ({ status: "200", body: JSON.stringify(event) });`;
const edge = await startEdge(ECHO, { origin: { url: "http://127.0.0.1:9" }, whenDone: afterAll });

async function eventFor(request: string) {
  const answer = await rawRequest(edge.port, request);
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
}

test("the event has the shape that AWS documents, and nothing else", async () => {
  const event = await eventFor(
    "PUT /uploads/a%20b?x=1&y=%2F HTTP/1.1\r\nHost: edge.example\r\nAccept: */*\r\nContent-Length: 0\r\n\r\n",
  );
  expect(event).toEqual({
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: "d111111abcdef8.cloudfront.net",
            distributionId: "EDFDVBD6EXAMPLE",
            eventType: "viewer-request",
            requestId: expect.stringMatching(/^[\w-]{54}==$/),
          },
          request: {
            clientIp: "127.0.0.1",
            headers: {
              host: [{ key: "Host", value: "edge.example" }],
              accept: [{ key: "Accept", value: "*/*" }],
              "content-length": [{ key: "Content-Length", value: "0" }],
            },
            method: "PUT",
            querystring: "x=1&y=%2F",
            uri: "/uploads/a%20b",
          },
        },
      },
    ],
  });
});

test("keeps every line of a repeated header, with the viewer's own name", async () => {
  const event = await eventFor(
    "GET / HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-two: 2\r\nContent-Type: a\r\ncontent-type: b\r\n\r\n",
  );
  const { headers } = event.Records[0].cf.request;
  expect(headers["x-two"]).toEqual([
    { key: "X-Two", value: "1" },
    { key: "x-two", value: "2" },
  ]);
  expect(headers["content-type"]).toHaveLength(2);
});

test("headers that functions may not see are not in the event", async () => {
  const hidden = [
    "Connection",
    "Keep-Alive",
    "Proxy-Authorization",
    "Trailer",
    "X-Accel-Redirect",
    "X-Amz-Cf-Anything",
  ];
  hidden.push("X-Amzn-RequestId", "X-Cache", "X-Edge-Anything", "X-Forwarded-Proto", "X-Real-IP");
  const lines = [...hidden, "X-Amz-Acl", "X-Once-Lock", "X-Forwarded-For"].map((name) => `${name}: v\r\n`).join("");
  const event = await eventFor(
    `GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n${lines}\r\n`.replace("Connection: v", "Connection: close"),
  );
  expect(Object.keys(event.Records[0].cf.request.headers)).toEqual([
    "host",
    "x-amz-acl",
    "x-once-lock",
    "x-forwarded-for",
  ]);
});

test("a request without a query has an empty querystring", async () => {
  const event = await eventFor("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  expect(event.Records[0].cf.request).toMatchObject({ uri: "/a", querystring: "" });
});

test("splits the target at the first question mark only", async () => {
  const event = await eventFor("GET /a?b?c=1 HTTP/1.1\r\nHost: h\r\n\r\n");
  expect(event.Records[0].cf.request).toMatchObject({ uri: "/a", querystring: "b?c=1" });
});

test("uses the path of an absolute-form target", async () => {
  const event = await eventFor("GET http://other.example/a?b HTTP/1.1\r\nHost: h\r\n\r\n");
  expect(event.Records[0].cf.request).toMatchObject({ uri: "/a", querystring: "b" });
});

test("treats a header named __proto__ like any other", async () => {
  const event = await eventFor("GET / HTTP/1.1\r\nHost: h\r\n__proto__: x\r\n\r\n");
  expect(Object.keys(event.Records[0].cf.request.headers)).toContain("__proto__");
});
