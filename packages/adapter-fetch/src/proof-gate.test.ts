import type { OneObjectOutcome } from "@presign-once/core";
import { createInMemorySink, createManualClock } from "@presign-once/core/testing";
import { expect, test } from "vitest";

import { readCommon, type RelayError } from "./common-options.ts";
import { createProofGate } from "./proof-gate.ts";

/** A gate in front of a store that answers these, one after the other, and then nothing. */
function gateOf(...answers: (OneObjectOutcome | Error)[]) {
  const lines: unknown[] = [];
  const errors: RelayError[] = [];
  const clock = createManualClock();
  let tries = 0;
  const proveOneObject = async (): Promise<OneObjectOutcome> => {
    const answer = answers[tries++];
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error("asked too often");
    return answer;
  };
  const sink = { ...createInMemorySink(), proveOneObject };
  const { writeLine } = readCommon({
    writeLine: (line) => void lines.push(JSON.parse(line)),
    onError: (error) => void errors.push(error),
  });
  const gate = createProofGate({ sink, clock, writeLine });
  return { gate, clock, lines, errors, tries: () => tries };
}

test.each<OneObjectOutcome>([{ status: "proven" }, { status: "broken", seen: "two objects" }])(
  "tries once and logs one line if the outcome is certain: %j",
  async (outcome) => {
    const { gate, clock, lines, errors, tries } = gateOf(outcome);
    expect(await Promise.all([gate(), gate(), gate()])).toEqual([outcome, outcome, outcome]);
    clock.advance(1_000_000);
    expect(await gate()).toEqual(outcome);
    expect(tries()).toBe(1);
    const cause = "seen" in outcome ? { cause: outcome.seen } : {};
    expect(lines).toEqual([{ presignOnce: "relay", outcome: `retries-${outcome.status}`, ...cause }]);
    const told = { requestId: undefined, reason: "retries-broken", cause: new Error("two objects") };
    expect(errors).toEqual("seen" in outcome ? [told] : []);
  },
);

test("tries again after an undecided outcome, but not for each request", async () => {
  const denied = Object.assign(new Error("planted"), { name: "AccessDenied" });
  const { gate, clock, lines, errors, tries } = gateOf({ status: "undecided", cause: denied }, new Error("x"), {
    status: "proven",
  });
  for (let i = 0; i < 3; i++) expect(await gate()).toMatchObject({ status: "undecided" });
  expect(tries()).toBe(1);
  clock.advance(10);
  expect(await gate()).toMatchObject({ status: "undecided" }); // a sink that throws, against its contract
  clock.advance(10);
  expect(await gate()).toEqual({ status: "proven" });
  expect(tries()).toBe(3);
  expect(lines[0]).toEqual({ presignOnce: "relay", outcome: "retries-undecided", cause: "AccessDenied" });
  expect(JSON.stringify(lines)).not.toContain("planted");
  expect(errors.map(({ reason }) => reason)).toEqual(["retries-undecided", "retries-undecided"]);
  expect(errors[0]?.cause).toBe(denied);
});
