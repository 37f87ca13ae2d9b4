import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { whyUnreadable } from "./read-config.ts";

test("distinguishes a missing file, a path below a file and a folder, without the name", async () => {
  const why = async (file: string) => readFile(file, "utf8").then(() => "read", whyUnreadable);
  const here = import.meta.filename;
  expect(await why(`${here}.none`)).toBe("it does not exist (ENOENT)");
  expect(await why(`${here}/config.json`)).toBe("it is below a file, not below a folder (ENOTDIR)");
  expect(await why(import.meta.dirname)).toBe("it is a folder (EISDIR)");
});

test("distinguishes a file without read permission from other errors", () => {
  const failure = (code?: unknown) => Object.assign(new Error("planted"), { code });
  expect(whyUnreadable(failure("EACCES"))).toBe("this user may not read it (EACCES)");
  expect(whyUnreadable(failure("EMFILE"))).toBe("EMFILE");
  for (const other of [failure(), failure(7), "planted", undefined]) expect(whyUnreadable(other)).toBe("unknown error");
});
