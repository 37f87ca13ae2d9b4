import { DatabaseSync } from "node:sqlite";

import type { SignatureIndex } from "@presign-once/core";
import { type CallKind, type ClientCall, type StoreFault, withFaults } from "@presign-once/core/testing";
import type { TimeLimits } from "@presign-once/indexes";
import { createDynamoDbIndex } from "@presign-once/indexes/dynamodb";
import { createPostgresIndex, postgresSchema } from "@presign-once/indexes/postgres";
import { createRedisIndex } from "@presign-once/indexes/redis";
import { createSqliteIndex, sqliteSchema } from "@presign-once/indexes/sqlite";
import { Redis } from "ioredis";
import pg from "pg";
import { createClient } from "redis";

import { connect } from "../servers/dynamodb.ts";

/** A store, and where it is: JSON, for processes that race. */
export type StorePlace =
  | { readonly store: "postgres" | "redis" | "ioredis" | "dynamodb"; readonly port: number }
  | { readonly store: "sqlite"; readonly file: string; readonly journal: "delete" | "wal" };

/** The faults that {@link openIndex} injects: all that there are. */
export const allFaults = ["lost-request", "lost-answer", "conflict-storm", "unavailable-storm"] as const;

/** Races are about order and not about time: no claim is given up because the machine is busy. Under a storm time always runs out. */
const limitsUnder = (fault?: StoreFault): TimeLimits =>
  fault?.endsWith("storm") === true ? { requestMs: 500, totalMs: 600 } : { requestMs: 10_000, totalMs: 30_000 };

const toClose: (() => unknown)[] = [];

/** Closes the connections of every handle that this process has opened. */
export async function closeAll(): Promise<void> {
  for (const close of toClose.splice(0)) await close();
}

/** Opens a handle for `raceInProcesses`. */
export function open(place: StorePlace): Promise<SignatureIndex> {
  return openIndex(place);
}

/** Opens a handle with a connection of its own, through the field's own client. */
export async function openIndex(place: StorePlace, fault?: StoreFault): Promise<SignatureIndex> {
  const limits = limitsUnder(fault);
  switch (place.store) {
    case "postgres": {
      const pool = openPool(place.port);
      const conflict = Object.assign(new Error("made up"), { severity: "ERROR", code: "40001" });
      return createPostgresIndex({ pool: withFaults(pool, fault, { kindOf: kindOfSql, conflict }), limits });
    }
    case "redis": {
      const client = createClient({ socket: { host: "127.0.0.1", port: place.port } });
      client.on("error", () => {}); // of a server that has ended: commands report it
      await client.connect();
      toClose.push(() => client.destroy());
      const kindOf = ([call]: readonly ClientCall[]) => kindOfScript(call?.args[0]);
      return createRedisIndex({ client: withFaults(client, fault, { kindOf, conflict: readOnly }), limits });
    }
    case "ioredis": {
      const client = new Redis({ host: "127.0.0.1", port: place.port });
      toClose.push(() => client.disconnect());
      const kindOf = ([call]: readonly ClientCall[]) => kindOfScript(call?.args);
      return createRedisIndex({ client: withFaults(client, fault, { kindOf, conflict: readOnly }), limits });
    }
    case "dynamodb": {
      const client = connect(place.port);
      toClose.push(() => client.destroy());
      const conflict = Object.assign(new Error(), { name: "ThrottlingException", $metadata: { attempts: 1 } });
      const kindOf = ([call]: readonly ClientCall[]): CallKind => (call?.method === "getItem" ? "read" : "write");
      return createDynamoDbIndex({ client: withFaults(client, fault, { kindOf, conflict }), limits });
    }
    case "sqlite": {
      const database = new DatabaseSync(place.file);
      toClose.push(() => database.close());
      for (const sql of ["PRAGMA busy_timeout = 5000", `PRAGMA journal_mode = ${place.journal}`, sqliteSchema()])
        database.exec(sql);
      database.exec("PRAGMA busy_timeout = 0"); // from here on the index waits by itself
      const conflict = Object.assign(new Error("made up"), { errcode: 5 });
      const kindOf = (calls: readonly ClientCall[]): CallKind =>
        calls.length === 1 ? "step" : calls[1]?.method === "run" ? "write" : "read";
      const faulty = withFaults(database, fault, { kindOf, isSynchronous: true, conflict });
      return createSqliteIndex({ database: faulty, limits });
    }
  }
}

/**
 * Opens a pool; {@link closeAll} ends it.
 *
 * @param user  default: the one who owns the table, and is no superuser
 */
export function openPool(port: number, options = "", user = "app"): pg.Pool {
  const pool = new pg.Pool({ host: "127.0.0.1", port, user, database: "test", max: 5, options });
  pool.on("error", () => {}); // of an idle connection whose server has ended
  toClose.push(() => pool.end());
  return pool;
}

/** Creates the table in a PostgreSQL. */
export async function createTable(port: number): Promise<void> {
  await openPool(port).query(postgresSchema());
}

const readOnly = new Error("READONLY made up");

function kindOfSql([call]: readonly ClientCall[]): CallKind {
  return /^\s*(INSERT|UPDATE)/.test(String(call?.args[0])) ? "write" : "read";
}

function kindOfScript(command: unknown): CallKind {
  return (command as readonly string[])[4] === "read" ? "read" : "write";
}
