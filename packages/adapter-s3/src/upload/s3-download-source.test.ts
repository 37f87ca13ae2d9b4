import { expect, test } from "vitest";

import { type Answer, answer, BUCKET, connect, s3Error, silence, startFakeS3 } from "../../test/fake-s3.ts";
import { createS3DownloadSource } from "./s3-download-source.ts";

async function open(answers: readonly Answer[], part: { readonly range?: string; readonly ifRange?: string } = {}) {
  const server = await startFakeS3({ GetObject: answers });
  const source = createS3DownloadSource({ s3: connect(server.access), bucket: BUCKET });
  return { server, outcome: await source.open({ key: "uploads/a b", ...part }) };
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

test("reads the bytes of an object, and tells nothing that was stored to describe them", async () => {
  const headers = { etag: '"e"', "content-type": "text/html", "content-encoding": "gzip", "x-amz-meta-a": "b" };
  const { server, outcome } = await open([answer(200, headers, "the file")]);
  if (outcome.status !== "found") throw new Error(outcome.status);
  const { chunks, close, ...told } = outcome;
  expect(told).toEqual({ status: "found", bytes: 8, etag: '"e"', contentRange: undefined });
  expect(await textOf(chunks)).toBe("the file");
  close();
  expect(server.requests.map(({ key }) => key)).toEqual(["uploads/a b"]);
});

test.each<[what: string, ifRange: string | undefined, answers: Answer[], sent: (string | undefined)[][]]>([
  ["without a condition", undefined, [answer(206, {}, "file")], [["bytes=4-", undefined]]],
  ["of the same file", '"e"', [answer(206, {}, "file")], [["bytes=4-", '"e"']]],
  [
    "of another file, which is sent whole",
    '"e"',
    [s3Error(412, "PreconditionFailed"), answer(200, {}, "other")],
    [
      ["bytes=4-", '"e"'],
      [undefined, undefined],
    ],
  ],
  [
    "of a date, for which the file is sent whole",
    "Thu, 01 Jan 2026 00:00:00 GMT",
    [answer(200)],
    [[undefined, undefined]],
  ],
  ["of a weak ETag, too", 'W/"e"', [answer(200)], [[undefined, undefined]]],
])("asks for a part %s", async (_, ifRange, answers, sent) => {
  const { server, outcome } = await open(answers, { range: "bytes=4-", ...(ifRange === undefined ? {} : { ifRange }) });
  expect(outcome.status).toBe("found");
  expect(server.requests.map(({ headers }) => [headers["range"], headers["if-match"]])).toEqual(sent);
  if (outcome.status === "found") outcome.close();
});

test.each<[told: string, error: Answer]>([
  ["missing", s3Error(404, "NoSuchKey")],
  ["no-such-part", s3Error(416, "InvalidRange")],
  ["failed", s3Error(404, "NoSuchBucket")],
  ["failed", s3Error(403, "AccessDenied")],
  ["failed", s3Error(503, "SlowDown")],
])("tells that a file is %s", async (told, error) => {
  const { outcome } = await open([error], { range: "bytes=4-" });
  expect(outcome.status).toBe(told);
});

test("frees the connection when it is closed, with nothing read", async () => {
  const endless: Answer = (response) => void response.writeHead(200, { "content-length": "1000000" }).write("x");
  const { server, outcome } = await open([endless]);
  expect(server.openConnections).toBe(1);
  if (outcome.status === "found") {
    outcome.close();
    outcome.close();
  }
  await expect.poll(() => server.openConnections).toBe(0);
});

test("ends the request of a reader that leaves before the answer, and sends none for one that has left", async () => {
  const gone = new AbortController();
  const server = await startFakeS3({ GetObject: () => (gone.abort(), silence) });
  const source = createS3DownloadSource({ s3: connect(server.access), bucket: BUCKET });
  const request = { key: "uploads/a", signal: gone.signal };
  for (let i = 0; i < 2; i++) expect(await source.open(request)).toMatchObject({ status: "failed" });
  await expect.poll(() => server.openConnections).toBe(0);
  expect(server.requests).toHaveLength(1);
});

test("lets the reader fail when the store breaks off", async () => {
  const cut: Answer = (response) => {
    response.writeHead(200, { "content-length": "1000000" }).write("x");
    setTimeout(() => response.destroy(), 20);
  };
  const { outcome } = await open([cut]);
  if (outcome.status !== "found") throw new Error(outcome.status);
  await expect(textOf(outcome.chunks)).rejects.toThrow(Error);
});
