import { HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";

import { type Behaviour, studyBehaviour } from "./behaviour.ts";
import { explore, type Exploration } from "./explore.ts";
import { total } from "./report.ts";
import type { World } from "./scheduler.ts";
import { createSimulatedS3, type S3Model } from "./simulated-s3.ts";

const linearizable: S3Model = { order: "linearizable" };

/** An actor that does what is needed and is told that it has claimed. */
function actor(name: string, work: (s3: S3Client) => Promise<unknown>): Promise<Behaviour> {
  return studyBehaviour({ name, run: (s3) => work(s3).then(() => ({ status: "claimed" })) }, 0);
}

/** Looks at `reads` keys, one after the other. */
const looker = (name: string, reads: number) =>
  actor(name, async (s3) => {
    for (let i = 0; i < reads; i++)
      await s3.send(new HeadObjectCommand({ Bucket: "b", Key: `k${i}` })).catch(() => undefined);
  });

/** Looks at `reads` keys, all at once. */
const glancer = (name: string, reads: number) =>
  actor(name, (s3) =>
    Promise.all(
      Array.from({ length: reads }, (_, i) =>
        s3.send(new HeadObjectCommand({ Bucket: "b", Key: `k${i}` })).catch(() => undefined),
      ),
    ),
  );

const writer = (name: string) =>
  actor(name, (s3) => s3.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: name })).catch(() => undefined));

function exploreAll(actors: readonly Behaviour[], more: Partial<World> = {}): Promise<Exploration> {
  const world: World = { s3: createSimulatedS3(linearizable), actors, faults: false, ...more };
  return explore(world, [], () => ({ winners: 1, violation: undefined }));
}

describe("the number of schedules is the combinatorial one", () => {
  test("n steps each of k actors: (kn)! / n!^k", async () => {
    expect(total(await exploreAll([await looker("A", 3), await looker("B", 3)])).schedules).toBe(20n);
    const three = [await looker("A", 4), await looker("B", 4), await looker("C", 4)];
    expect(total(await exploreAll(three)).schedules).toBe(34_650n);
  });

  test("n parallel steps each of k actors: (kn)!", async () => {
    expect(total(await exploreAll([await glancer("A", 3), await glancer("B", 3)])).schedules).toBe(720n);
    const three = [await glancer("A", 3), await glancer("B", 3), await glancer("C", 3)];
    expect(total(await exploreAll(three)).schedules).toBe(362_880n);
  });

  test("actors that take turns: one schedule", async () => {
    const actors = [await looker("A", 3), await looker("B", 3)];
    expect(total(await exploreAll(actors, { oneByOne: true })).schedules).toBe(1n);
  });

  test("a write that takes two steps is two steps", async () => {
    const s3 = createSimulatedS3({ order: "arrival-ordered" });
    expect(total(await exploreAll([await writer("A"), await writer("B")], { s3 })).schedules).toBe(6n);
  });

  test("each fault at each step, at most one per schedule", async () => {
    const { tallies } = await exploreAll([await looker("A", 2)], { faults: true });
    const counts = Object.fromEntries([...tallies].map(([fault, { schedules }]) => [fault, schedules]));
    expect(counts).toEqual({ none: 1n, crash: 2n, "lost-request": 2n, "slow-down": 2n, "error-before": 2n });
  });

  test("a late write lands at every later point, or never", async () => {
    const { tallies } = await exploreAll([await writer("A"), await looker("B", 1)], { faults: true });
    // Time-out (T), look (L), landing (W): TL, LT, each with W after it or not, and TWL.
    expect(tallies.get("late-write")?.schedules).toBe(5n);
  });
});

describe("finds every final state of the bucket", () => {
  /** Every end of every schedule, by its fault. */
  async function endsOf(actors: readonly Behaviour[], more: Partial<World> = {}): Promise<Record<string, string[]>> {
    const ends: Record<string, string[]> = {};
    const world: World = { s3: createSimulatedS3(linearizable), actors, faults: false, ...more };
    await explore(world, [], ({ fault, store }) => {
      (ends[fault?.kind ?? "none"] ??= []).push(store.map(({ id }) => id).join(" "));
      return { winners: 1, violation: undefined };
    });
    return ends;
  }

  test("with the writes of both, in either order", async () => {
    expect(await endsOf([await writer("A"), await writer("B")])).toEqual({ none: ["A1 B1", "B1 A1"] });
  });

  test("with one write under each of the faults", async () => {
    expect(await endsOf([await writer("A")], { faults: true })).toEqual({
      none: ["A1"],
      crash: ["", "A1"],
      "lost-request": [""],
      "lost-answer": ["A1"],
      "late-write": ["", "A1"],
      conflict: [""],
      "slow-down": [""],
      "error-before": [""],
      "error-after": ["A1"],
      "error-late": ["", "A1"],
      "delivered-twice": ["A1", "A1 A2"],
      retried: ["A1 A2"],
    });
  });
});

test("answers a write that the SDK retried as a second attempt", async () => {
  const errors: unknown[] = [];
  const creator = await actor("A", (s3) =>
    s3
      .send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "A", IfNoneMatch: "*" }))
      .catch((error: unknown) => errors.push(error)),
  );
  await exploreAll([creator], { faults: true });
  expect(errors).toContainEqual(
    expect.objectContaining({ name: "PreconditionFailed", $metadata: { httpStatusCode: 412, attempts: 2 } }),
  );
});

test("reports a shortest counter-example, with the fewest changes of actor", async () => {
  const world: World = {
    s3: createSimulatedS3(linearizable),
    actors: [await looker("A", 2), await looker("B", 2)],
    faults: false,
  };
  const { counterExamples } = await explore(world, [], () => ({ winners: 2, violation: "two uploads pass" }));
  const steps = counterExamples.get("two uploads pass")!.steps;
  expect(steps).toHaveLength(4);
  expect(new Set(steps.slice(0, 2).map(({ choice }) => choice.actor)).size).toBe(1);
});
