import { expect, test } from "vitest";

import { interleave } from "./interleave.ts";

const contenders = [{ name: "a" }, { name: "b" }, { name: "c" }];

test("gives each contender a turn in each round, and starts with another one each time", async () => {
  const turns: string[] = [];
  await interleave(contenders, { rounds: 3 }, async ({ name }) => {
    turns.push(name);
    return {};
  });
  expect(turns.join("")).toBe("abcbcacab");
});

test("keeps samples by measure and contender, in the order of the contenders", async () => {
  let n = 0;
  const samples = await interleave(contenders, { rounds: 2 }, async () => ({ order: ++n }));
  expect([...(samples.get("order") ?? [])]).toEqual([
    ["a", [1, 6]],
    ["b", [2, 4]],
    ["c", [3, 5]],
  ]);
});

test("keeps no sample of the warm-up", async () => {
  let n = 0;
  const samples = await interleave([{ name: "a" }], { rounds: 2, warmUp: 3 }, async () => ({ turn: ++n }));
  expect(samples.get("turn")?.get("a")).toEqual([4, 5]);
});

test("runs one turn at a time", async () => {
  let running = 0;
  await interleave(contenders, { rounds: 2 }, async () => {
    expect(++running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return {};
  });
});
