import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Place } from "./place.ts";
import { type Stack, startStack } from "./stack.ts";
import type { Answer } from "./viewer.ts";

const LEASE_SECONDS = 20;

/**
 * Retries by the same client, from end to end: built functions, a real S3 server, connections that really drop.
 *
 * @param name      of the server
 * @param evidence  what tells there that an upload has arrived
 * @param start     starts the S3 server, with an empty bucket
 */
export function describeRetries(name: string, evidence: "versions" | "object", start: () => Promise<Place>): void {
  describe(`retries on ${name}`, () => {
    let place: Place;
    let stack: Stack;
    beforeAll(async () => {
      place = await start();
      const retries = { evidence, leaseSeconds: LEASE_SECONDS };
      const config = { ...place.options?.config, retries };
      stack = await startStack(place.server, place.bucket, { ...place.options, config });
    }, 180_000);
    afterAll(async () => {
      await stack?.stop();
      await place?.stop();
    }, 60_000);

    const newSecret = () => randomBytes(24).toString("base64url");

    async function issue(): Promise<string> {
      const answer = await fetch(`${stack.local.baseUrl}/url?retries=same-client`);
      expect(answer.status).toBe(200);
      return answer.text();
    }

    function send(url: string, body: Buffer | string, secret?: string): Promise<Answer> {
      const headers: Record<string, string> = secret === undefined ? {} : { "x-presign-once-client": secret };
      return stack.send(url, { body, headers });
    }

    /** Sends half of an upload, and lets the connection drop once that has begun to reach S3. */
    async function sendHalf(url: string, body: Buffer, secret: string): Promise<void> {
      const before = stack.local.originRequestCount();
      const headers = { "content-length": body.length, "x-presign-once-client": secret };
      const half = request(url, { method: "PUT", headers, agent: false });
      half.on("error", () => {});
      half.write(body.subarray(0, body.length / 2));
      await expect.poll(() => stack.local.originRequestCount()).toBe(before + 1);
      const closed = new Promise((resolve) => half.once("close", resolve)); // an error comes first, and is meant
      half.destroy();
      await closed;
    }

    test("the same client retries after a dropped connection, and attackers with the URL are refused meanwhile", async () => {
      const [url, secret, body] = [await issue(), newSecret(), randomBytes(2_000_000)];
      await sendHalf(url, body, secret);
      expect(await send(url, "stolen")).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
      expect(await send(url, "stolen", newSecret())).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
      expect(await stack.objectOf(url)).toBeUndefined();
      expect((await send(url, body, secret)).status).toBe(200);
      expect(await stack.objectOf(url)).toEqual(body);
      for (const thief of [undefined, newSecret()])
        expect(await send(url, "stolen", thief)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
      expect(await stack.objectOf(url)).toEqual(body);
    });

    test("one object results from an upload that is held open and another that overtakes it", async () => {
      const [url, secret, body] = [await issue(), newSecret(), randomBytes(2_000_000)];
      const before = stack.local.originRequestCount();
      const headers = { "content-length": body.length, "x-presign-once-client": secret };
      const held = request(url, { method: "PUT", headers, agent: false });
      const answered = once(held, "response") as Promise<[IncomingMessage]>;
      held.write(body.subarray(0, body.length / 2));
      await expect.poll(() => stack.local.originRequestCount()).toBe(before + 1);
      expect(await send(url, "whole", secret)).toMatchObject({ status: 200 });
      held.end(body.subarray(body.length / 2));
      const [answer] = await answered;
      answer.resume();
      expect([409, 412]).toContain(answer.statusCode);
      expect(String(await stack.objectOf(url))).toBe("whole");
    });

    test("once the object is stored, retries are answered so, and nothing changes it", async () => {
      const [url, secret] = [await issue(), newSecret()];
      const first = await send(url, "first", secret);
      expect([first.status, first.headers.get("x-presign-once-already-stored")]).toEqual([200, null]);
      const again = await send(url, "first", secret);
      expect([again.status, again.headers.get("x-presign-once-already-stored")]).toEqual([200, "true"]);
      expect(again.headers.get("etag")).toBe(first.headers.get("etag"));
      expect(await send(url, "another", secret)).toMatchObject({ status: 409, code: "UploadAlreadyStored" });
      expect(String(await stack.objectOf(url))).toBe("first");
    });

    test("an attacker that is first excludes the client, even if it has its own secret", async () => {
      for (const thief of [undefined, newSecret()]) {
        const url = await issue();
        expect((await send(url, "stolen", thief)).status).toBe(200);
        expect(await send(url, "mine", newSecret())).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
      }
    });

    test("many concurrent requests of one client may pass, and one complete object results", async () => {
      const [url, secret] = [await issue(), newSecret()];
      const bodies = Array.from({ length: 8 }, () => randomBytes(100_000));
      const answers = await Promise.all(bodies.map(async (body) => send(url, body, secret)));
      const isNew = ({ status, headers }: Answer) => status === 200 && !headers.has("x-presign-once-already-stored");
      const stored = answers.flatMap((answer, i) => (isNew(answer) ? [bodies[i]] : []));
      expect(stored).toHaveLength(1);
      expect(await stack.objectOf(url)).toEqual(stored[0]);
      for (const { status } of answers) expect([200, 409, 412, 503]).toContain(status);
    });

    test("the secret is in no log line and in no request to S3", async () => {
      const [url, secret] = [await issue(), newSecret()];
      await send(url, "first", secret);
      await send(url, "second", secret);
      expect(stack.log.join("\n")).not.toContain(secret);
      expect(stack.network.requests.length).toBeGreaterThan(0);
      expect(JSON.stringify(stack.network.requests)).not.toContain(secret);
    });

    test("refuses a secret that is too short or for a URL without retries, and keeps the URL usable", async () => {
      const url = await issue();
      expect(await send(url, "x", "short")).toMatchObject({ status: 400, code: "InvalidRequest" });
      expect((await send(url, "x")).status).toBe(200);
      const plain = await stack.issue();
      expect(await send(plain, "x", newSecret())).toMatchObject({ status: 400, code: "InvalidRequest" });
      expect((await send(plain, "x")).status).toBe(200);
    });

    test("after the lease no request passes", { timeout: 60_000 }, async () => {
      const [url, secret, body] = [await issue(), newSecret(), randomBytes(2_000_000)];
      await sendHalf(url, body, secret);
      await sleep((LEASE_SECONDS + 1) * 1_000);
      expect(await send(url, body, secret)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
      expect(await stack.objectOf(url)).toBeUndefined();
    });

    const [outcome, last] =
      evidence === "versions"
        ? (["does not reopen its URL", undefined] as const)
        : (["reopens its URL, as documented,", "second"] as const);
    test(`a deleted object ${outcome} for the same client (evidence: ${evidence})`, async () => {
      const [url, secret] = [await issue(), newSecret()];
      await send(url, "first", secret);
      const Key = new URL(url).pathname.slice(1);
      await stack.s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key }));
      expect(await stack.objectOf(url)).toBeUndefined();
      const { status, code } = await send(url, "second", secret);
      expect([status, code]).toEqual(evidence === "versions" ? [409, "UploadAlreadyStored"] : [200, ""]);
      expect((await stack.objectOf(url))?.toString()).toBe(last);
    });
  });
}
