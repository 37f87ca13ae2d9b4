import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { whyUnreadable } from "./read-config.ts";

test("a file that is missing, below a file, or a folder is told apart, without its name", async () => {
  const why = async (file: string) => readFile(file, "utf8").then(() => "read", whyUnreadable);
  const here = import.meta.filename;
  expect(await why(`${here}.none`)).toBe("it does not exist (ENOENT)");
  expect(await why(`${here}/config.json`)).toBe("it is below a file, not below a folder (ENOTDIR)");
  expect(await why(import.meta.dirname)).toBe("it is a folder (EISDIR)");
});

test("so are a file that this user may not read, and what has no words of its own", () => {
  const failure = (code?: unknown) => Object.assign(new Error("planted"), { code });
  expect(whyUnreadable(failure("EACCES"))).toBe("this user may not read it (EACCES)");
  expect(whyUnreadable(failure("EMFILE"))).toBe("EMFILE");
  for (const other of [failure(), failure(7), "planted", undefined]) expect(whyUnreadable(other)).toBe("unknown error");
});
