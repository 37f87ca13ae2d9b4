import { randomBytes } from "node:crypto";

import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readObject } from "../conformance/sink-harness.ts";
import { chunksOf, endlessly } from "./bodies.ts";
import type { RelayPlace } from "./relay-place.ts";
import { type Answer, send } from "./send.ts";

const MIB = 1024 ** 2;

/**
 * Retries by the same client through a relay, on a connection that really drops.
 *
 * @param name      of the store
 * @param evidence  what tells there that an upload has arrived
 * @param start     starts both, with an empty bucket and a sink that requires new keys
 */
export function describeRelayRetries(
  name: string,
  evidence: "versions" | "object",
  start: () => Promise<RelayPlace>,
): void {
  describe(`retries through a relay, on ${name}`, () => {
    let place: RelayPlace;
    beforeAll(async () => {
      place = await start();
    }, 120_000);
    afterAll(() => place?.stop(), 60_000);

    const newSecret = () => randomBytes(24).toString("base64url");
    const objectOf = async (key: string) => {
      const object = await readObject(place.s3, place.bucket, key);
      return object && Buffer.from(object.bytes);
    };

    /** The entries of the index; a claim changes one. Objects on which a form of `If-Match` is tried out are none. */
    const entries = async () => {
      const listed = await place.s3.send(new ListObjectsV2Command({ Bucket: place.bucket, Prefix: "signatures/" }));
      return listed.Contents?.filter(({ Key }) => !Key!.includes("/quotes-")).map(({ Key, ETag }) => [Key, ETag]);
    };

    async function grant(): Promise<{ readonly url: string; readonly key: string }> {
      const headers = { accept: "application/json" };
      const { body } = await send(`${place.relay.url}/url?retries=same-client`, { method: "GET", headers });
      return JSON.parse(body) as { url: string; key: string };
    }

    function upload(url: string, body: Iterable<Buffer>, secret?: string): Promise<Answer> {
      return send(url, { body, headers: secret === undefined ? {} : { "x-presign-once-client": secret } });
    }

    test(
      "the same client retries after a dropped connection, and attackers with the URL are refused meanwhile",
      { timeout: 60_000 },
      async () => {
        const [{ url, key }, secret] = [await grant(), newSecret()];
        const leaving = new AbortController();
        const unclaimed = await entries();
        const body = endlessly(async (bytes) => {
          if (bytes < 2 * MIB) return;
          await expect.poll(entries, { timeout: 20_000 }).not.toEqual(unclaimed); // until then the URL is anybody's
          leaving.abort();
        });
        const headers = { "x-presign-once-client": secret };
        await expect(send(url, { body, headers, signal: leaving.signal })).rejects.toThrow();
        const refusedAsUsed = { status: 403, code: "UrlAlreadyUsed" };
        for (const thief of [undefined, newSecret()])
          expect(await upload(url, [Buffer.from("stolen")], thief)).toMatchObject(refusedAsUsed);

        const whole = Buffer.concat([...chunksOf(4 * MIB)]);
        expect(await upload(url, [whole], secret)).toMatchObject({ status: 200 });
        for (const thief of [undefined, newSecret()])
          expect(await upload(url, [Buffer.from("stolen")], thief)).toMatchObject(refusedAsUsed);
        expect((await objectOf(key))?.equals(whole)).toBe(true);
        await expect.poll(() => place.leftovers(key), { timeout: 20_000 }).toBe(0);
        expect(place.relay.log.join("\n")).not.toContain(secret);
      },
    );

    test("once the object is stored, retries are answered so, and nothing changes it", async () => {
      const [{ url, key }, secret] = [await grant(), newSecret()];
      const first = await upload(url, [Buffer.from("first")], secret);
      const again = await upload(url, [Buffer.from("second")], secret); // of no declared length
      expect([first.status, again.status]).toEqual([200, 200]);
      expect([again.etag, first.isAlreadyStored, again.isAlreadyStored]).toEqual([first.etag, false, true]);
      expect(String(await objectOf(key))).toBe("first");
    });

    const after = evidence === "versions" ? "does not reopen its URL" : "reopens its URL, as documented,";
    test(`a deleted object ${after} for the same client (evidence: ${evidence})`, async () => {
      const [{ url, key }, secret] = [await grant(), newSecret()];
      await upload(url, [Buffer.from("first")], secret);
      await place.s3.send(new DeleteObjectCommand({ Bucket: place.bucket, Key: key }));
      const { status, code } = await upload(url, [Buffer.from("second")], secret);
      expect([status, code]).toEqual(evidence === "versions" ? [409, "UploadAlreadyStored"] : [200, ""]);
    });
  });
}
