import { describe, expect, test } from "vitest";

import { faultKinds } from "./fault.ts";
import { rehearse } from "./rehearse.ts";
import { describeViolations, total } from "./report.ts";
import { createLaboratory } from "./scenario.ts";
import { downloads, rehearsals, retries, trials, type Variation, variations } from "./scenarios.ts";

const lab = await createLaboratory();
const LONG_MS = 120_000;
// What takes longer is explored without faults here, and with them by `pnpm test interleavings`.
const quickTrials = trials.flatMap((trial) =>
  ([2, 3] as const).map((claimants) => {
    const faults = claimants === 2 || !trial.name.startsWith("versioning");
    return { ...trial, claimants, faults, what: describeFaults(faults) };
  }),
);
const quickVariations = variations.map(({ name, scenario, quick: faults }) => ({
  name,
  scenario: { ...scenario, faults },
  what: describeFaults(faults),
}));

function describeFaults(faults: boolean): string {
  return faults ? "one fault anywhere" : "no fault";
}

async function expectEveryGuarantee(scenario: Parameters<typeof lab.explore>[0]): Promise<void> {
  const exploration = await lab.explore(scenario);
  expect(describeViolations(exploration)).toBe("");
  expect(total(exploration).schedules).toBeGreaterThan(0n);
}

describe("every schedule", () => {
  test.for(quickTrials.filter(({ holds }) => holds))(
    "of $claimants claimants, $what, keeps every guarantee: $name",
    { timeout: LONG_MS },
    async ({ scenario, claimants, faults }) => {
      const exploration = await lab.explore({ ...scenario(claimants), faults });
      expect(describeViolations(exploration)).toBe("");
      const expected = faults ? ["none", ...faultKinds] : ["none"];
      expect([...exploration.tallies.keys()].sort()).toEqual(expected.sort());
      for (const [fault, { schedules, byWinners }] of exploration.tallies) {
        if (fault !== "crash") expect(byWinners, fault).toEqual(new Map([[1, schedules]]));
        expect(byWinners.get(1), fault).toBeGreaterThan(0n);
      }
    },
  );

  test.for(quickVariations)(
    "of two claimants, $what, keeps every guarantee: $name",
    { timeout: LONG_MS },
    ({ scenario }) => expectEveryGuarantee(scenario),
  );
});

function withFaultsWhereQuick({ name, scenario, quick }: Variation) {
  const faults = scenario.faults && quick;
  return { name, scenario: { ...scenario, faults }, what: describeFaults(faults) };
}

describe("every schedule of a link for one download", () => {
  test.for(downloads.map(withFaultsWhereQuick))(
    "gives the file to at most one client, $what: $name",
    { timeout: LONG_MS },
    ({ scenario }) => expectEveryGuarantee(scenario),
  );
});

describe("every schedule of a URL with retries", () => {
  test.for(retries.map(withFaultsWhereQuick))(
    "makes at most one object, for at most one client, $what: $name",
    { timeout: LONG_MS },
    ({ scenario }) => expectEveryGuarantee(scenario),
  );
});

test.for(quickTrials.filter(({ holds }) => !holds))(
  "two uploads pass in some schedules of $claimants claimants, $what, as documented: $name",
  { timeout: LONG_MS },
  async ({ scenario, claimants, faults }) => {
    const { byViolation, schedules } = total(await lab.explore({ ...scenario(claimants), faults }));
    expect(byViolation.get("two uploads pass")).toBeGreaterThan(0n);
    expect(byViolation.get("two uploads pass")).toBeLessThan(schedules);
  },
);

test.for(rehearsals)(
  "every schedule runs as predicted in a full run: $name",
  { timeout: LONG_MS },
  async ({ scenario }) => {
    const { world, store, programs } = await lab.prepare(scenario);
    const { schedules } = total(await lab.explore(scenario));
    expect(await rehearse(world, store, programs)).toBe(schedules);
  },
);
