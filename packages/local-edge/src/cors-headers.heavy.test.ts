import { expect, test } from "vitest";

import { startEdge, startServer } from "../test/start-edge.ts";
import { PASS_THROUGH } from "../test/write-function.ts";
import type { BucketCors } from "./cors-headers.ts";

const PAGE = "https://app.example";
const CORS_NAMES = ["access-control-allow-origin", "access-control-expose-headers", "vary"];

/** The CORS headers of an answer of the origin, as the viewer gets them. */
async function seenBy(
  origin: string | undefined,
  cors: BucketCors | undefined,
  names = CORS_NAMES,
  request: RequestInit = { method: "PUT", body: "x" },
) {
  const { url } = await startServer((_, res) =>
    res.writeHead(403, { "Access-Control-Allow-Origin": "the origin's own", ETag: '"e"' }).end(),
  );
  const edge = await startEdge(PASS_THROUGH, { origin: { url, ...(cors === undefined ? {} : { cors }) } });
  const { headers } = await fetch(edge.url, { ...request, ...(origin ? { headers: { origin } } : {}) });
  return names.map((name) => headers.get(name));
}

const VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

test("a page of a configured origin may read the origin's answer and its ETag", async () => {
  expect(await seenBy(PAGE, { origins: ["https://other.example", PAGE] })).toEqual([PAGE, "ETag", VARY]);
});

test("with * every page may, and the answer does not name its origin", async () => {
  expect(await seenBy(PAGE, { origins: ["*"] })).toEqual(["*", "ETag", VARY]);
});

test("with credentials if configured and the origin is named", async () => {
  const allowed = (origin: string, cors: BucketCors) => seenBy(origin, cors, ["access-control-allow-credentials"]);
  expect(await allowed(PAGE, { origins: [PAGE], credentials: true })).toEqual(["true"]);
  expect(await allowed(PAGE, { origins: [PAGE] })).toEqual([null]);
  expect(await allowed("https://evil.example", { origins: [PAGE], credentials: true })).toEqual([null]);
  expect(await allowed(PAGE, { origins: [PAGE, "*"], credentials: true })).toEqual([null]);
});

test.each(["https://evil.example", "http://app.example", "https://app.example.evil", "null", undefined])(
  "%s may not",
  async (origin) => {
    expect(await seenBy(origin, { origins: [PAGE] })).toEqual([null, null, VARY]);
  },
);

test("no page may read the answer to anything but an upload", async () => {
  for (const method of ["GET", "POST"])
    expect(await seenBy(PAGE, { origins: [PAGE] }, CORS_NAMES, { method })).toEqual([null, null, null]);
});

test("no origin may if none is configured", async () => {
  expect(await seenBy(PAGE, { origins: [] })).toEqual([null, null, null]);
});

test("without the option the origin's CORS headers are kept", async () => {
  expect(await seenBy(PAGE, undefined)).toEqual(["the origin's own", null, null]);
});
