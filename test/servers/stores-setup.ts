import type { TestProject } from "vitest/node";

import { installPostgres, startPostgres } from "./postgres.ts";
import { installRedis, startRedis } from "./redis.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The ports on 127.0.0.1 of the servers that all tests of a run share. */
    stores: { readonly postgres: number; readonly redis: number };
  }
}

/** Gives a test run one PostgreSQL and one Redis, `inject("stores")`; installs them first if they are missing. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installPostgres((line) => console.log(line));
  await installRedis((line) => console.log(line));
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  project.provide("stores", { postgres: postgres.port, redis: redis.port });
  return async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  };
}
