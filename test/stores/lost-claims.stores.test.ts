import { randomIds, type SignatureHash, type SignatureIndex } from "@presign-once/core";
import { createDynamoDbIndex } from "@presign-once/indexes/dynamodb";
import { createPostgresIndex, postgresCleanup } from "@presign-once/indexes/postgres";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";

import { connect } from "../servers/dynamodb.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { closeAll, createTable, openIndex, openPool } from "./open-index.ts";

// A store may lose what it has confirmed. Each test makes one do so, and tries to claim a second time.
afterAll(closeAll);

async function register(index: SignatureIndex): Promise<SignatureHash> {
  const hash = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex") as SignatureHash;
  expect(await index.register(hash, { expiresAt: new Date(Date.now() + 3_600_000) })).toEqual({ status: "registered" });
  return hash;
}
const claim = async (index: SignatureIndex, hash: SignatureHash) =>
  (await index.claim(hash, randomIds.claimant())).status;
const until = (check: () => Promise<unknown>) => expect.poll(check, { timeout: 10_000, interval: 50 });

describe("Redis", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const open = (server: RedisServer) => openIndex({ store: "redis", port: server.port });

  test("a claim that a crash has undone is not won again, and what was saved is still refused", async () => {
    const before = await open(redis);
    const [claimedBefore, issued, claimedAfter] = [
      await register(before),
      await register(before),
      await register(before),
    ];
    await claim(before, claimedBefore);
    await redis.command("SAVE");
    expect(await claim(before, claimedAfter)).toBe("claimed");
    await closeAll();
    await redis.crash();

    const after = await open(redis);
    expect(await redis.command("EXISTS", `presign-once:${claimedAfter}`)).toBe(1);
    expect(await claim(after, claimedAfter)).toBe("unknown");
    expect(await claim(after, issued)).toBe("unknown");
    expect(await after.revoke(issued)).toEqual({ status: "unknown" });
    expect(await after.inspect(issued)).toEqual({ status: "unknown" });
    expect(await claim(after, claimedBefore)).toBe("already-claimed");
    expect(await claim(after, await register(after))).toBe("claimed");
  });

  test("of a primary and a replica promoted beside it, only the first lets the hash be claimed; nor does it after it followed the other", async () => {
    const replica = await startRedis();
    onTestFinished(() => replica.stop());
    const followed = (leader: RedisServer, follower: RedisServer) =>
      until(async () => {
        await follower.command("REPLICAOF", "127.0.0.1", `${leader.port}`);
        return follower.command("INFO", "replication");
      }).toContain("master_link_status:up");
    await followed(redis, replica);
    const first = await open(redis);
    const [hash, issued] = [await register(first), await register(first)];
    const key = `presign-once:${hash}`;
    await until(() => replica.command("EXISTS", key)).toBe(1);

    await replica.command("REPLICAOF", "NO", "ONE");
    const second = await open(replica);
    expect(await claim(first, hash)).toBe("claimed");
    expect(await replica.command("HGET", key, "by")).toBeNull();
    expect(await claim(second, hash)).toBe("unknown");

    await followed(replica, redis);
    await until(() => redis.command("HGET", key, "by")).toBeNull();
    await redis.command("REPLICAOF", "NO", "ONE");
    expect(await claim(first, hash)).toBe("unknown");
    expect(await claim(first, issued)).toBe("unknown");
  });

  test("an entry goes a day after its URL has ended, and keeps that time when it is claimed", async () => {
    const index = await open(redis);
    const hash = await register(index);
    await claim(index, hash);
    const ttl = Number(await redis.command("PTTL", `presign-once:${hash}`));
    expect(ttl).toBeGreaterThan(25 * 3_600_000 - 10_000);
    expect(ttl).toBeLessThanOrEqual(25 * 3_600_000);
  });

  test("a replica refuses for now, and proves that nothing was written", async () => {
    const replica = await startRedis();
    onTestFinished(() => replica.stop());
    await replica.command("REPLICAOF", "127.0.0.1", `${redis.port}`);
    const index = await openIndex({ store: "redis", port: replica.port }, "conflict-storm"); // for its short time
    const outcome = await index.register("0".repeat(64) as SignatureHash, { expiresAt: new Date() });
    expect(outcome).toMatchObject({ status: "indeterminate" });
  });

  test("a user without the rights is refused for good", async () => {
    await redis.command("ACL", "SETUSER", "default", "-eval");
    onTestFinished(async () => void (await redis.command("ACL", "SETUSER", "default", "+@all")));
    const outcome = await (await open(redis)).claim("0".repeat(64) as SignatureHash, randomIds.claimant());
    expect(outcome).toMatchObject({ status: "indeterminate", mayHaveLanded: false, cause: { code: "STORE_REFUSED" } });
  });
});

describe("DynamoDB", () => {
  const port = inject("stores").dynamodb;

  test("a claim that the client has sent twice by itself is recognized, and a throttled second attempt proves nothing", async () => {
    const client = connect(port, 2);
    onTestFinished(() => client.destroy());
    let throttles = false;
    client.middlewareStack.add(
      (next, { commandName }) => {
        let attempts = 0;
        return async (args) => {
          if (commandName !== "UpdateItemCommand") return next(args);
          attempts++;
          if (attempts === 1) await next(args);
          else if (!throttles) return next(args);
          const [name, status] = attempts === 1 ? ["TimeoutError", 500] : ["ThrottlingException", 400];
          throw Object.assign(new Error("made up"), { name, $metadata: { httpStatusCode: status } });
        };
      },
      { step: "deserialize", priority: "high" },
    );
    const index = createDynamoDbIndex({ client });
    const [twice, throttled] = [await register(index), await register(index)];
    const found = { status: "claimed", found: { since: expect.any(Date) } };
    expect(await index.claim(twice, randomIds.claimant())).toMatchObject(found);
    throttles = true;
    expect(await index.claim(throttled, randomIds.claimant())).toMatchObject(found);
  });

  test("a missing table is refused for good", async () => {
    const client = connect(port);
    onTestFinished(() => client.destroy());
    const index = createDynamoDbIndex({ client, table: "no_such_table" });
    expect(await index.claim("0".repeat(64) as SignatureHash, randomIds.claimant())).toMatchObject({
      status: "indeterminate",
      mayHaveLanded: false,
      cause: { code: "STORE_REFUSED" },
    });
  });
});

describe("PostgreSQL", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
    await createTable(postgres.port);
  });
  afterAll(() => postgres.stop());
  const open = (server: PostgresServer) => openIndex({ store: "postgres", port: server.port });

  test("a claim outlives a crash, and what was unclaimed can still be claimed", async () => {
    const before = await open(postgres);
    const [claimed, issued] = [await register(before), await register(before)];
    expect(await claim(before, claimed)).toBe("claimed");
    await closeAll();
    await postgres.crash();
    const after = await open(postgres);
    expect(await claim(after, claimed)).toBe("already-claimed");
    expect(await claim(after, issued)).toBe("claimed");
  });

  test("a promoted standby that has not received a claim does not let it be won again", async () => {
    const first = await open(postgres);
    const [early, hash] = [await register(first), await register(first)];
    await claim(first, early);
    const standby = await postgres.startStandby();
    onTestFinished(() => standby.stop());
    const second = await open(standby);
    await until(async () => (await second.inspect(hash)).status).toBe("indeterminate"); // a standby has no history of its own
    await standby.admin("SELECT pg_promote()");
    expect(await claim(first, hash)).toBe("claimed");

    expect(await claim(second, hash)).toBe("unknown");
    expect(await second.revoke(hash)).toEqual({ status: "unknown" });
    expect(await claim(second, early)).toBe("already-claimed");
    expect(await claim(second, await register(second))).toBe("claimed");
  });

  test("a session that confirms before it writes to disk is refused for good, and so is one in a transaction", async () => {
    const sound = await open(postgres);
    const hash = await register(sound);
    const hasty = createPostgresIndex({ pool: openPool(postgres.port, "-c synchronous_commit=off") });
    const refused = { status: "indeterminate", mayHaveLanded: false, cause: { code: "INDEX_MISCONFIGURED" } };
    expect(await hasty.claim(hash, randomIds.claimant())).toMatchObject(refused);
    expect(await hasty.register("0".repeat(64) as SignatureHash, { expiresAt: new Date() })).toMatchObject({
      status: "indeterminate",
    });

    const client = await openPool(postgres.port).connect();
    await client.query("BEGIN");
    await client.query(postgresCleanup());
    await client.query("CREATE TEMPORARY TABLE other ()");
    expect(await createPostgresIndex({ pool: client }).claim(hash, randomIds.claimant())).toMatchObject(refused);
    await client.query("ROLLBACK");
    client.release();
    expect(await claim(sound, hash)).toBe("claimed");
  });

  test("a server without fsync is refused for good", async () => {
    const hasty = await startPostgres({ fsync: "off" });
    onTestFinished(() => hasty.stop());
    await createTable(hasty.port);
    const index = await open(hasty);
    expect(await index.register("0".repeat(64) as SignatureHash, { expiresAt: new Date() })).toMatchObject({
      status: "indeterminate",
      cause: { code: "INDEX_MISCONFIGURED" },
    });
  });

  test("a user with the rights that the README names can register, claim, revoke and inspect", async () => {
    await postgres.admin("CREATE ROLE writer LOGIN");
    await openPool(postgres.port).query("GRANT SELECT, INSERT, UPDATE ON presign_once TO writer");
    const index = createPostgresIndex({ pool: openPool(postgres.port, "", "writer") });
    const [one, other] = [await register(index), await register(index)];
    expect(await claim(index, one)).toBe("claimed");
    expect(await index.revoke(other)).toEqual({ status: "revoked" });
    expect(await index.inspect(one)).toMatchObject({ status: "claimed" });
  });

  test("a missing table is refused for good, and so is a server that is not there, for now", async () => {
    const missing = createPostgresIndex({ pool: openPool(postgres.port), table: "no_such_table" });
    const nowhere = createPostgresIndex({ pool: openPool(1), limits: { totalMs: 100 } });
    const hash = "0".repeat(64) as SignatureHash;
    expect(await missing.claim(hash, randomIds.claimant())).toMatchObject({
      status: "indeterminate",
      mayHaveLanded: false,
      cause: { code: "STORE_REFUSED", cause: { code: "42P01" } },
    });
    expect(await nowhere.claim(hash, randomIds.claimant())).toMatchObject({
      status: "indeterminate",
      mayHaveLanded: false,
      cause: { code: "ECONNREFUSED" },
    });
  });

  test("the cleanup removes an entry a day after its URL has ended, and no earlier", async () => {
    const index = await open(postgres);
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
    const kept = await register(index);
    const gone = "1".repeat(64) as SignatureHash;
    const ended = "2".repeat(64) as SignatureHash;
    await index.register(gone, { expiresAt: hours(-25) });
    await index.register(ended, { expiresAt: hours(-23) });
    await openPool(postgres.port).query(postgresCleanup());
    expect(await index.inspect(gone)).toEqual({ status: "unknown" });
    expect(await index.inspect(ended)).toEqual({ status: "issued" });
    expect(await index.inspect(kept)).toEqual({ status: "issued" });
  });
});
