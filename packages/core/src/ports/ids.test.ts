import { expect, test } from "vitest";

import { isClaimant } from "./claimant.ts";
import { randomIds } from "./ids.ts";

const MANY = 10_000;

test("claimants are well-formed and never repeat", () => {
  const claimants = Array.from({ length: MANY }, () => randomIds.claimant());
  expect(claimants.every(isClaimant)).toBe(true);
  expect(new Set(claimants).size).toBe(MANY);
});

test("every digit of a claimant is random", () => {
  const claimants = Array.from({ length: 1_000 }, () => randomIds.claimant());
  for (let i = 0; i < 32; i++) expect(new Set(claimants.map((claimant) => claimant[i])).size).toBe(16);
});

test("object ids are unreserved URL characters and never repeat", () => {
  const ids = Array.from({ length: MANY }, () => randomIds.objectId());
  expect(ids.every((id) => /^[A-Za-z0-9._~-]+$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(MANY);
});
