import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const README = new URL("../../packages/adapter-fetch/README.md", import.meta.url);
/** Within this package, so that the examples find what they import; and out of git. */
const HOME = fileURLToPath(new URL("../.local/", import.meta.url));

/** The code of a README, written out unchanged. */
export interface Examples {
  readonly folder: string;
  /** The settings that it gives for Cloudflare Workers. */
  readonly workerSettings: {
    readonly compatibility_date: string;
    readonly compatibility_flags: readonly string[];
    readonly alias: Readonly<Record<string, string>>;
  };
  remove(): Promise<void>;
}

/**
 * Writes every block of code that starts with a file name into a folder. Throws when one is missing.
 *
 * @param project  the folder, which stays; default: a new one
 */
export async function writeExamples(project?: string): Promise<Examples> {
  const page = await readFile(README, "utf8");
  const folder = project ?? (await newFolder());
  const blocks = [...page.matchAll(/^```ts\n\/\/ ([\w-]+\.ts)\n(.*?)^```$/gms)];
  for (const [, name = "", code = ""] of blocks) await writeFile(join(folder, name), code);
  const names = blocks.map(([, name]) => name).join();
  if (names !== "relay.ts,node.ts,hono.ts,worker.ts") throw new Error(`examples of the README: ${names}`);
  const [, settings = ""] = /^```json\n(.*?)^```$/ms.exec(page) ?? [];
  return {
    folder,
    workerSettings: JSON.parse(settings) as Examples["workerSettings"],
    remove: async () => (project === undefined ? rm(folder, { recursive: true, force: true }) : undefined),
  };
}

async function newFolder(): Promise<string> {
  await mkdir(HOME, { recursive: true });
  return mkdtemp(join(HOME, "readme-"));
}
