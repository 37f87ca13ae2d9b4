import { afterAll, beforeAll } from "vitest";

import type { CommandResult } from "../scripts/run-command.ts";
import { copyWorkspace, type WorkspaceCopy } from "./workspace-copy.ts";

/** A file to plant: its path in the workspace, and its text, or a function that changes the text that is there. */
export interface Plant {
  readonly path: string;
  readonly text: string | ((text: string) => string);
}

/**
 * Before the tests of a file or a `describe`: plants all violations in a copy of the workspace, and runs a gate there once.
 *
 * A gate takes seconds, so one run serves all its tests.
 *
 * @param script  of the root `package.json`
 * @param plants  what to plant; may look at the copy
 * @param args    of the script
 * @param build   build the packages first, and plant in what was built
 * @returns       what the run printed, for the tests
 */
export function runGate(
  script: string,
  plants: (copy: WorkspaceCopy) => Promise<readonly Plant[]> | readonly Plant[],
  { args = [], build = false }: { readonly args?: readonly string[]; readonly build?: boolean } = {},
): () => CommandResult {
  let copy: WorkspaceCopy;
  let result: CommandResult;
  beforeAll(async () => {
    copy = await copyWorkspace();
    if (build) {
      const { exitCode, output } = await copy.run("build");
      if (exitCode !== 0) throw new Error(output);
    }
    for (const { path, text } of await plants(copy)) await copy.plant(path, text);
    result = await copy.run(script, ...args);
  });
  afterAll(() => copy?.remove());
  return () => result;
}
