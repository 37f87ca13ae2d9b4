import { describe, expect, inject, test } from "vitest";

import { mutantsOf } from "../mutants/mutant.ts";
import { bundleCoreTests } from "./bundle-core-tests.ts";
import type { Runtime, TestReport } from "./runtime.ts";

/** A rule of `core` that is broken once in every runtime, to see that the tests there would notice. */
const [BROKEN_RULE] = mutantsOf("packages/core/src/edge/claim.ts", [
  `if (request.method !== "PUT") return { status: "refused", reason: "method-not-allowed" };`,
  "",
  "a HEAD or a link preview uses the URL up",
]);

/**
 * Runs the tests of `core` in another runtime, and makes each of them a test here that passes or fails with it.
 *
 * Tests that are skipped there are named with the others, and must be skipped in Node as well.
 */
export async function reportCoreTests(runtime: Runtime): Promise<void> {
  const { userAgent, tests } = await runtime.run(await bundleCoreTests());
  const inNode = inject("testsInNode");
  console.info(`core in ${runtime.name} (${userAgent}): ${countsOf(tests)}\ncore in Node: ${countsOf(inNode)}`);

  test(`${runtime.name} is what ran them`, () => {
    expect(userAgent).toMatch(runtime.userAgent);
  });

  test("runs exactly the tests that run in Node", () => {
    expect(ranIn(tests)).toEqual(ranIn(inNode));
  });

  test("detects a broken rule there", { timeout: 60_000 }, async () => {
    const failed = (await runtime.run(await bundleCoreTests(BROKEN_RULE))).tests.filter(isFailed);
    expect(failed.map(({ name }) => name)).toContainEqual(expect.stringContaining("src/edge/claim.test.ts > "));
    expect(failed.length).toBeLessThan(tests.length / 2);
  });

  describe(`core in ${runtime.name}`, () => {
    for (const { name, state, errors } of tests)
      test.skipIf(state === "skipped")(name, () => {
        if (state === "failed") expect.fail(errors.join("\n"));
      });
  });
}

const isFailed = ({ state }: TestReport): boolean => state === "failed";

function ranIn(tests: readonly TestReport[]): string[] {
  return tests
    .filter(({ state }) => state !== "skipped")
    .map(({ name }) => name)
    .sort();
}

function countsOf(tests: readonly TestReport[]): string {
  const count = (state: TestReport["state"]) => tests.filter((one) => one.state === state).length;
  return `${count("passed")} tests passed, ${count("failed")} failed, ${count("skipped")} skipped`;
}
