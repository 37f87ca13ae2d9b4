import { randomIds, type SignatureHash } from "@presign-once/core";
import { type IndexHarness, indexLaws } from "@presign-once/core/testing";
import type { R2Binding } from "@presign-once/indexes/cloudflare";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { allFaults } from "./open-index.ts";
import { open, type WorkerPlace } from "./open-worker-index.ts";
import { testRaces } from "./race-suite.ts";

// The indexes run in workerd, as they do in a Worker; this process and those that race speak to the Worker by HTTP.
let worker: Miniflare;
let url: string;
beforeAll(async () => {
  const bundled = await build({
    entryPoints: [new URL("index-worker.ts", import.meta.url).pathname],
    bundle: true,
    format: "esm",
    conditions: ["source"],
    write: false,
  });
  worker = new Miniflare({
    modules: true,
    script: bundled.outputFiles[0]?.text ?? "",
    compatibilityDate: "2026-07-01",
    r2Buckets: ["BUCKET"],
    d1Databases: ["DATABASE"],
    durableObjects: { OBJECTS: { className: "SignatureIndexObject", useSQLite: true } },
  });
  url = (await worker.ready).href;
  expect((await fetch(`${url}schema`)).ok).toBe(true);
}, 60_000);
afterAll(() => worker?.dispose());

const stores: Record<string, WorkerPlace["store"]> = { R2: "r2", D1: "d1", "Durable Objects": "durable-object" };

describe.each(Object.entries(stores))("%s", (name, store) => {
  const harness: IndexHarness = {
    open: (fault) => open({ url, store }, fault),
    faults: allFaults,
    rounds: 10,
    claimants: 32,
  };
  test.each(indexLaws.map((law) => [law.name, law] as const))("%s", async (_name, law) => law.check(harness));
  testRaces(name, new URL("open-worker-index.ts", import.meta.url), () => ({ url, store }));
});

test("an entry in R2 has the bytes that docs/architecture.md names, which the strategy conditional writes too", async () => {
  const { BUCKET: bucket } = await worker.getBindings<{ BUCKET: R2Binding }>();
  const index = open({ url, store: "r2" });
  const [claimed, revoked] = ["b".repeat(64) as SignatureHash, "c".repeat(64) as SignatureHash];
  const bodyOf = async (hash: SignatureHash) => (await bucket.get(`signatures/${hash}`))?.text();
  for (const hash of [claimed, revoked]) {
    await index.register(hash, { expiresAt: new Date(Date.now() + 60_000) });
    expect(await bodyOf(hash)).toBe('{"presign-once":"issued"}');
  }
  const claimant = randomIds.claimant();
  await index.claim(claimed, claimant);
  await index.revoke(revoked);
  expect(await bodyOf(claimed)).toBe(`{"presign-once":"claimed","claimant":"${claimant}"}`);
  expect(await bodyOf(revoked)).toBe('{"presign-once":"revoked"}');
});

test("an entry in R2 that presign-once did not write is undecided, for good", async () => {
  const hash = "a".repeat(64) as SignatureHash;
  const { BUCKET: bucket } = await worker.getBindings<{
    BUCKET: R2Binding & { put(key: string, body: string): unknown };
  }>();
  await bucket.put(`signatures/${hash}`, "something else");
  const index = open({ url, store: "r2" });
  expect(await index.claim(hash, randomIds.claimant())).toMatchObject({
    status: "indeterminate",
    mayHaveLanded: false,
    cause: { code: "INDEX_UNREADABLE" },
  });
});
