import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type IndexHarness, indexLaws } from "@presign-once/core/testing";
import { afterAll, beforeAll, describe, inject, test } from "vitest";

import { allFaults, closeAll, createTable, openIndex, type StorePlace } from "./open-index.ts";
import { testRaces } from "./race-suite.ts";

const { postgres, redis, dynamodb } = inject("stores");
const folder = await mkdtemp(join(tmpdir(), "sqlite-"));
const MODULE = new URL("open-index.ts", import.meta.url);

beforeAll(() => createTable(postgres));
afterAll(async () => {
  await closeAll();
  await rm(folder, { recursive: true, force: true });
});

const places: Record<string, StorePlace> = {
  "PostgreSQL with pg": { store: "postgres", port: postgres },
  "Redis with redis": { store: "redis", port: redis },
  "Redis with ioredis": { store: "ioredis", port: redis },
  "DynamoDB in dynalite": { store: "dynamodb", port: dynamodb },
  "SQLite with node:sqlite": { store: "sqlite", file: join(folder, "delete"), journal: "delete" },
  "SQLite with a write-ahead log": { store: "sqlite", file: join(folder, "wal"), journal: "wal" },
};

describe.each(Object.entries(places))("%s", (name, place) => {
  const harness: IndexHarness = {
    open: (fault) => openIndex(place, fault),
    faults: allFaults,
    rounds: 20,
    claimants: 32,
  };
  test.each(indexLaws.map((law) => [law.name, law] as const))("%s", async (_name, law) => law.check(harness));
  testRaces(name, MODULE, () => place);
});
