import { LOCK_HEADER } from "@presign-once/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Place } from "../e2e/place.ts";
import { type Stack, startStack } from "../e2e/stack.ts";
import type { Answer } from "../e2e/viewer.ts";
import { idHeader, lockOf, newKey } from "./known-keys.ts";
import { echoesTheRequest } from "./origin-answers.ts";

/**
 * A URL does not work at the S3 server itself without the lock, which only the edge can derive.
 *
 * @param name   of the server and strategy
 * @param start  starts the S3 server, with an empty bucket
 */
export function describeOriginLock(name: string, start: () => Promise<Place>): void {
  describe(`the origin lock on ${name}`, { timeout: 30_000 }, () => {
    const key = newKey("current");
    const retired = newKey("retired");
    let place: Place;
    let stack: Stack;
    beforeAll(async () => {
      place = await start();
      const config = { ...place.options?.config, keys: [key] };
      stack = await startStack(place.server, place.bucket, { ...place.options, config });
    }, 180_000);
    afterAll(async () => {
      await stack?.stop();
      await place?.stop();
    }, 60_000);

    /** The URL as its holder would spell it for the S3 server: the bucket put back, the tag taken off. */
    function atOrigin(url: string): string {
      const { pathname, search } = new URL(url);
      return stack.local.originUrl + pathname + search.replace(/&x-once-tag=[^&]*/, "");
    }

    /** Sends an upload around the edge, with the id that anybody can add. */
    async function sendDirectly(url: string, lock?: string, id = idHeader(url)): Promise<Answer> {
      return stack.send(url, { headers: lock === undefined ? id : { ...id, [LOCK_HEADER]: lock } });
    }

    async function expectUseless(url: string, lock?: string): Promise<void> {
      const answer = await sendDirectly(atOrigin(url), lock);
      expect([answer.status, answer.code]).toEqual([403, "SignatureDoesNotMatch"]);
      const trueLock = await lockOf(url, key);
      // A server that echoes repeats what it was sent; what it was not sent, it must not know.
      if (lock?.includes(trueLock) !== true) expect(answer.body).not.toContain(trueLock);
    }

    test("the server accepts the upload only with the lock that the edge derives", async () => {
      const url = await stack.issue();
      await expectUseless(url);
      expect((await sendDirectly(atOrigin(url), await lockOf(url, key))).status).toBe(200);
    });

    test("refuses the upload without the lock, with a wrong or an empty one", async () => {
      const url = await stack.issue();
      const lock = await lockOf(url, key);
      const wrong = [
        undefined,
        "",
        "0".repeat(64),
        lock.toUpperCase(),
        lock.slice(1),
        `${lock}0`,
        `${lock},${lock}`,
        `"${lock}"`,
      ];
      for (const sent of wrong) await expectUseless(url, sent);
      expect(await stack.objectOf(url)).toBeUndefined();
    });

    test("refuses a lock from another key, such as a retired one", async () => {
      const url = await stack.issue();
      await expectUseless(url, await lockOf(url, retired));
    });

    test("refuses the lock of another URL, even if issued in the same second", async () => {
      const [url, other] = [await stack.issue(), await stack.issue()];
      await expectUseless(url, await lockOf(other, key));
    });

    test("refuses the URL's own lock outside its header", async () => {
      const url = await stack.issue();
      const lock = await lockOf(url, key);
      for (const headers of [{ "x-amz-meta-x-once-lock": lock }, { lock }, { cookie: `${LOCK_HEADER}=${lock}` }])
        expect((await stack.send(atOrigin(url), { headers: { ...idHeader(url), ...headers } })).status).toBe(403);
      const inQuery = await sendDirectly(`${atOrigin(url)}&${LOCK_HEADER}=${lock}`);
      expect(inQuery.status).toBe(403);
    });

    test("refuses the lock with another grant's id or none", async () => {
      const url = await stack.issue();
      const lock = await lockOf(url, key);
      for (const id of [{}, idHeader(`${url.split("?")[0]}x`), idHeader(await stack.issue())])
        expect((await sendDirectly(atOrigin(url), lock, id)).status).toBe(403);
      expect(await stack.objectOf(url)).toBeUndefined();
    });

    test("refuses a URL changed to sign no lock or to live longer", async () => {
      const url = atOrigin(await stack.issue());
      for (const altered of [
        url.replace("%3Bx-once-lock", ""),
        url.replace("X-Amz-Expires=930", "X-Amz-Expires=9300"),
      ]) {
        expect(altered).not.toBe(url);
        expect((await sendDirectly(altered)).status).toBe(403);
      }
    });

    test("refuses a URL around the edge before and after its use", async () => {
      const url = await stack.issue();
      await expectUseless(url);
      expect((await stack.send(url, { body: "through the edge" })).status).toBe(200);
      await expectUseless(url);
      expect(String(await stack.objectOf(url))).toBe("through the edge");
    });

    test("shows the lock to no client and in no log", async () => {
      const url = await stack.issue();
      const lock = await lockOf(url, key);
      const answers = [await stack.send(url), await stack.send(url), await stack.send(url, { method: "OPTIONS" })];
      for (const answer of answers) {
        expect(echoesTheRequest(answer)).toBe(false);
        expect(JSON.stringify([answer.body, ...answer.headers])).not.toContain(lock);
      }
      expect(url).not.toContain(lock);
      expect(stack.log.join("\n")).not.toContain(lock);
    });
  });
}
