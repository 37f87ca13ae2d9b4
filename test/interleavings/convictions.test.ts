import { describe, expect, test } from "vitest";

import { createFlawedIndex } from "./flawed-index.ts";
import { describeViolations, reportSchedule, total } from "./report.ts";
import { createLaboratory, type Scenario } from "./scenario.ts";
import { article, downloadMistake, mistakes, retryMistakes, unsafeServers } from "./scenarios.ts";

const lab = await createLaboratory();

/** The shortest schedule in which two uploads pass, as text. */
async function shortestOf(scenario: Scenario): Promise<string[]> {
  const found = (await lab.explore(scenario, "two uploads pass")).counterExamples.get("two uploads pass");
  const { world, store } = await lab.prepare(scenario);
  return reportSchedule(
    found!,
    world.actors.map(({ name }) => name),
    store,
  ).split("\n");
}

describe("finds two uploads that pass", () => {
  test("with the article's algorithm, in eight steps: both read, one claims, the other claims, and each is the newest", async () => {
    const steps = await shortestOf(article.scenario);
    expect(steps).toHaveLength(8);
    expect(steps.filter((step) => step.includes("HEAD"))).toHaveLength(4);
    expect(steps.slice(0, 4).every((step) => step.includes("HEAD"))).toBe(true);
    expect(steps.filter((step) => step.endsWith("=> passes"))).toHaveLength(2);
    expect(steps[5]).toMatch(/LIST .* 200, newest first: ([AB])1 {3}=> passes$/);
    expect(steps[7]).toMatch(/LIST .* 200, newest first: ([AB])1 (?!\1)[AB]1 {3}=> passes$/);
  });

  test.for(mistakes)("with $name", async ({ scenario }) => {
    const steps = await shortestOf(scenario);
    expect(steps.filter((step) => step.endsWith("=> passes"))).toHaveLength(2);
  });

  test.for(unsafeServers)("with $name", async ({ scenario }) => {
    const steps = await shortestOf(scenario);
    expect(steps.filter((step) => step.endsWith("=> passes"))).toHaveLength(2);
  });
});

test.for(retryMistakes)("finds two objects of one URL with $name", async ({ scenario }) => {
  const { counterExamples } = await lab.explore(scenario, "two objects come of one URL");
  expect(counterExamples.has("two objects come of one URL")).toBe(true);
});

test("finds two clients that get one download, where all passes make one claimant", async () => {
  const { counterExamples } = await lab.explore(downloadMistake.scenario, "two clients pass");
  expect(counterExamples.has("two clients pass")).toBe(true);
});

describe("a compare-and-swap index written for tests", () => {
  const explore = (...[flaw]: Parameters<typeof createFlawedIndex>) =>
    lab.explore({ createIndex: createFlawedIndex(flaw), model: { order: "linearizable" }, claimants: 2, faults: true });

  test("has no violation without a flaw", async () => {
    const exploration = await explore("none");
    expect(describeViolations(exploration)).toBe("");
    expect(total(exploration).schedules).toBeGreaterThan(0n);
  });

  test("without its read-back uses URLs up that no client owns", async () => {
    const { counterExamples } = await explore("no-read-back");
    expect(counterExamples.has("used up, but no failed request owns it")).toBe(true);
    expect(counterExamples.has("used up, and its owner was not told")).toBe(true);
  });

  test("that reports mayHaveLanded: false without knowing is found to be wrong", async () => {
    const { counterExamples } = await explore("false-comfort");
    expect(counterExamples.has("was told that nothing was written, but something was or may yet be")).toBe(true);
  });
});
