import { createHash, randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";

import { type Local, startLocal } from "@presign-once/local-edge";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { type Bucket, bucketOf } from "./bucket.ts";
import { type OpenPage, useChromium } from "./open-page.ts";
import { serve, serveClient } from "./serve-client.ts";
import { makeFile, SPOILED } from "./spoiled-files.ts";

const TOKEN = randomBytes(32).toString("base64url");

const openPage = useChromium();
let appOrigin: string;
let local: Local;
let bucket: Bucket;
const log: string[] = [];
beforeAll(async () => {
  appOrigin = await serveClient(afterAll);
  const sha256 = createHash("sha256").update(TOKEN).digest("hex");
  local = await startLocal({
    onLog: (line) => log.push(line),
    config: {
      cors: { origins: [appOrigin] },
      authorizer: { type: "bearer", tokens: [{ name: "app", sha256 }] },
      maxBytes: 10_000_000,
    },
  });
  bucket = bucketOf(local, afterAll);
});
afterAll(() => local?.stop());

let app: OpenPage;
beforeEach(async () => {
  app = await openPage(appOrigin);
});

interface Outcome {
  readonly key?: string;
  readonly grant?: { url: string; headers: Record<string, string> };
  readonly error?: { name: string; code: string; status?: number; message: string };
  readonly progress: { sentBytes: number; totalBytes: number; bytesPerSecond: number; secondsLeft: number }[];
  readonly replay?: string;
}

/**
 * Runs `upload` in the page.
 *
 * @param file     an expression for the file
 * @param options  an expression for further options; it may use `stop`, an AbortController
 */
function uploadIn(page: Page, file: string, options = "{}", endpoint = `${local.edgeUrl}/url`): Promise<Outcome> {
  return page.evaluate<Outcome>(`(async () => {
    const progress = [], stop = new AbortController();
    const defaults = {
      endpoint: ${JSON.stringify(endpoint)},
      headers: { authorization: "Bearer ${TOKEN}" },
      onProgress: (step) => progress.push(step),
    };
    const file = ${file};
    const refused = ({ name, code, status, message }) => ({ name, code, status, message });
    try {
      const grant = await client.upload(file, { ...defaults, ...${options} });
      const replay = await client.sendOnce(file, grant).then(() => "stored", ({ code, status }) => status + " " + code);
      return { key: grant.key, grant, progress, replay };
    } catch (error) {
      return { error: refused(error), progress };
    }
  })()`);
}

/** Chooses a file of the disk in the page. @returns its path */
async function chooseFile(): Promise<string> {
  const path = await makeFile(onTestFinished);
  await app.page.evaluate(`document.body.innerHTML = '<input type="file" id="file">'`);
  await app.page.setInputFiles("#file", path);
  return path;
}
const CHOSEN = `document.getElementById("file").files[0]`;
/** As a page that shows the size does. Chromium takes a file as it is when a page first asks for its size. */
const showSize = () => app.page.evaluate(`${CHOSEN}.size`);

test("a page on another port uploads, gets progress, and can read why a second use is refused", async () => {
  await app.network({ uploadBytesPerSecond: 1_000_000 });
  const { key, grant, progress, replay } = await uploadIn(
    app.page,
    `new File([new Uint8Array(2_000_000).fill(7)], "été 文件*.txt", { type: "text/plain;charset=utf-8" })`,
  );
  expect(replay).toBe("403 UrlAlreadyUsed");
  expect(Object.keys(grant!.headers).sort()).toEqual(["content-type", "x-amz-meta-filename"]);
  const { bytes, type, metadata } = await bucket.head(key!);
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
  const etag = await app.page.evaluate<string>(`(async () => {
    const file = new Blob(["hello"]);
    const grant = await client.requestGrant(file, {
      endpoint: "${local.edgeUrl}/url", headers: { authorization: "Bearer ${TOKEN}" },
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
  const { key, error, replay } = await uploadIn(app.page, file);
  expect(error).toBeUndefined();
  expect(replay).toBe("403 UrlAlreadyUsed");
  expect(await bucket.head(key!)).toMatchObject({ bytes, type });
});

test("a page of another origin can read no answer, and no URL is issued", async () => {
  const stranger = await openPage(await serveClient(onTestFinished));
  const before = log.length;
  const { error } = await uploadIn(stranger.page, `new Blob(["hello"])`);
  expect(error).toMatchObject({ name: "UploadError", code: "NetworkError" });
  expect(stranger.complaints.join("\n")).toContain("CORS policy");
  expect(log.slice(before)).toEqual([]);
});

test("a page can read the refusals of a missing token and of a file that is too big", async () => {
  expect((await uploadIn(app.page, `new Blob(["x"])`, "{ headers: {} }")).error).toMatchObject({
    code: "Unauthorized",
    status: 401,
  });
  expect((await uploadIn(app.page, `new Blob([new Uint8Array(10_000_001)])`)).error).toMatchObject({
    code: "InvalidArgument",
    status: 400,
    message: expect.stringContaining("content-length"),
  });
  expect(app.complaints).toEqual([]);
});

test("an upload stops on its signal, before and during the upload, and requests no new URL", async () => {
  const file = "new Blob([new Uint8Array(1_000_000)])";
  const before = await uploadIn(app.page, file, "{ signal: AbortSignal.abort() }");
  expect(before.error).toMatchObject({ code: "Aborted" });
  await app.network({ uploadBytesPerSecond: 200_000 });
  const during = await uploadIn(
    app.page,
    file,
    "{ signal: stop.signal, freshUrls: 3, onProgress: ({ sentBytes }) => sentBytes > 0 && stop.abort() }",
  );
  expect(during.error).toMatchObject({ code: "Aborted" });
});

test("a server that disconnects during the upload gives a NetworkError at once", async () => {
  const cors = { "access-control-allow-origin": appOrigin, "access-control-allow-methods": "PUT" };
  const edge = await serve((req, res) => {
    const grant = { url: `${edge}/k`, method: "PUT", headers: {}, key: "k" };
    if (req.method === "PUT") req.once("data", () => req.socket.resetAndDestroy());
    else res.writeHead(200, cors).end(JSON.stringify(grant));
  }, onTestFinished);
  const { error } = await uploadIn(app.page, "new Blob([new Uint8Array(5_000_000)])", "{ headers: {} }", `${edge}/url`);
  expect(error).toMatchObject({ name: "UploadError", code: "NetworkError" });
});

/** An endpoint that lets another client use its first URL before the page can. */
async function spoilingEndpoint(): Promise<{ url: string; issued: () => number }> {
  let issued = 0;
  const origin = await serve(async (req, res) => {
    const answer = await fetch(`${local.edgeUrl}/url${new URL(req.url!, "http://x").search}`, {
      headers: { accept: "application/json", authorization: `Bearer ${TOKEN}` },
    });
    const grant = (await answer.json()) as { url: string };
    issued += 1;
    if (issued === 1) await fetch(grant.url, { method: "PUT", body: "other" });
    res.writeHead(200, { "access-control-allow-origin": appOrigin }).end(JSON.stringify(grant));
  }, onTestFinished);
  return { url: origin, issued: () => issued };
}

test("a used URL is never retried; a new one is requested only if freshUrls allows it", async () => {
  const strict = await spoilingEndpoint();
  const file = `new Blob(["12345"])`;
  expect((await uploadIn(app.page, file, "{ headers: {} }", strict.url)).error?.code).toBe("UrlAlreadyUsed");
  expect(strict.issued()).toBe(1);
  const lenient = await spoilingEndpoint();
  const { key } = await uploadIn(app.page, file, "{ headers: {}, freshUrls: 1 }", lenient.url);
  expect(lenient.issued()).toBe(2);
  expect((await bucket.read(key!)).toString()).toBe("12345");
});

/** An edge that answers uploads as told; returns its endpoint, and when uploads came. */
async function scriptedEdge(...answers: { status: number; code?: string; retryAfter?: string }[]) {
  const puts: number[] = [];
  const cors = {
    "access-control-allow-origin": appOrigin,
    "access-control-allow-methods": "PUT",
    "access-control-expose-headers": "Retry-After",
  };
  const edge = await serve((req, res) => {
    if (req.method !== "PUT")
      return void res
        .writeHead(200, cors)
        .end(JSON.stringify({ url: `${edge}/k`, method: "PUT", headers: {}, key: "k" }));
    const { status, code = "", retryAfter } = answers[puts.push(performance.now()) - 1] ?? { status: 500 };
    res.writeHead(status, retryAfter === undefined ? cors : { ...cors, "retry-after": retryAfter });
    req.resume().on("end", () => res.end(`<Error><Code>${code}</Code></Error>`));
  }, onTestFinished);
  return { url: `${edge}/url`, puts };
}

test("the same URL is retried after Retry-After if the edge is too busy", async () => {
  const busy = { status: 503, code: "SlowDown", retryAfter: "1" };
  const edge = await scriptedEdge(busy, { status: 200 });
  expect((await uploadIn(app.page, `new Blob(["x"])`, "{ headers: {} }", edge.url)).error).toBeUndefined();
  expect(edge.puts[1]! - edge.puts[0]!).toBeGreaterThanOrEqual(1_000);
  const neverReady = await scriptedEdge(...Array.from({ length: 9 }, () => ({ ...busy, retryAfter: "0" })));
  expect((await uploadIn(app.page, `new Blob(["x"])`, "{ headers: {} }", neverReady.url)).error?.code).toBe("SlowDown");
  expect(neverReady.puts).toHaveLength(4);
});

test.each([{ status: 503, code: "SlowDown" }, { status: 500, code: "InternalError" }, { status: 502 }])(
  "a URL is used up and not retried if S3 answers $status $code",
  async (answer) => {
    const strict = await scriptedEdge(answer);
    const { error } = await uploadIn(app.page, `new Blob(["x"])`, "{ headers: {} }", strict.url);
    expect([error?.code, strict.puts.length]).toEqual([answer.code ?? "UploadRefused", 1]);
    const lenient = await scriptedEdge(answer, { status: 200 });
    await uploadIn(app.page, `new Blob(["x"])`, "{ headers: {}, freshUrls: 1 }", lenient.url);
    expect(lenient.puts.length).toBeGreaterThanOrEqual(2);
  },
);

describe("with retries, for a URL that allows them,", () => {
  /**
   * An edge that hangs up on uploads, perhaps after it did something, or answers them as told; with the secrets that came,
   * and what was asked for.
   */
  async function lossyEdge(
    grants: object,
    ...answers: ("hang up" | (() => Promise<void>) | { status: number; code?: string })[]
  ) {
    const secrets: unknown[] = [];
    const asked: string[] = [];
    const cors = {
      "access-control-allow-origin": appOrigin,
      "access-control-allow-methods": "PUT",
      "access-control-allow-headers": "x-presign-once-client",
      // On a kept connection that is reset, Chromium sends the request again by itself.
      connection: "close",
    };
    const edge = await serve(async (req, res) => {
      if (req.method === "OPTIONS") return void res.writeHead(204, cors).end();
      if (req.method !== "PUT") {
        asked.push(new URL(req.url!, "http://x").searchParams.get("retries") ?? "");
        const grant = { url: `${edge}/k`, method: "PUT", headers: {}, key: "k", ...grants };
        return void res.writeHead(200, cors).end(JSON.stringify(grant));
      }
      const answer = answers[secrets.push(req.headers["x-presign-once-client"]) - 1] ?? { status: 500 };
      if (typeof answer === "function") await answer();
      if (answer === "hang up" || typeof answer === "function") return void req.socket.resetAndDestroy();
      res.writeHead(answer.status, cors);
      req.resume().on("end", () => res.end(`<Error><Code>${answer.code ?? ""}</Code></Error>`));
    }, onTestFinished);
    return { url: `${edge}/url`, secrets, asked };
  }
  const granted = { retries: "same-client" };
  const send = (edge: { url: string }, options = "{ headers: {}, retries: 2 }") =>
    uploadIn(app.page, `new Blob(["x"])`, options, edge.url);

  test("a lost upload is sent again to the same URL, with the same secret each time", async () => {
    const edge = await lossyEdge(granted, "hang up", "hang up", { status: 200 });
    expect((await send(edge)).error).toBeUndefined();
    expect(edge.asked).toEqual(["same-client"]);
    const [secret] = edge.secrets;
    expect(secret).toMatch(/^[0-9a-f]{48}$/);
    expect(edge.secrets.slice(0, 3)).toEqual([secret, secret, secret]);
    const other = await lossyEdge(granted, { status: 200 });
    await send(other);
    expect(other.secrets[0]).not.toBe(secret);
  });

  test("each retry is reported before it starts, and whether it uses another URL", async () => {
    const edge = await lossyEdge(granted, "hang up", "hang up", { status: 200 });
    const told = "(globalThis.told = [])";
    const onRetry = `({ attempt, freshUrl, error }) => told.push([attempt, freshUrl, error.code])`;
    const options = `(${told}, { headers: {}, retries: 1, freshUrls: 1, onRetry: ${onRetry} })`;
    expect((await send(edge, options)).error).toBeUndefined();
    expect(await app.page.evaluate("told")).toEqual([
      [1, false, "NetworkError"],
      [2, true, "NetworkError"],
    ]);
    expect(edge.asked.slice(0, 2)).toEqual(["same-client", "same-client"]);
  });

  test("a file that becomes unreadable during the upload is named, and not sent again", async () => {
    const path = await chooseFile();
    const edge = await lossyEdge(granted, () => rm(path));
    const { error } = await uploadIn(app.page, CHOSEN, "{ headers: {}, retries: 2, freshUrls: 2 }", edge.url);
    expect(error?.code).toBe("FileUnreadable");
    expect([edge.secrets.length, edge.asked.length]).toEqual([1, 1]);
  });

  test("the upload fails after the maximum of retries", async () => {
    const edge = await lossyEdge(granted, "hang up", "hang up", "hang up", { status: 200 });
    expect((await send(edge)).error?.code).toBe("NetworkError");
    expect(edge.secrets).toHaveLength(3);
  });

  test.each([
    { status: 409, code: "UploadAlreadyStored" },
    { status: 412, code: "PreconditionFailed" },
  ])("$code means that the lost upload has arrived", async (answer) => {
    const lost = await lossyEdge(granted, "hang up", answer);
    expect((await send(lost)).error).toBeUndefined();
  });

  test("UploadAlreadyStored to a first request counts as stored: the browser sent it twice", async () => {
    const resent = await lossyEdge(granted, { status: 409, code: "UploadAlreadyStored" });
    expect((await send(resent)).error).toBeUndefined();
    const other = await lossyEdge(granted, { status: 412, code: "PreconditionFailed" });
    expect((await send(other)).error?.code).toBe("PreconditionFailed");
    const notGranted = await lossyEdge({}, { status: 409, code: "UploadAlreadyStored" });
    expect((await send(notGranted)).error?.code).toBe("UploadAlreadyStored");
  });

  test("nothing is retried and no secret is sent for a URL without retries", async () => {
    const edge = await lossyEdge({}, "hang up", { status: 200 });
    expect((await send(edge)).error?.code).toBe("NetworkError");
    expect(edge.secrets).toEqual([undefined]);
    const unasked = await lossyEdge({}, { status: 200 });
    await send(unasked, "{ headers: {} }");
    expect(unasked.asked).toEqual([""]);
  });
});

describe("a file that cannot be read is named, and no URL is requested:", () => {
  const grantsAsked = () => log.filter((line) => line.includes('"presignOnce":"issue"')).length;

  test.each(SPOILED)("%s after its size was shown", async (_, spoil) => {
    const before = grantsAsked();
    const path = await chooseFile();
    await showSize();
    await spoil(path);
    const { error } = await uploadIn(app.page, CHOSEN, "{ retries: 2, freshUrls: 2 }");
    expect(error).toMatchObject({
      code: "FileUnreadable",
      message: expect.stringMatching(/deleted, moved or changed/),
    });
    expect(grantsAsked()).toBe(before);
  });

  test("deleted before the page looked at it", async () => {
    const before = grantsAsked();
    await rm(await chooseFile());
    expect((await uploadIn(app.page, CHOSEN)).error?.code).toBe("FileUnreadable");
    expect(grantsAsked()).toBe(before);
  });

  test.each(SPOILED)("%s after its URL was granted, and the URL stays unused", async (_, spoil) => {
    const path = await chooseFile();
    await app.page.evaluate(`(async () => {
      const headers = { authorization: "Bearer ${TOKEN}" };
      globalThis.grant = await client.requestGrant(${CHOSEN}, { endpoint: "${local.edgeUrl}/url", headers });
    })()`);
    const send = (file: string) =>
      app.page.evaluate(`client.sendOnce(${file}, grant).then(() => "stored", ({ code }) => code)`);
    await spoil(path);
    expect(await send(CHOSEN)).toBe("FileUnreadable");
    expect(await send("new Blob([new Uint8Array(100_000)])")).toBe("stored");
  });

  test("a readable file is uploaded", async () => {
    await chooseFile();
    expect((await uploadIn(app.page, CHOSEN)).key).toMatch(/^uploads\//);
  });
});

test("a file of another size than granted is not sent", async () => {
  const code = await app.page.evaluate(`(async () => {
    const headers = { authorization: "Bearer ${TOKEN}" };
    const grant = await client.requestGrant(new File(["hello"], "a"), { endpoint: "${local.edgeUrl}/url", headers });
    return client.sendOnce(new File(["hello!"], "a"), grant).catch(({ code }) => code);
  })()`);
  expect(code).toBe("WrongSize");
});
