import { expect, test } from "vitest";

import { interleave } from "./interleave.ts";

const contenders = [{ name: "a" }, { name: "b" }, { name: "c" }];

test("everybody has a turn in each round, and another one begins each time", async () => {
  const turns: string[] = [];
  await interleave(contenders, { rounds: 3 }, async ({ name }) => {
    turns.push(name);
    return {};
  });
  expect(turns.join("")).toBe("abcbcacab");
});

test("samples are kept by measure and contender, in the order of the contenders, whoever began", async () => {
  let n = 0;
  const samples = await interleave(contenders, { rounds: 2 }, async () => ({ order: ++n }));
  expect([...(samples.get("order") ?? [])]).toEqual([
    ["a", [1, 6]],
    ["b", [2, 4]],
    ["c", [3, 5]],
  ]);
});

test("nothing of the warm-up is kept", async () => {
  let n = 0;
  const samples = await interleave([{ name: "a" }], { rounds: 2, warmUp: 3 }, async () => ({ turn: ++n }));
  expect(samples.get("turn")?.get("a")).toEqual([4, 5]);
});

test("no two turns overlap", async () => {
  let running = 0;
  await interleave(contenders, { rounds: 2 }, async () => {
    expect(++running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return {};
  });
});
