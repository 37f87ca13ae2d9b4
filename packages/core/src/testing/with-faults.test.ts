import { expect, test } from "vitest";

import type { StoreFault } from "./index-law.ts";
import { type CallKind, type ClientCall, withFaults } from "./with-faults.ts";

/** A store of one counter, reached in one call or by a step. */
class Counter {
  #count = 0;
  async add(by: number): Promise<number> {
    return (this.#count += by);
  }
  async read(): Promise<number> {
    return this.#count;
  }
  prepare(command: "add" | "read"): { run(by?: number): Promise<number> } {
    return { run: (by = 0) => this[command](by) };
  }
}

const kindOf = (calls: readonly ClientCall[]): CallKind => {
  const [first] = calls;
  if (first?.method !== "prepare") return first?.method === "add" ? "write" : "read";
  if (calls.length === 1) return "step";
  return first.args[0] === "add" ? "write" : "read";
};
const open = (fault?: StoreFault, counter = new Counter()) => withFaults(counter, fault, { kindOf });

test("without a fault it is the client itself", () => {
  const counter = new Counter();
  expect(open(undefined, counter)).toBe(counter);
});

test.each([
  ["lost-request", 1],
  ["lost-answer", 3],
] as const)("%s: the first write throws, and the next one is made", async (fault, sum) => {
  const counter = open(fault);
  await expect(counter.add(2)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(await counter.add(1)).toBe(sum);
  expect(await counter.read()).toBe(sum);
});

test("lost-answer hides a refusal as well", async () => {
  const refusing = { add: async () => Promise.reject(new Error("refused")) };
  const client = withFaults(refusing, "lost-answer", { kindOf });
  await expect(client.add()).rejects.toMatchObject({ code: "ECONNRESET" });
});

test("conflict-storm refuses writes with the conflict of the store, and lets reads through", async () => {
  const conflict = new Error("40001");
  const counter = withFaults(new Counter(), "conflict-storm", { kindOf, conflict });
  await expect(counter.add(1)).rejects.toBe(conflict);
  await expect(counter.prepare("add").run(1)).rejects.toBe(conflict);
  expect(await counter.read()).toBe(0);
});

test("unavailable-storm serves no request", async () => {
  const counter = open("unavailable-storm");
  await expect(counter.add(1)).rejects.toThrow("unavailable");
  await expect(counter.prepare("read").run()).rejects.toThrow("unavailable");
});

test("a request behind a step suffers like any other", async () => {
  const counter = open("lost-answer");
  await expect(counter.prepare("add").run(2)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(await counter.prepare("read").run()).toBe(2);
});

test.each(["lost-request", "lost-answer", "conflict-storm", "unavailable-storm"] as const)(
  "a synchronous client throws under %s",
  (fault) => {
    let sum = 0;
    const client = { add: () => ++sum };
    const faulty = withFaults(client, fault, { kindOf, isSynchronous: true });
    expect(() => faulty.add()).toThrow("simulated");
    expect(sum).toBe(fault === "lost-answer" ? 1 : 0);
  },
);
