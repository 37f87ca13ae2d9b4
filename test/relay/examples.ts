import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The examples of the repository, one folder for each framework. */
export const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

/** The frameworks of the examples that are one file for Node, `server.ts`. */
export const NODE_EXAMPLES = ["node", "express", "fastify", "hono"] as const;

/** What `wrangler.json` of the example for Cloudflare Workers says. */
export interface WorkerSettings {
  readonly compatibility_date: string;
  readonly compatibility_flags: readonly string[];
  readonly alias: Readonly<Record<string, string>>;
}

/** Reads the settings of the example for Cloudflare Workers. */
export async function readWorkerSettings(): Promise<WorkerSettings> {
  return JSON.parse(await readFile(join(EXAMPLES, "workers", "wrangler.json"), "utf8")) as WorkerSettings;
}

/** What an example depends on, without the packages of this workspace, each with its pinned version. */
export async function readDependencies(name: string): Promise<Record<string, string>> {
  const file = await readFile(join(EXAMPLES, name, "package.json"), "utf8");
  const { dependencies } = JSON.parse(file) as { dependencies: Record<string, string> };
  return Object.fromEntries(Object.entries(dependencies).filter(([, version]) => version !== "workspace:*"));
}
