import { createConditionalIndex } from "@presign-once/adapter-s3";
import { expect, test } from "vitest";

import { onSdk } from "./actors.ts";
import { rehearse } from "./rehearse.ts";
import { createLaboratory, type Scenario } from "./scenario.ts";

const lab = await createLaboratory();
const scenario: Scenario = {
  createIndex: onSdk(createConditionalIndex),
  model: { order: "linearizable" },
  claimants: 2,
  faults: false,
};

test("detects a claimant that behaves differently from the prediction", async () => {
  const { world, store, programs } = await lab.prepare(scenario);
  expect(await rehearse(world, store, programs)).toBe(2n);
  await expect(rehearse(world, store, [...programs].reverse())).rejects.toThrow("otherwise than foretold");
});
