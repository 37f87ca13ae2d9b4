import { afterAll, beforeAll, expect, test } from "vitest";

import { countRoundTrips } from "../stub/round-trips.ts";
import { VERSIONED_BUCKET } from "../stub/s3-answers.ts";
import { startStub, type Stub } from "../stub/start-stub.ts";
import { hopeless, needsVersions, type OpenContender } from "./contender.ts";
import { ARTICLE, contenders, FLOOR } from "./contenders.ts";
import { silenceLog } from "./silence-log.ts";

const ROUND_TRIP_MS = 20;

let stub: Stub;
let giveBack: () => void;
const open = new Map<string, OpenContender>();
beforeAll(async () => {
  giveBack = silenceLog();
  stub = await startStub();
  await stub.setRoundTrip(ROUND_TRIP_MS);
  for (const contender of contenders) {
    const bucket = needsVersions(contender) ? VERSIONED_BUCKET : "index";
    open.set(contender.name, await contender.open({ server: stub, bucket }));
  }
});
afterAll(async () => {
  for (const contender of open.values()) await contender.close();
  await stub?.stop();
  giveBack?.();
});

const names = contenders.map(({ name }) => name);

test.each(names)("%s passes only the first use of a URL", async (name) => {
  const upload = await open.get(name)!.issue();
  expect([await upload(), await upload(), await upload()]).toEqual([true, false, false]);
});

test.each(names.filter((name) => contenders.find((one) => one.name === name)?.whole))(
  "%s refuses every invalid URL without a request to S3",
  async (name) => {
    for (const kind of hopeless) {
      const upload = await open.get(name)!.spoil![kind]();
      await stub.takeLog();
      expect([kind, await upload(), await stub.takeLog()]).toEqual([kind, false, []]);
    }
  },
);

test.each([
  [FLOOR, 1, 1],
  [ARTICLE, 4, 3],
])("%s sends the known %i requests per claim to S3, %i of them in sequence", async (name, requests, roundTrips) => {
  const upload = await open.get(name)!.issue();
  await stub.takeLog();
  await upload();
  const log = await stub.takeLog();
  expect([log.length, countRoundTrips(log)]).toEqual([requests, roundTrips]);
});

test("a cold connection adds two round trips to its first request", async () => {
  const upload = await open.get(FLOOR)!.issue();
  await stub.dropConnections();
  const before = performance.now();
  await upload();
  expect(performance.now() - before).toBeGreaterThanOrEqual(3 * ROUND_TRIP_MS - 1); // a machine that is late only adds
});
