import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readObject } from "../conformance/sink-harness.ts";
import { chunksOf, endlessly, watched } from "./bodies.ts";
import type { RelayPlace } from "./relay-place.ts";
import { UPLOAD_TOKEN } from "./run-example.ts";
import { type Answer, send } from "./send.ts";

const MIB = 1024 ** 2;
const KIB = 1024;

interface Grant {
  readonly url: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Every guarantee of a relay, over a real connection to a real store.
 *
 * @param name   of platform and store
 * @param start  starts both, with an empty bucket
 */
export function describeRelay(name: string, start: () => Promise<RelayPlace>): void {
  describe(`a relay: ${name}`, () => {
    let place: RelayPlace;
    beforeAll(async () => {
      place = await start();
    }, 120_000);
    afterAll(() => place?.stop(), 60_000);

    async function grant(query = ""): Promise<Grant> {
      const headers = { accept: "application/json", authorization: `Bearer ${UPLOAD_TOKEN}` };
      const { status, body } = await send(`${place.relay.url}/url?${query}`, { method: "GET", headers });
      if (status !== 200) throw new Error(`no grant: ${body}`);
      return JSON.parse(body) as Grant;
    }
    const objectOf = ({ key }: Grant) => readObject(place.s3, place.bucket, key);

    /** Nothing may be left of an upload, neither an object nor parts of one; tidying up may take a moment. */
    async function expectNothingOf(upload: Grant): Promise<void> {
      await expect.poll(() => place.leftovers(upload.key), { timeout: 20_000 }).toBe(0);
      expect(await objectOf(upload)).toBeUndefined();
    }

    async function expectUsedUp({ url, headers }: Grant): Promise<void> {
      const again = await send(url, { headers: { "content-length": "0", ...headers } });
      expect([again.status, again.code]).toEqual([403, "UrlAlreadyUsed"]);
    }

    test("an upload is stored with its type, name and grant, and the URL works once", async () => {
      const upload = await grant("content-type=text/plain&filename=a%20b.txt&content-length=5");
      const sent = { headers: { ...upload.headers, "content-length": "5" }, body: [Buffer.from("hello")] };
      const first = await send(upload.url, sent);
      expect([first.status, first.body]).toEqual([200, ""]);
      expect(first.etag).toMatch(/^"[0-9a-f]{32}"$/);
      const object = await objectOf(upload);
      expect(Buffer.from(object?.bytes ?? []).toString()).toBe("hello");
      expect(object).toMatchObject({ contentType: "text/plain", etag: first.etag });
      expect(object?.metadata).toEqual({
        filename: "a%20b.txt",
        "presign-once-id": upload.key.replace("uploads/", ""),
      });
      const second = await send(upload.url, sent);
      expect([second.status, second.code]).toEqual([403, "UrlAlreadyUsed"]);
    });

    test("a body of unknown length is stored whole, in parts", { timeout: 60_000 }, async () => {
      const upload = await grant();
      const digest = createHash("sha256");
      const answer = await send(upload.url, { method: "POST", body: watched(chunksOf(13 * MIB + 7), digest) });
      expect([answer.status, answer.body]).toEqual([200, ""]);
      expect(answer.etag).toMatch(/-3"$/);
      const object = await objectOf(upload);
      expect(
        createHash("sha256")
          .update(object?.bytes ?? "")
          .digest("hex"),
      ).toBe(digest.digest("hex"));
      expect(await place.leftovers(upload.key)).toBe(0);
    });

    test("compares a granted SHA-256 while the bytes arrive", { timeout: 60_000 }, async () => {
      const size = 6 * MIB;
      const digest = createHash("sha256");
      for (const chunk of chunksOf(size)) digest.update(chunk);
      const query = `sha256=${digest.digest("hex")}`;

      const good = await grant(query);
      expect(await send(good.url, { headers: good.headers, body: chunksOf(size) })).toMatchObject({ status: 200 });
      expect((await objectOf(good))?.bytes).toHaveLength(size);

      const bad = await grant(query);
      const spoiled = [...chunksOf(size - 1), Buffer.from("!")];
      const answer = await send(bad.url, { headers: bad.headers, body: spoiled });
      expect([answer.status, answer.code]).toEqual([400, "BadDigest"]);
      await expectNothingOf(bad);
      await expectUsedUp(bad);
    });

    test.each([1, 40 * MIB])(
      "enforces max-bytes for %i undeclared bytes too many",
      { timeout: 60_000 },
      async (over) => {
        const most = 11 * MIB;
        const upload = await grant(`max-bytes=${most}`);
        const answer = await send(upload.url, { body: chunksOf(most + over) });
        expect([answer.status, answer.code]).toEqual([400, "EntityTooLarge"]);
        expect(answer.body).toContain("This URL is used up");
        await expectNothingOf(upload);
        await expectUsedUp(upload);
      },
    );

    test("refuses before the claim without using the URL up", async () => {
      const upload = await grant("max-bytes=10&content-type=text/plain");
      const type = { "content-type": "text/plain" };
      const refused: [headers: Record<string, string>, method: string, code: string][] = [
        [{ ...type, "content-length": "11" }, "PUT", "EntityTooLarge"],
        [{ "content-length": "5" }, "PUT", "InvalidRequest"],
        [{ ...type, "content-length": "5", "x-amz-acl": "public-read" }, "PUT", "InvalidRequest"],
        [{ ...type, "content-length": "5", "if-none-match": "*" }, "PUT", "InvalidRequest"],
        [{ ...type }, "GET", "MethodNotAllowed"],
        [{ ...type }, "DELETE", "MethodNotAllowed"],
      ];
      for (const [headers, method, code] of refused) {
        const length = Number(headers["content-length"] ?? 0);
        const answer = await send(upload.url, { method, headers, body: length > 0 ? [Buffer.alloc(length)] : [] });
        expect([method, answer.code]).toEqual([method, code]);
      }
      expect((await send(upload.url, { method: "HEAD" })).status).toBe(405);
      expect((await send(upload.url, { method: "OPTIONS" })).status).toBe(204);
      const changed = upload.url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
      expect((await send(changed, { headers: type })).code).toBe("UrlUnknown");
      expect((await send(upload.url, { headers: type, body: [Buffer.from("hello")] })).status).toBe(200);
    });

    test("stores exactly one of 32 concurrent uploads, complete", { timeout: 60_000 }, async () => {
      const upload = await grant();
      const bodyOf = (n: number) => Buffer.alloc(64 * KIB, String.fromCharCode(65 + n));
      const answers = await Promise.all(
        Array.from({ length: 32 }, (_, n) =>
          send(upload.url, { headers: { "content-length": String(64 * KIB) }, body: [bodyOf(n)] }),
        ),
      );
      const winners = answers.flatMap((answer, n) => (answer.status === 200 ? [n] : []));
      expect(winners).toHaveLength(1);
      expect(answers.filter(isAlreadyUsed)).toHaveLength(31);
      expect(Buffer.from((await objectOf(upload))?.bytes ?? []).equals(bodyOf(winners[0]!))).toBe(true);
    });

    test("a client that disconnects half-way leaves nothing, and the URL is used up", { timeout: 60_000 }, async () => {
      const upload = await grant();
      const leaving = new AbortController();
      const body = endlessly(async (bytes) => {
        if (bytes > 12 * MIB && (await place.leftovers(upload.key)) > 0) leaving.abort();
      });
      await expect(send(upload.url, { body, signal: leaving.signal })).rejects.toThrow();
      await expectNothingOf(upload);
      await expectUsedUp(upload);
    });

    test("logs every decision and every end, without a URL or a token", async () => {
      const upload = await grant();
      const before = place.relay.log.length;
      await send(upload.url, { body: [Buffer.from("hello")] });
      await expect.poll(() => place.relay.log.slice(before).join("\n")).toMatch(/"outcome":"stored"/);
      const lines = place.relay.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
      const id = upload.key.replace("uploads/", "");
      expect(lines.filter((line) => line["grant"] === id).map(({ outcome }) => outcome)).toEqual([
        "accepted",
        "stored",
      ]);
      expect(place.relay.log.join("\n")).not.toContain("/u/");
    });
  });
}

function isAlreadyUsed({ status, code }: Answer): boolean {
  return status === 403 && code === "UrlAlreadyUsed";
}
