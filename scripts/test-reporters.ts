import { join, resolve } from "node:path";

const folder = process.env["TEST_REPORTS"];

/**
 * Vitest's reporters for every configuration of the workspace.
 *
 * With `TEST_REPORTS` set to a folder, each run also leaves its results there as JSON, in a file of its own, for
 * `scripts/test-summary.ts`.
 */
export const reporters: ("default" | ["json", { outputFile: string }])[] =
  folder === undefined || folder === ""
    ? ["default"]
    : ["default", ["json", { outputFile: join(resolve(folder), `vitest-${process.pid}-${Date.now()}.json`) }]];
