import { randomBytes } from "node:crypto";

import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  createConditionalIndex,
  createLeanIndexS3,
  createS3DownloadSource,
  createS3UploadClient,
  createS3UploadSink,
} from "@presign-once/adapter-s3";
import type { Authorizer } from "@presign-once/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startOnR2 } from "./r2-place.ts";
import type { RelayPlace } from "./relay-place.ts";
import { serveRelay } from "./served-relay.ts";

const BODY = randomBytes(24_000_000);
const authorizer: Authorizer = {
  authorize: async () => ({ status: "allowed", subject: "a", downloads: [""] }),
};

describe("downloads through a relay on R2", () => {
  let place: RelayPlace;
  beforeAll(async () => {
    place = await startOnR2(async (r2, bucket) => {
      const s3 = createS3UploadClient(r2);
      const relay = await serveRelay({
        index: createConditionalIndex({ s3: createLeanIndexS3(r2), bucket }),
        sink: createS3UploadSink({ s3, bucket }),
        downloads: { source: createS3DownloadSource({ s3, bucket }), leaseSeconds: 60 },
        authorizer,
      });
      return {
        ...relay,
        async stop() {
          await relay.stop();
          s3.destroy();
        },
      };
    });
  }, 60_000);
  afterAll(() => place?.stop());

  /** Stores an object as a page would be, and gets a link for it. */
  async function link(query = "", isStored = true): Promise<string> {
    const Key = `uploads/${randomBytes(8).toString("hex")} é.bin`;
    const stored = { ContentType: "text/html", ContentDisposition: "inline", CacheControl: "public" };
    if (isStored) await place.s3.send(new PutObjectCommand({ Bucket: place.bucket, Key, Body: BODY, ...stored }));
    const answer = await fetch(`${place.relay.url}/url?download=${encodeURIComponent(Key)}${query}`);
    expect(answer.status).toBe(200);
    return answer.text();
  }

  async function press(url: string): Promise<string> {
    const answer = await fetch(url, { method: "POST", body: "", redirect: "manual" });
    expect(answer.status).toBe(303);
    return new URL(answer.headers.get("location") ?? "", url).href;
  }

  const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

  test("a link is shown without being used, and gives the file once, to be saved", async () => {
    const url = await link("&filename=a.txt");
    expect(url).toMatch(new RegExp(`^${place.relay.url}/d/`));
    for (const method of ["GET", "HEAD"]) expect((await fetch(url, { method })).status).toBe(200);
    const file = await fetch(url, { method: "POST", body: "" }); // follows the redirect, as curl -L -d '' does
    expect([file.status, BODY.equals(await bytesOf(file))]).toEqual([200, true]);
    for (const [name, value] of [
      ["content-type", "application/octet-stream"],
      ["content-disposition", `attachment; filename="a.txt"; filename*=UTF-8''a.txt`],
      ["cache-control", "no-store"],
      ["x-content-type-options", "nosniff"],
      ["content-security-policy", "sandbox"],
      ["content-length", String(BODY.length)],
    ] as const)
      expect([name, file.headers.get(name)]).toEqual([name, value]);
    expect((await fetch(url)).status).toBe(410);
  });

  test("of 32 passes at once, one downloads", async () => {
    const url = await link();
    const passes = await Promise.all(Array.from({ length: 32 }, () => press(url)));
    const answers = await Promise.all(passes.map((pass) => fetch(pass)));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    expect(statuses).toEqual([200, ...Array.from({ length: 31 }, () => 410)]);
  });

  test("a client that hangs up goes on with the same pass where it broke off; no other does", async () => {
    const url = await link();
    const pass = await press(url);
    const gone = new AbortController();
    const first = await fetch(pass, { signal: gone.signal, headers: { range: "bytes=9-" } });
    expect(first.status).toBe(200); // the whole file at first
    const etag = first.headers.get("etag") ?? "";
    await first.body?.getReader().read();
    gone.abort();
    await expect.poll(() => place.relay.log.at(-1)).toContain("broken-off");

    const rest = await fetch(pass, { headers: { range: "bytes=23000000-", "if-range": etag } });
    expect([rest.status, rest.headers.get("content-range")]).toEqual([206, "bytes 23000000-23999999/24000000"]);
    expect(BODY.subarray(23_000_000).equals(await bytesOf(rest))).toBe(true);
    const other = await fetch(pass, { headers: { range: "bytes=23000000-", "if-range": '"other"' } });
    expect([other.status, BODY.equals(await bytesOf(other))]).toEqual([200, true]);
    expect((await fetch(pass, { headers: { range: "bytes=24000000-" } })).status).toBe(416);
    expect((await fetch(await press(url))).status).toBe(410);
  });

  test("a link for nothing is used up by the store's answer", async () => {
    const url = await link("", false);
    expect((await fetch(await press(url))).status).toBe(404);
    expect((await fetch(url)).status).toBe(410);
  });
});
