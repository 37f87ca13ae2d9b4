import { rm } from "node:fs/promises";

import { describe, expect, onTestFinished, test } from "vitest";

import { CHOSEN, TOKEN, useClientPage } from "./client-page.ts";
import { serve } from "./serve-client.ts";

const place = useClientPage();

/** An endpoint that lets another client use its first URL before the page can. */
async function spoilingEndpoint(): Promise<{ url: string; issued: () => number }> {
  let issued = 0;
  const origin = await serve(async (req, res) => {
    const answer = await fetch(`${place.local.baseUrl}/url${new URL(req.url!, "http://x").search}`, {
      headers: { accept: "application/json", authorization: `Bearer ${TOKEN}` },
    });
    const grant = (await answer.json()) as { url: string };
    issued += 1;
    if (issued === 1) await fetch(grant.url, { method: "PUT", body: "other" });
    res.writeHead(200, { "access-control-allow-origin": place.appOrigin }).end(JSON.stringify(grant));
  }, onTestFinished);
  return { url: origin, issued: () => issued };
}

test("a used URL is never retried; a new one is requested only if freshUrls allows it", async () => {
  const strict = await spoilingEndpoint();
  const file = `new Blob(["12345"])`;
  expect((await place.uploadIn(place.app.page, file, "{ headers: {} }", strict.url)).error?.code).toBe(
    "UrlAlreadyUsed",
  );
  expect(strict.issued()).toBe(1);
  const lenient = await spoilingEndpoint();
  const { key } = await place.uploadIn(place.app.page, file, "{ headers: {}, freshUrls: 1 }", lenient.url);
  expect(lenient.issued()).toBe(2);
  expect((await place.bucket.read(key!)).toString()).toBe("12345");
});

/** An edge that answers uploads as told; returns its endpoint, and when uploads came. */
async function scriptedEdge(...answers: { status: number; code?: string; retryAfter?: string }[]) {
  const puts: number[] = [];
  const cors = {
    "access-control-allow-origin": place.appOrigin,
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

test("each grant is reported before the file is sent to its URL", async () => {
  const edge = await scriptedEdge({ status: 502 }, { status: 200 });
  const onGrant = `({ url, key }) => told.push([url, key, performance.getEntriesByName(url).length])`;
  const options = `(globalThis.told = [], { headers: {}, freshUrls: 1, onGrant: ${onGrant} })`;
  expect((await place.uploadIn(place.app.page, `new Blob(["x"])`, options, edge.url)).error).toBeUndefined();
  const url = edge.url.replace(/url$/, "k");
  const [first, second] = await place.app.page.evaluate<[string, string, number][]>("told");
  expect(first).toEqual([url, "k", 0]);
  expect(second?.slice(0, 2)).toEqual([url, "k"]);
});

test("what onGrant throws ends the upload before anything is sent", async () => {
  const edge = await scriptedEdge({ status: 200 });
  const options = `{ headers: {}, onGrant: () => { throw new Error("not this one"); } }`;
  const { error } = await place.uploadIn(place.app.page, `new Blob(["x"])`, options, edge.url);
  expect([error?.message, edge.puts.length]).toEqual(["not this one", 0]);
});

test("the same URL is retried after Retry-After if the edge is too busy", async () => {
  const busy = { status: 503, code: "SlowDown", retryAfter: "1" };
  const edge = await scriptedEdge(busy, { status: 200 });
  expect((await place.uploadIn(place.app.page, `new Blob(["x"])`, "{ headers: {} }", edge.url)).error).toBeUndefined();
  expect(edge.puts[1]! - edge.puts[0]!).toBeGreaterThanOrEqual(1_000);
  const neverReady = await scriptedEdge(...Array.from({ length: 9 }, () => ({ ...busy, retryAfter: "0" })));
  expect((await place.uploadIn(place.app.page, `new Blob(["x"])`, "{ headers: {} }", neverReady.url)).error?.code).toBe(
    "SlowDown",
  );
  expect(neverReady.puts).toHaveLength(4);
});

test.each([{ status: 503, code: "SlowDown" }, { status: 500, code: "InternalError" }, { status: 502 }])(
  "a URL is used up and not retried if S3 answers $status $code",
  async (answer) => {
    const strict = await scriptedEdge(answer);
    const { error } = await place.uploadIn(place.app.page, `new Blob(["x"])`, "{ headers: {} }", strict.url);
    expect([error?.code, strict.puts.length]).toEqual([answer.code ?? "UploadRefused", 1]);
    const lenient = await scriptedEdge(answer, { status: 200 });
    await place.uploadIn(place.app.page, `new Blob(["x"])`, "{ headers: {}, freshUrls: 1 }", lenient.url);
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
      "access-control-allow-origin": place.appOrigin,
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
    place.uploadIn(place.app.page, `new Blob(["x"])`, options, edge.url);

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
    expect(await place.app.page.evaluate("told")).toEqual([
      [1, false, "NetworkError"],
      [2, true, "NetworkError"],
    ]);
    expect(edge.asked.slice(0, 2)).toEqual(["same-client", "same-client"]);
  });

  test("a file that becomes unreadable during the upload is named, and not sent again", async () => {
    const path = await place.chooseFile();
    const edge = await lossyEdge(granted, () => rm(path));
    const { error } = await place.uploadIn(
      place.app.page,
      CHOSEN,
      "{ headers: {}, retries: 2, freshUrls: 2 }",
      edge.url,
    );
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
