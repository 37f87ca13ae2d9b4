import { raceInProcesses } from "@presign-once/indexes/testing";
import { expect, test } from "vitest";

const ROUNDS = 100;
const CLAIMANTS = 16;

/**
 * Races from two processes: nothing that one process orders by chance can help.
 *
 * @param module   exports `open`
 * @param options  what it gets
 */
export function testRaces(name: string, module: URL, options: () => unknown): void {
  test(`${ROUNDS} rounds of ${CLAIMANTS} claimants in two processes on ${name}: one winner each`, async () => {
    const race = {
      module,
      options: options(),
      rounds: ROUNDS,
      claimants: CLAIMANTS,
      execArgv: ["--conditions=source"],
    };
    const { roundsByWinners, wonByProcess, answers } = await raceInProcesses(race);
    console.log(
      `${name}: ${ROUNDS} rounds of ${CLAIMANTS} claimants in two processes; winners: ${JSON.stringify(roundsByWinners)}; by process ${wonByProcess.join(" and ")}; answers: ${JSON.stringify(answers)}`,
    );
    expect(roundsByWinners).toEqual({ 1: ROUNDS });
    expect(answers).toEqual({ claimed: ROUNDS, "already-claimed": ROUNDS * (CLAIMANTS - 1) });
    for (const won of wonByProcess) expect(won).toBeGreaterThan(0);
  }, 300_000);
}
