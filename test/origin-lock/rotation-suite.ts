import { readFile } from "node:fs/promises";

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import type { Place } from "../e2e/place.ts";
import { startStrictS3 } from "../support/fronts/s3/strict-s3.ts";
import { atOrigin, createInProcessEdge, type InProcessEdge } from "./in-process-edge.ts";
import { edgeHeaders, type KeySetting, newKey } from "./known-keys.ts";

const DOCUMENT = new URL("../../docs/edge.md", import.meta.url);

/**
 * The rotation of edge keys, step by step as the document has it, with the edges of before and after each deployment
 * side by side, as they are while it spreads.
 *
 * @param name   of the server and strategy
 * @param start  starts the S3 server, with an empty bucket
 */
export function describeRotation(name: string, start: () => Promise<Place>): void {
  describe(`rotating keys on ${name}`, { timeout: 30_000 }, () => {
    const [old, next] = [newKey("old"), newKey("new")];
    let store: Place;
    let place: Place;
    let before: InProcessEdge;
    let added: InProcessEdge;
    let moved: InProcessEdge;
    let removed: InProcessEdge;
    beforeAll(async () => {
      store = await start();
      const server = await startStrictS3({ store: store.server });
      place = { ...store, server, stop: () => server.stop() };
      vi.stubEnv("AWS_ACCESS_KEY_ID", place.server.credentials.accessKeyId);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", place.server.credentials.secretAccessKey);
      before = createInProcessEdge(place, [old]);
      added = createInProcessEdge(place, [old, next]);
      moved = createInProcessEdge(place, [next, old]);
      removed = createInProcessEdge(place, [next]);
    }, 180_000);
    afterAll(async () => {
      vi.unstubAllEnvs();
      await place?.stop();
      await store?.stop();
    }, 60_000);

    /** While a deployment spreads, a URL that any edge issues may be used at any edge, once. */
    async function expectNothingBurned(...edges: readonly InProcessEdge[]): Promise<void> {
      for (const issuing of edges)
        for (const using of edges) {
          const url = await issuing.issue();
          expect(await using.upload(url)).toBe("stored");
          for (const edge of edges) expect(await edge.upload(url)).toBe("UrlAlreadyUsed");
        }
    }

    test("docs/edge.md has these steps", async () => {
      const [, section = ""] = /### Rotating keys\n([^]*?)\n### /.exec(await readFile(DOCUMENT, "utf8")) ?? [];
      const steps = section.split("\n").filter((line) => /^\d\. /.test(line));
      expect(steps.map((step) => step.split(/[;.(]/)[1]?.trim())).toEqual([
        "Add the new key at the **end** of `keys`",
        "Move it to the **front**",
        "Wait one URL life",
        "Remove the old key",
      ]);
      expect(section).toContain("wait until the deployment has reached every edge location");
      expect(section).toContain("URLs that it signed are `UrlUnknown` from now on");
    });

    test("1. adding the new key last keeps all URLs usable, and the old key still signs", async () => {
      await expectNothingBurned(before, added);
      expect(await added.issue()).toContain("x-once-tag=old.");
    });

    test("2. moving it to the front keeps all URLs usable, and from now on it signs", async () => {
      await expectNothingBurned(added, moved);
      expect(await moved.issue()).toContain("x-once-tag=new.");
    });

    test("3. URLs of the old key work until one URL lifetime has passed", async () => {
      const url = await before.issue();
      expect(await moved.upload(url)).toBe("stored");
    });

    test("4. removing the old key keeps URLs of the new key usable, and refuses those of the old key", async () => {
      await expectNothingBurned(moved, removed);
      const url = await added.issue();
      expect(await removed.upload(url)).toBe("UrlUnknown");
      // Nor does the retired key open the way around the edge: its lock is not the one that a new URL signs.
      const later = await removed.issue();
      const direct = atOrigin(place, later.replace(/&x-once-tag=.*/, ""));
      const put = async (signing: KeySetting) =>
        fetch(direct, { method: "PUT", body: "hello", headers: await edgeHeaders(later, signing) });
      expect((await put(old)).status).toBe(403);
      expect((await put(next)).status).toBe(200);
    });

    test("without step 1, edges that the deployment has not reached refuse new URLs, and leave them unused", async () => {
      const url = await moved.issue();
      expect(await before.upload(url)).toBe("UrlUnknown");
      expect(await moved.upload(url)).toBe("stored");
    });

    test("after a leak, replacing the key makes every unused URL invalid", async () => {
      const unused = await before.issue();
      expect(await removed.upload(unused)).toBe("UrlUnknown");
      expect(await removed.upload(await removed.issue())).toBe("stored");
    });
  });
}
