import { describe, expect, test } from "vitest";

import type { Claimant } from "../ports/claimant.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import { createSettledHashes } from "./settled-hashes.ts";

const hash = (n: number) => String(n).padStart(64, "0") as SignatureHash;
const [A, B] = ["a".repeat(32), "b".repeat(32)] as [Claimant, Claimant];

test("knows nothing of a hash that was not reported", () => {
  expect(createSettledHashes().recall(hash(1), A, true)).toBeUndefined();
});

describe("for a claimed hash,", () => {
  test("refuses all claimants but the known owner, which asks the index", () => {
    const settled = createSettledHashes();
    settled.claimed(hash(1), A);
    expect([true, false].map((isFresh) => settled.recall(hash(1), B, isFresh))).toEqual([
      "already-claimed",
      "already-claimed",
    ]);
    expect(settled.recall(hash(1), A, false)).toBeUndefined();
  });

  test("without a known owner, refuses a fresh claimant, and lets a possible owner ask the index", () => {
    const settled = createSettledHashes();
    settled.claimed(hash(1), undefined);
    expect(settled.recall(hash(1), B, true)).toBe("already-claimed");
    expect(settled.recall(hash(1), B, false)).toBeUndefined();
    settled.claimed(hash(1), A);
    expect(settled.recall(hash(1), B, false)).toBe("already-claimed");
    settled.claimed(hash(1), undefined); // nothing is unlearnt
    expect(settled.recall(hash(1), B, false)).toBe("already-claimed");
  });

  test("refuses the owner too after the lease", () => {
    const settled = createSettledHashes();
    settled.ended(hash(1), A);
    expect([settled.recall(hash(1), A, false), settled.recall(hash(1), B, false)]).toEqual([
      "lease-over",
      "already-claimed",
    ]);
  });
});

test("refuses every claimant of a revoked hash as revoked", () => {
  const settled = createSettledHashes();
  settled.revoked(hash(1));
  expect([settled.recall(hash(1), A, true), settled.recall(hash(1), A, false)]).toEqual(["revoked", "revoked"]);
});

test("remembers at most the given number of hashes, and forgets the least recently used", () => {
  const settled = createSettledHashes(3);
  for (const n of [1, 2, 3]) settled.claimed(hash(n), A);
  settled.recall(hash(1), B, true);
  settled.claimed(hash(4), A);
  const known = [1, 2, 3, 4].filter((n) => settled.recall(hash(n), B, true) !== undefined);
  expect(known).toEqual([1, 3, 4]);
});
