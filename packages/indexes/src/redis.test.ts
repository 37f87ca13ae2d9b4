import { randomIds, type SignatureHash } from "@presign-once/core";
import { expect, test } from "vitest";

import { createRedisIndex, type RedisClient } from "./redis.ts";

// The laws run against real servers, in test/stores.
const hash = "0".repeat(64) as SignatureHash;
const refuse = () => Promise.reject(new Error("NOPERM this user has no permissions to run the 'eval' command"));
const claim = (client: RedisClient) =>
  createRedisIndex({ client, limits: { totalMs: 50 } }).claim(hash, randomIds.claimant());

test.each<[string, RedisClient]>([
  ["redis", { sendCommand: refuse }],
  ["ioredis that does not send again", { call: refuse, options: { autoResendUnfulfilledCommands: false } }],
])("with %s, what the server refuses has not been carried out", async (_name, client) => {
  expect(await claim(client)).toMatchObject({
    status: "indeterminate",
    mayHaveLanded: false,
    cause: { code: "STORE_REFUSED" },
  });
});

test("with ioredis as it is, a refusal may be that of a command that was carried out before", async () => {
  expect(await claim({ call: refuse, options: {} })).toMatchObject({ status: "indeterminate", mayHaveLanded: true });
});

test("a settled entry without a claimant was revoked", async () => {
  const client = { sendCommand: async () => ["settled", "5", ""] };
  expect(await createRedisIndex({ client }).inspect(hash)).toEqual({ status: "revoked", at: new Date(5) });
});
