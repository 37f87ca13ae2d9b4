import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Stack, startStack } from "../e2e/stack.ts";
import { lockOf, newKey } from "../origin-lock/known-keys.ts";
import { randomVariations } from "../origin-lock/random-variations.ts";
import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { mutated } from "./byte-mutations.ts";
import { hostileAttempts, PLANTED } from "./smuggling.ts";
import { bytesOf, draftOf } from "./upload-draft.ts";
import { type Attempt, tryOut } from "./watch.ts";

/** How many requests by chance, of each kind. */
interface Amount {
  readonly random: number;
}

/**
 * For any bytes at the HTTP front: one upload is passed on per claim, a refusal uses nothing up and sends nothing to S3, and
 * no answer or log line contains a secret. With the real bundles, real sockets and a real S3 server.
 */
export function describeRawRequests({ random }: Amount): void {
  describe("bytes on a socket", { timeout: 600_000 }, () => {
    const key = newKey("known");
    let server: S3Server;
    let stack: Stack;
    beforeAll(async () => {
      server = await startR2({ buckets: ["uploads"] });
      stack = await startStack(server, "uploads", { config: { keys: [key] }, concurrency: 2 });
      await stack.send(await stack.issue()); // the cold start of both functions
    }, 180_000);
    afterAll(async () => {
      await stack?.stop();
      await server?.stop();
    }, 60_000);

    /** Texts that only the URL's holder, or only the edge, may know. */
    async function secretsOf(url: string): Promise<string[]> {
      const { searchParams } = new URL(url);
      const [, mac = ""] = (searchParams.get("x-once-tag") ?? "").split(".");
      const shown = ["X-Amz-Signature", "X-Amz-Credential"].map((name) => searchParams.get(name) ?? "");
      return [PLANTED, mac, ...shown, await lockOf(url, key), key.secret];
    }

    test("smuggling, malformed lines, unusual targets and hosts: one claim per upload passed on, one upload per claim", async () => {
      const { faults, passed } = await tryOut(stack, hostileAttempts, secretsOf);
      expect(faults).toEqual([]);
      expect(passed).toEqual(
        expect.arrayContaining(["a request after the body", "one upload after the other", "100 names"]),
      );
      for (const name of ["CL.TE", "TE.CL", "two lengths", "a second Host", "a header behind a bare LF", "the lock"])
        expect(passed).not.toContain(name);
    });

    test(`${random} variations by chance`, async () => {
      const attempts = randomVariations(random, newSeed()).map(([name, change]): Attempt => {
        return {
          name,
          bytes: (target, host) => bytesOf(change(draftOf(`http://${host}${target}`))).toString("latin1"),
        };
      });
      const { faults, passed } = await tryOut(stack, attempts, secretsOf);
      expect(faults).toEqual([]);
      expect(passed.length).toBeLessThan(random);
    });

    test(`${random} uploads with bytes changed by chance`, async () => {
      const seed = newSeed();
      const attempts = Array.from({ length: random }, (_, n): Attempt => {
        const good = (target: string, host: string) => bytesOf(draftOf(`http://${host}${target}`)).toString("latin1");
        return { name: `seed ${seed + n}`, bytes: (target, host) => mutated(good(target, host), seed + n) };
      });
      const { faults } = await tryOut(stack, attempts, secretsOf);
      expect(faults).toEqual([]);
    });

    test("the edge keeps serving, with one log line per decision", async () => {
      const lines = stack.log.length;
      expect((await stack.send(await stack.issue())).status).toBe(200);
      expect(stack.log.slice(lines).map((line) => (JSON.parse(line) as { outcome: string }).outcome)).toEqual([
        "issued",
        "accepted",
      ]);
      expect(stack.log.filter((line) => !line.startsWith("{"))).toEqual([]);
    });
  });
}

function newSeed(): number {
  return randomBytes(3).readUIntBE(0, 3);
}
