import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { indexLaws } from "@presign-once/core/testing";
import { afterAll, describe, expect, test } from "vitest";

import { open } from "../../test/look-then-write-index.ts";
import { raceInProcesses } from "./race-in-processes.ts";

const folder = await mkdtemp(join(tmpdir(), "look-then-write-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const faults = ["lost-request", "lost-answer", "conflict-storm", "unavailable-storm"] as const;
const race = { execArgv: ["--conditions=source"], options: folder, claimants: 8 };

describe("an index that looks before it writes, without an await in between", () => {
  test.each(indexLaws.map((law) => [law.name, law] as const))("keeps, in one process: %s", async (_name, law) => {
    await law.check({ open: (fault) => open(folder, fault), faults, rounds: 2, claimants: 8 });
  });

  test("has two winners as soon as it is raced in two processes", async () => {
    const module = new URL("../../test/look-then-write-index.ts", import.meta.url);
    const { roundsByWinners } = await raceInProcesses({ ...race, module, rounds: 10 });
    expect(Object.keys(roundsByWinners).map(Number)).toContain(2);
  });
});

test("a module that cannot be opened is an error, not a race without a winner", async () => {
  const module = new URL("data:text/javascript,export function open() { throw new Error('planted') }");
  await expect(raceInProcesses({ ...race, module, rounds: 1 })).rejects.toThrow("planted");
});

test("a process that ends early is an error, and is not waited for", async () => {
  // Only a racing process has its task as an argument.
  const module = new URL(
    "data:text/javascript,export const open = () => process.argv[2]?.startsWith('{') ? process.exit(3) : {}",
  );
  await expect(raceInProcesses({ ...race, module, rounds: 1 })).rejects.toThrow("a racing process ended with 3");
});

test("a hash that cannot be registered is an error, not a race without a winner", async () => {
  const module = new URL(
    'data:text/javascript,export const open = () => ({ register: async () => ({ status: "indeterminate" }) })',
  );
  await expect(raceInProcesses({ ...race, module, rounds: 1 })).rejects.toThrow("registered: indeterminate");
});
