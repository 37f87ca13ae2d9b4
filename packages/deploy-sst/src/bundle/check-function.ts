import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

import { MAX_ARCHIVE_BYTES, zippedSize } from "../archive-size.ts";

/**
 * Checks that Lambda@Edge would take a bundled function: it is there, loads, exports `handler`, and is small enough.
 *
 * @param file  the function's `index.mjs`; it is loaded, as Lambda would
 * @returns     the size of its archive, or what is wrong with it, in one sentence
 */
export async function checkFunction(name: string, file: string): Promise<{ bytes: number } | { problem: string }> {
  let source: Buffer;
  try {
    source = await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return { problem: `the ${name} function is missing: there is no ${file}` };
    return { problem: `the ${name} function cannot be read from ${file} (${code})` };
  }
  const bytes = zippedSize(source);
  if (bytes > MAX_ARCHIVE_BYTES)
    return {
      problem: `the ${name} function is ${bytes} bytes zipped, more than the ${MAX_ARCHIVE_BYTES} that a viewer-request function may have`,
    };
  let loaded: { handler?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as { handler?: unknown };
  } catch (fault) {
    return { problem: `the ${name} function does not load: ${fault instanceof Error ? fault.message : "it throws"}` };
  }
  if (typeof loaded.handler !== "function") return { problem: `the ${name} function exports no handler` };
  return { bytes };
}
