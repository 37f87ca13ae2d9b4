import { TestRunner } from "vitest";
import { startTests } from "vitest/internal/browser";
import type { SerializedConfig } from "vitest/runtime";

import type { RuntimeReport, TestReport } from "./runtime.ts";

type Task = Awaited<ReturnType<typeof startTests>>[number]["tasks"][number];

/** What Vitest's runner asks its configuration; the values are those of `vitest.config.ts`, or Vitest's defaults. */
const config = {
  root: "",
  testTimeout: 30_000,
  hookTimeout: 30_000,
  maxConcurrency: 5,
  taskTitleValueFormatTruncate: 40,
  sequence: { hooks: "stack" },
  tags: [],
  expect: {},
  fakeTimers: {},
  experimental: { importDurations: { limit: 0 } },
  // Nothing is read or written: no test here has a snapshot.
  snapshotOptions: { updateSnapshot: "none", snapshotEnvironment: snapshotsNowhere() },
} as unknown as SerializedConfig;

/**
 * Runs test files as Vitest does in Node, by its own runner and its own `expect`, in whatever runtime this is bundled for.
 *
 * @param files  what imports each file, by its name
 */
export async function runTestFiles(files: Readonly<Record<string, () => Promise<unknown>>>): Promise<RuntimeReport> {
  // What a worker of Vitest's own leaves for the runner to find.
  Object.assign(globalThis, {
    __vitest_worker__: { config, ctx: {}, environment: {}, metaEnv: {}, durations: {}, onCleanup: () => {} },
  });
  const runner = Object.assign(new TestRunner(config), {
    importFile: (name: string) => files[name]?.() ?? Promise.reject(new Error(`${name} is not in the bundle`)),
    trace: (_name: string, ...rest: (() => unknown)[]) => rest.at(-1)?.(),
    onAfterRunSuite: () => {},
  });
  const done = await startTests(Object.keys(files), runner);
  return { userAgent: navigator.userAgent, tests: done.flatMap((file) => reportsOf(file, [])) };
}

/** A test is reported, and so is whatever kept a file or a suite from running its tests. */
function reportsOf(task: Task, outer: readonly string[]): TestReport[] {
  const names = [...outer, task.name];
  const errors = (task.result?.errors ?? []).map(({ stack, message }) => stack ?? message);
  const report = (state: TestReport["state"]): TestReport => ({ name: names.join(" > "), state, errors });
  if (task.type === "suite") {
    const inner = task.tasks.flatMap((one) => reportsOf(one, names));
    return errors.length > 0 ? [report("failed"), ...inner] : inner;
  }
  switch (task.result?.state) {
    case "pass":
      return [report("passed")];
    case "fail":
      return [report("failed")];
    default:
      return [report("skipped")];
  }
}

function snapshotsNowhere() {
  return {
    getVersion: () => "1",
    getHeader: () => "",
    resolvePath: async (path: string) => path,
    resolveRawPath: async (_testPath: string, path: string) => path,
    readSnapshotFile: async () => null,
  };
}
