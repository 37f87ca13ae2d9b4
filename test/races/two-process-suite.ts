import { raceInProcesses, type RaceResult } from "@presign-once/indexes/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Place } from "../e2e/place.ts";
import type { Entrant } from "./entrants.ts";

const CLAIMANTS = 32;

/**
 * Races at the index itself, from two processes: nothing that one process orders by chance can help.
 *
 * @param name   of the server and bucket
 * @param start  starts the S3 server, with an empty bucket
 */
export function testRaces(name: string, entrant: Entrant, rounds: number, start: () => Promise<Place>): void {
  let place: Place;
  beforeAll(async () => {
    place = await start();
  }, 180_000);
  afterAll(async () => place?.stop(), 60_000);

  const race = async (raced: Entrant, times: number): Promise<RaceResult> => {
    const { bucket } = place;
    const { endpoint, region, credentials, forcePathStyle } = place.server;
    const result = await raceInProcesses({
      module: new URL("entrants.ts", import.meta.url),
      options: { server: { endpoint, region, credentials, forcePathStyle }, bucket, entrant: raced },
      rounds: times,
      claimants: CLAIMANTS,
      execArgv: ["--conditions=source"],
    });
    const winners = Object.entries(result.roundsByWinners).map(([count, of]) => `${of} rounds with ${count}`);
    const answers = Object.entries(result.answers).map(([answer, count]) => `${answer} ${count}`);
    console.log(
      `${raced} on ${name}: ${times} rounds of ${CLAIMANTS} claimants in two processes; winners: ${winners.join(", ")}; by process ${result.wonByProcess.join(" and ")}; answers: ${answers.join(", ")}`,
    );
    return result;
  };

  test(
    `${rounds} rounds of ${CLAIMANTS} claimants in two processes on ${name}: one winner each`,
    { timeout: 600_000 },
    async () => {
      const { roundsByWinners, wonByProcess, answers } = await race(entrant, rounds);
      expect(roundsByWinners).toEqual({ 1: rounds });
      expect(answers).toEqual({ claimed: rounds, "already-claimed": rounds * (CLAIMANTS - 1) });
      for (const won of wonByProcess) expect(won).toBeGreaterThan(0);
    },
  );

  test(
    `on ${name}, an index that reads before it writes is found to have two winners`,
    { timeout: 120_000 },
    async () => {
      const { roundsByWinners } = await race("look-then-write", 5);
      expect(
        Object.keys(roundsByWinners)
          .map(Number)
          .every((winners) => winners <= 1),
      ).toBe(false);
    },
  );
}
