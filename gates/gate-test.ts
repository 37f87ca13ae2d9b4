import { test as base } from "vitest";

import { copyWorkspace } from "./workspace-copy.ts";

/**
 * Vitest's `test` with a copy of the workspace to plant violations in.
 *
 * The tests of a file share `copy`, and so what one of them built; what a test plants through `workspace` is taken back
 * when it ends.
 */
export const test = base
  .extend("copy", { scope: "file" }, async ({}, { onCleanup }) => {
    const copy = await copyWorkspace();
    onCleanup(() => copy.remove());
    return copy;
  })
  .extend("workspace", ({ copy }, { onCleanup }) => {
    onCleanup(() => copy.restore());
    return copy;
  });
