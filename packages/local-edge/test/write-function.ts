import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

/** Where to say what is to be undone: `onTestFinished`, or `afterAll` for what a file's tests share. */
export type WhenDone = (undo: () => Promise<void> | void) => void;

/** Passes every request on as it came. */
export const PASS_THROUGH = "export const handler = async (event) => event.Records[0].cf.request;";

/** Writes a function bundle with this `index.mjs` to a temporary folder and returns the folder. */
export async function writeFunction(source: string, whenDone: WhenDone = onTestFinished): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "local-edge-function-"));
  whenDone(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, "index.mjs"), source);
  await writeFile(join(dir, "config.json"), "{}");
  return dir;
}

/** A function that edits `request` with the given statements and passes it on. */
export function editing(statements: string): string {
  return `export const handler = async (event) => { const { request } = event.Records[0].cf; ${statements}; return request; };`;
}

/** A function that answers with the given object literal. */
export function answering(response: string): string {
  return `export const handler = async (event) => (${response});`;
}
