import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { DynamoDbClient } from "@presign-once/indexes/dynamodb";
import type { PostgresPool } from "@presign-once/indexes/postgres";
import type { RedisClient } from "@presign-once/indexes/redis";
import type { SqliteDatabase } from "@presign-once/indexes/sqlite";
import type BetterSqlite3 from "better-sqlite3";
import type { Redis } from "ioredis";
import type { Pool } from "pg";
import type { createClient } from "redis";
import { expectTypeOf, test } from "vitest";

// Compared by the type checker; `better-sqlite3` needs a compiler to install, so its types are all that is here of it.
test("the field's clients have the shapes that the indexes ask for", () => {
  expectTypeOf<BetterSqlite3.Database>().toExtend<SqliteDatabase>();
  expectTypeOf<DynamoDB>().toExtend<DynamoDbClient>();
  expectTypeOf<Pool>().toExtend<PostgresPool>();
  expectTypeOf<Redis>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createClient>>().toExtend<RedisClient>();
});
