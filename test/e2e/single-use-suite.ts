import { randomBytes } from "node:crypto";

import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { sendRaw } from "../support/raw-request.ts";
import type { Place } from "./place.ts";
import { type Stack, startStack } from "./stack.ts";

/**
 * The guarantee of presign-once from end to end: built functions, a real S3 server, real sockets.
 *
 * @param name   of the server and strategy
 * @param start  starts the S3 server, with an empty bucket
 */
export function describeSingleUse(name: string, start: () => Promise<Place>): void {
  describe(`single use on ${name}`, () => {
    let place: Place;
    let stack: Stack;
    beforeAll(async () => {
      place = await start();
      stack = await startStack(place.server, place.bucket, place.options);
    }, 180_000);
    afterAll(async () => {
      await stack?.stop();
      await place?.stop();
    }, 60_000);

    /** How many requests S3 sees while something happens. */
    async function requestsDuring(work: () => Promise<void>): Promise<number> {
      const before = stack.network.requests.length;
      await work();
      return stack.network.requests.length - before;
    }

    /** Sends one good upload, to show that the URL was still unused. */
    async function expectUnused(url: string): Promise<void> {
      const body = randomBytes(64);
      expect((await stack.send(url, { body })).status).toBe(200);
      expect(await stack.objectOf(url)).toEqual(body);
    }

    test("the first upload is stored byte for byte, the second is refused with UrlAlreadyUsed", async () => {
      const url = await stack.issue();
      const body = randomBytes(1_000_000);
      expect((await stack.send(url, { body })).status).toBe(200);
      const second = await stack.send(url, { body: "something else" });
      expect(second).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
      expect(second.headers.get("cache-control")).toBe("no-store");
      expect(await stack.objectOf(url)).toEqual(body);
    });

    test("a used URL stays used after its object is overwritten or deleted by its owner", async () => {
      const url = await stack.issue();
      await stack.send(url);
      const Key = new URL(url).pathname.slice(1);
      await stack.s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key }));
      expect(await stack.send(url)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
    });

    test("every other encoding of a used URL is refused, and of an unused one accepted", async () => {
      const spellings: ((query: string) => string)[] = [
        (query) => query.split("&").reverse().join("&"),
        (query) => query.replaceAll("%2F", "%2f").replace("host%3B", "%68ost%3b"),
        (query) => query.replace("X-Amz-Expires", "X%2DAmz-Expires"),
      ];
      for (const respell of spellings) {
        const url = await stack.issue();
        const [base, query = ""] = url.split("?");
        const other = `${base}?${respell(query)}`;
        expect(other).not.toBe(url);
        expect((await stack.send(other)).status).toBe(200);
        expect(await stack.send(url)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
        expect(await stack.send(other)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
      }
    });

    test("a forged, altered or foreign URL is refused without a request to S3", async () => {
      const url = await stack.issue();
      const altered: [string, string][] = [
        [url.replace(/x-once-tag=[^&]*/, ""), "InvalidRequest"],
        [url.replace(/&x-once-tag=[^&]*/, ""), "UrlUnknown"],
        [url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")), "UrlUnknown"],
        [url.replace("X-Amz-Expires=930", "X-Amz-Expires=931"), "UrlUnknown"],
        [url.replace("/uploads/", "/uploads/x"), "UrlUnknown"],
        [url.replace("/uploads/", "/signatures/"), "UrlUnknown"],
        [`${url}&x-id=PutObject`, "UrlUnknown"],
        [`${url}&X-Amz-Expires=930`, "InvalidRequest"],
        [url.replace("X-Amz-Date", "x-amz-date"), "InvalidRequest"],
        [url.replace(/X-Amz-Signature=[^&]*/, "X-Amz-Signature=0"), "InvalidRequest"],
      ];
      const requests = await requestsDuring(async () => {
        for (const [other, code] of altered) expect([other, (await stack.send(other)).code]).toEqual([other, code]);
      });
      expect(requests).toBe(0);
      await expectUnused(url);
    });

    test("only a well-formed PUT uses a URL up, and other requests are refused without a request to S3", async () => {
      const url = await stack.issue();
      const { pathname, search, host } = new URL(url);
      const refused: [number, string, () => Promise<{ status: number; code: string }>][] = [
        [405, "MethodNotAllowed", () => stack.send(url, { method: "GET" })],
        [405, "MethodNotAllowed", () => stack.send(url, { method: "DELETE" })],
        [405, "MethodNotAllowed", () => stack.send(url, { method: "POST", body: "hello" })],
        [405, "", () => stack.send(url, { method: "HEAD" })],
        [400, "InvalidRequest", () => stack.send(url, { headers: { authorization: "Basic Zm9vOmJhcg==" } })],
        [400, "InvalidRequest", () => stack.send(url, { headers: { "x-amz-acl": "public-read" } })],
        [400, "InvalidRequest", () => stack.send(url, { headers: { "x-once-lock": "0".repeat(64) } })],
        [400, "InvalidRequest", () => stack.send(url, { headers: { "x-amz-meta-presign-once-id": "1" } })],
        [400, "InvalidRequest", () => stack.send(url, { headers: { "if-none-match": "*" } })],
        [400, "InvalidRequest", () => stack.send(url, { headers: { "content-md5": "XUFAKrxLKna5cZ2REBfFkg==" } })],
        [400, "InvalidRequest", () => stack.send(url, { headers: { "content-range": "bytes 5-9/10" } })],
        [
          400,
          "InvalidRequest",
          () => stack.send(url, { headers: { "content-type": "multipart/form-data; boundary=a" } }),
        ],
        [400, "InvalidRequest", () => stack.send(`${url}%`)],
        [
          403,
          "UrlUnknown",
          () =>
            stack.send(
              `${url.split("?")[0]}?${search.slice(1).split("&").reverse().join("&").replace("=930", "=929")}`,
            ),
        ],
        [
          411,
          "MissingContentLength",
          () => raw(`PUT ${pathname}${search} HTTP/1.1\nHost: ${host}\nConnection: close\n\n`),
        ],
        [
          411,
          "MissingContentLength",
          () =>
            raw(
              `PUT ${pathname}${search} HTTP/1.1\nHost: ${host}\nTransfer-Encoding: chunked\nConnection: close\n\n5\nhello\n0\n\n`,
            ),
        ],
        [411, "MissingContentLength", () => stack.send(url, { body: "hello", tellsLength: false })],
        [
          400,
          "EntityTooLarge",
          () =>
            raw(`PUT ${pathname}${search} HTTP/1.1\nHost: ${host}\nContent-Length: 5368709121\nConnection: close\n\n`),
        ],
      ];
      async function raw(request: string) {
        const answer = await sendRaw(url, request);
        return { status: Number(answer.split(" ")[1]), code: /<Code>(\w+)<\/Code>/.exec(answer)?.[1] ?? "" };
      }
      const requests = await requestsDuring(async () => {
        for (const [status, code, attempt] of refused) {
          const answer = await attempt();
          expect([answer.status, answer.code, String(attempt)]).toEqual([status, code, String(attempt)]);
        }
        expect((await stack.send(url, { method: "OPTIONS" })).status).toBe(204);
      });
      expect(requests).toBe(0);
      await expectUnused(url);
    });

    test("S3 itself refuses a URL that is sent around the edge, before and after its use", async () => {
      const url = await stack.issue();
      const { pathname, search } = new URL(url);
      const atOrigin = stack.local.originUrl + pathname + search;
      const withoutTag = atOrigin.replace(/&x-once-tag=[^&]*/, "");
      for (const use of [false, true]) {
        if (use) await expectUnused(url);
        for (const direct of [atOrigin, withoutTag]) {
          expect((await stack.send(direct)).status).toBe(403);
          expect((await stack.send(direct, { headers: { "x-once-lock": "0".repeat(64) } })).status).toBe(403);
        }
      }
    });

    test("no log line contains a URL, a query, a tag or a lock", async () => {
      const url = await stack.issue();
      await stack.send(url);
      await stack.send(url);
      const lines = stack.log.filter((line) => line.includes("presignOnce"));
      expect(lines.length).toBeGreaterThanOrEqual(3);
      const { searchParams } = new URL(url);
      const secrets = [
        "X-Amz-",
        "x-once-",
        searchParams.get("X-Amz-Signature"),
        searchParams.get("x-once-tag")?.split(".")[1],
      ];
      for (const secret of secrets) expect(stack.log.join("\n")).not.toContain(secret);
    });
  });
}
