import { createHash, randomBytes } from "node:crypto";

import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ProxiedRequest } from "../servers/fault-proxy.ts";
import { uploadAsGranted } from "./granted-upload.ts";
import type { Place } from "./place.ts";
import { type IssuedGrant, requestGrant } from "./request-grant.ts";
import { type Stack, startStack } from "./stack.ts";

const THIRTY_DAYS = 2_592_000;

/**
 * Tickets from end to end: URLs that carry no signature of S3, which the built verify function signs when they are used.
 *
 * @param name   of the server and strategy
 * @param start  starts the S3 server, with an empty bucket
 */
export function describeTickets(name: string, start: () => Promise<Place>): void {
  describe(`tickets on ${name}`, () => {
    let place: Place;
    let stack: Stack;
    beforeAll(async () => {
      place = await start();
      const config = { ...place.options?.config, signing: "at-use" as const, maxExpiresInSeconds: THIRTY_DAYS };
      stack = await startStack(place.server, place.bucket, { ...place.options, config, concurrency: 4 });
    }, 180_000);
    afterAll(async () => {
      await stack?.stop();
      await place?.stop();
    }, 60_000);

    const upload = (grant: IssuedGrant, body: Buffer, changes = {}) => uploadAsGranted(stack, grant, body, changes);

    async function stored({ key }: IssuedGrant): Promise<Buffer> {
      const { Body } = await stack.s3.send(new GetObjectCommand({ Bucket: stack.bucket, Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    }

    /** What reaches S3 under the key of a grant while something happens. */
    async function requestsFor({ key }: IssuedGrant, work: () => Promise<unknown>): Promise<ProxiedRequest[]> {
      const seen: ProxiedRequest[] = [];
      stack.disturbAll((request) => (request.path.endsWith(key) && seen.push(request), { kind: "pass" }));
      await work();
      stack.disturbAll(() => ({ kind: "pass" }));
      return seen;
    }

    test("a link of days is short, says when it ends, and works once", async () => {
      const grant = await requestGrant(stack, "expires-in=259200");
      const { pathname, search } = new URL(grant.url);
      expect(`${pathname}${search}`).toMatch(/^\/u\/[\w-]+\.local\.[0-9a-f]{64}$/);
      expect(pathname.length).toBeLessThan(200);
      const days = (Date.parse(grant.expiresAt) - Date.now()) / 86_400_000;
      expect(days).toBeGreaterThan(2.99);
      const body = randomBytes(1_000_000);
      expect((await upload(grant, body)).status).toBe(200);
      expect(await upload(grant, body)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
      expect(await stored(grant)).toEqual(body);
      await stack.s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key: grant.key }));
      expect(await upload(grant, body)).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
    });

    test("of 32 uploads at once, one is stored", async () => {
      const grant = await requestGrant(stack);
      const bodies = Array.from({ length: 32 }, (_, i) => Buffer.from(`writer ${i}`));
      const answers = await Promise.all(bodies.map((body) => upload(grant, body)));
      const winners = answers.flatMap(({ status }, i) => (status === 200 ? [i] : []));
      expect(winners).toHaveLength(1);
      expect(await stored(grant)).toEqual(bodies[winners[0] ?? -1]);
    });

    test("what was granted is enforced before the claim, and stored", async () => {
      const body = randomBytes(1_000);
      const sha256 = createHash("sha256").update(body).digest("hex");
      const query = `content-type=image/png&content-length=1000&filename=%C3%A9.png&sha256=${sha256}`;
      const grant = await requestGrant(stack, query);
      for (const changes of [
        { "content-type": "text/html" },
        { "x-amz-meta-filename": "a" },
        { "x-amz-acl": "private" },
      ])
        expect(await upload(grant, body, changes)).toMatchObject({ status: 400, code: "InvalidRequest" });
      expect(await upload(grant, randomBytes(999))).toMatchObject({ status: 400 });
      expect((await upload(grant, body)).status).toBe(200);
      const head = await stack.s3.send(new HeadObjectCommand({ Bucket: stack.bucket, Key: grant.key }));
      expect(head.ContentType).toBe("image/png");
      expect(head.Metadata).toMatchObject({ filename: "%C3%A9.png", "presign-once-id": grant.id });
    });

    test("an altered token is refused without a request to S3, and does not use the ticket up", async () => {
      const grant = await requestGrant(stack);
      const { url } = grant;
      const altered: [url: string, code: string][] = [
        [url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")), "UrlUnknown"],
        [url.replace("/u/W", "/u/X"), "UrlUnknown"],
        [url.replace(".local.", ".other."), "UrlUnknown"],
        [url.slice(0, -1), "InvalidRequest"],
        [`${url}/`, "InvalidRequest"],
        [`${url}.`, "InvalidRequest"],
        [`${url}?a=b`, "InvalidRequest"],
        [url.replace(".local", "=.local"), "InvalidRequest"],
        [url.replace("/u/", "/u//"), "InvalidRequest"],
        [url.replace("/u/", "/U/"), "InvalidRequest"],
        [url.replace("/u/", `/${grant.key.split("/")[0]}/`), "InvalidRequest"],
      ];
      const before = stack.network.requests.length;
      for (const [other, code] of altered) expect([other, (await stack.send(other)).code]).toEqual([other, code]);
      for (const method of ["GET", "HEAD", "DELETE"])
        expect(await stack.send(url, { method })).toMatchObject({ status: 405 });
      expect(stack.network.requests.length).toBe(before);
      expect((await upload(grant, Buffer.from("still good"))).status).toBe(200);
    });

    test("the signature that S3 gets is of no use to who has seen it", async () => {
      const grant = await requestGrant(stack);
      const [seen] = await requestsFor(grant, () => upload(grant, Buffer.from("first")));
      if (seen === undefined) throw new Error("nothing reached S3");
      const expires = Number(seen.query.get("X-Amz-Expires"));
      expect(expires).toBeLessThanOrEqual(60);
      expect(seen.query.get("X-Amz-SignedHeaders")?.split(";")).toEqual(
        expect.arrayContaining(["content-length", "host", "if-none-match", "x-once-lock"]),
      );
      const target = `${place.server.endpoint}${seen.path}?${seen.query.toString()}`;
      const replay = (headers: Record<string, string>) => fetch(target, { method: "PUT", body: "again", headers });
      const lock = { "x-once-lock": "0".repeat(64), "x-amz-meta-presign-once-id": grant.id, "if-none-match": "*" };
      for (const headers of [{}, lock]) expect((await replay(headers)).status).toBe(403);
      expect(String(await stored(grant))).toBe("first");
    });

    test("no line of the log holds anything of a ticket", async () => {
      const grant = await requestGrant(stack);
      const token = new URL(grant.url).pathname.slice("/u/".length);
      await upload(grant, Buffer.from("a"));
      await upload(grant, Buffer.from("b"));
      const log = stack.log.join("\n");
      for (const part of [token, ...token.split(".").filter((text) => text.length > 20)])
        expect(log).not.toContain(part);
      expect(log).toContain(grant.id);
    });
  });
}
