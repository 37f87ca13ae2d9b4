import { expect, test } from "vitest";

import { takeTurns } from "./take-turns.ts";

const never = new AbortController().signal;
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** Takes turns of two at once, and notes who got one. */
function queue() {
  const takeTurn = takeTurns(2);
  const began: string[] = [];
  const ends: Record<string, () => void> = {};
  const enter = async (name: string, signal = never): Promise<void> => {
    const end = await takeTurn(signal);
    began.push(name);
    ends[name] = end;
  };
  return { began, ends, enter };
}

test("lets two begin at once, and each other one when one before has ended", async () => {
  const { began, ends, enter } = queue();
  for (const name of ["a", "b", "c", "d"]) void enter(name);
  await settled();
  expect(began).toEqual(["a", "b"]);
  ends["b"]?.();
  await settled();
  expect(began).toEqual(["a", "b", "c"]);
});

test("one that is aborted while it waits leaves the queue at once, and takes no turn from others", async () => {
  const { began, ends, enter } = queue();
  const stop = new AbortController();
  void enter("a");
  void enter("b");
  void enter("c", stop.signal);
  void enter("d");
  stop.abort();
  await settled();
  expect(began).toEqual(["a", "b", "c"]);
  ends["c"]?.();
  await settled();
  expect(began).not.toContain("d");
  ends["a"]?.();
  await settled();
  expect(began).toEqual(["a", "b", "c", "d"]);
});
