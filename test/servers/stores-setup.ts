import type { TestProject } from "vitest/node";

import { startDynamoDb } from "./dynamodb.ts";
import { installPostgres, startPostgres } from "./postgres.ts";
import { installRedis, startRedis } from "./redis.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The ports on 127.0.0.1 of the servers that all tests of a run share. */
    stores: { readonly postgres: number; readonly redis: number; readonly dynamodb: number };
  }
}

/** Gives a test run one PostgreSQL, one Redis and one DynamoDB, `inject("stores")`; installs the first two if they are missing. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installPostgres((line) => console.log(line));
  await installRedis((line) => console.log(line));
  const [postgres, redis, dynamodb] = await Promise.all([startPostgres(), startRedis(), startDynamoDb()]);
  project.provide("stores", { postgres: postgres.port, redis: redis.port, dynamodb: dynamodb.port });
  return async () => {
    await Promise.all([postgres.stop(), redis.stop(), dynamodb.stop()]);
  };
}
