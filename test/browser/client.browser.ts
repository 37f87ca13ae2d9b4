import { createHash } from "node:crypto";

import { expect, onTestFinished, test } from "vitest";

import { TOKEN, useClientPage } from "./client-page.ts";
import { serve, serveClient } from "./serve-client.ts";

const place = useClientPage();

test("a page on another port uploads, gets progress, and can read why a second use is refused", async () => {
  await place.app.network({ uploadBytesPerSecond: 1_000_000 });
  const { key, grant, progress, replay } = await place.uploadIn(
    place.app.page,
    `new File([new Uint8Array(2_000_000).fill(7)], "été 文件*.txt", { type: "text/plain;charset=utf-8" })`,
  );
  expect(replay).toBe("403 UrlAlreadyUsed");
  expect(Object.keys(grant!.headers).sort()).toEqual(["content-type", "x-amz-meta-filename"]);
  const { bytes, type, metadata } = await place.bucket.head(key!);
  expect([bytes, type, decodeURIComponent(metadata["filename"]!)]).toEqual([
    2_000_000,
    "text/plain;charset=utf-8",
    "été 文件*.txt",
  ]);
  expect(progress.length).toBeGreaterThan(3);
  expect(progress.at(-1)).toMatchObject({ sentBytes: 2_000_000, totalBytes: 2_000_000, secondsLeft: 0 });
  expect(progress[1]!.bytesPerSecond).toBeGreaterThan(100_000);
  expect(progress[1]!.bytesPerSecond).toBeLessThan(4_000_000);
});

test("a page can read R2's own answer, with its ETag", async () => {
  const etag = await place.app.page.evaluate<string>(`(async () => {
    const file = new Blob(["hello"]);
    const grant = await client.requestGrant(file, {
      endpoint: "${place.local.baseUrl}/url", headers: { authorization: "Bearer ${TOKEN}" },
    });
    return (await fetch(grant.url, { method: "PUT", body: file })).headers.get("etag");
  })()`);
  expect(etag).toBe(`"${createHash("md5").update("hello").digest("hex")}"`);
});

const NO_TYPE = "application/octet-stream";

test.each([
  ["an empty file", `new File([], "empty.txt", { type: "text/plain" })`, 0, "text/plain"],
  ["a blob without name and type", `new Blob(["hello"])`, 5, NO_TYPE],
  [
    "a type with a list of codecs",
    `new Blob(["hello"], { type: "video/webm;codecs=vp8,opus" })`,
    5,
    "video/webm;codecs=vp8,opus",
  ],
  ["a type that the edge does not take", `new Blob(["hello"], { type: "text/plain; a=(b)" })`, 5, "text/plain"],
  ["a type that the edge takes in no form", `new Blob(["hello"], { type: "x'y/z" })`, 5, NO_TYPE],
  ["a type in capitals", `new Blob(["hello"], { type: "IMAGE/PNG" })`, 5, "image/png"],
  ["a name that is too long", `new File(["hello"], "文".repeat(200))`, 5, NO_TYPE],
  ["a name with a line break", `new File(["hello"], "a\\nb")`, 5, NO_TYPE],
])("%s arrives", async (_, file, bytes, type) => {
  const { key, error, replay } = await place.uploadIn(place.app.page, file);
  expect(error).toBeUndefined();
  expect(replay).toBe("403 UrlAlreadyUsed");
  expect(await place.bucket.head(key!)).toMatchObject({ bytes, type });
});

test("a page of another origin can read no answer, and no URL is issued", async () => {
  const stranger = await place.openPage(await serveClient(onTestFinished));
  const before = place.log.length;
  const { error } = await place.uploadIn(stranger.page, `new Blob(["hello"])`);
  expect(error).toMatchObject({ name: "UploadError", code: "NetworkError" });
  expect(stranger.complaints.join("\n")).toContain("CORS policy");
  expect(place.log.slice(before)).toEqual([]);
});

test("a page can read the refusals of a missing token and of a file that is too big", async () => {
  expect((await place.uploadIn(place.app.page, `new Blob(["x"])`, "{ headers: {} }")).error).toMatchObject({
    code: "Unauthorized",
    status: 401,
  });
  expect((await place.uploadIn(place.app.page, `new Blob([new Uint8Array(10_000_001)])`)).error).toMatchObject({
    code: "InvalidArgument",
    status: 400,
    message: expect.stringContaining("content-length"),
  });
  expect(place.app.complaints).toEqual([]);
});

test("an upload stops on its signal, before and during the upload, and requests no new URL", async () => {
  const file = "new Blob([new Uint8Array(1_000_000)])";
  const before = await place.uploadIn(place.app.page, file, "{ signal: AbortSignal.abort() }");
  expect(before.error).toMatchObject({ code: "Aborted" });
  await place.app.network({ uploadBytesPerSecond: 200_000 });
  const during = await place.uploadIn(
    place.app.page,
    file,
    "{ signal: stop.signal, freshUrls: 3, onProgress: ({ sentBytes }) => sentBytes > 0 && stop.abort() }",
  );
  expect(during.error).toMatchObject({ code: "Aborted" });
});

test("a server that disconnects during the upload gives a NetworkError at once", async () => {
  const cors = { "access-control-allow-origin": place.appOrigin, "access-control-allow-methods": "PUT" };
  const edge = await serve((req, res) => {
    const grant = { url: `${edge}/k`, method: "PUT", headers: {}, key: "k" };
    if (req.method === "PUT") req.once("data", () => req.socket.resetAndDestroy());
    else res.writeHead(200, cors).end(JSON.stringify(grant));
  }, onTestFinished);
  const { error } = await place.uploadIn(
    place.app.page,
    "new Blob([new Uint8Array(5_000_000)])",
    "{ headers: {} }",
    `${edge}/url`,
  );
  expect(error).toMatchObject({ name: "UploadError", code: "NetworkError" });
});

test("a file of another size than granted is not sent", async () => {
  const code = await place.app.page.evaluate(`(async () => {
    const headers = { authorization: "Bearer ${TOKEN}" };
    const grant = await client.requestGrant(new File(["hello"], "a"), { endpoint: "${place.local.baseUrl}/url", headers });
    return client.sendOnce(new File(["hello!"], "a"), grant).catch(({ code }) => code);
  })()`);
  expect(code).toBe("WrongSize");
});
