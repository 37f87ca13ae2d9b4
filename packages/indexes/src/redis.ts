import type { SignatureIndex } from "@presign-once/core";

import type { TimeLimits } from "./deadline.ts";
import { createEntryIndex, type Refusal } from "./entry-index.ts";
import { entryOf } from "./settled-entry.ts";

/** What the index uses of a client: that of `redis` has `sendCommand`, that of `ioredis` has `call`. */
export type RedisClient =
  | {
      call(command: string, ...args: string[]): Promise<unknown>;
      readonly options?: { readonly autoResendUnfulfilledCommands?: boolean | undefined };
    }
  | { sendCommand(args: string[]): Promise<unknown> };

/** An entry may go a day after its URL has ended. */
const MARGIN_MS = 86_400_000;

/**
 * Redis runs one script at a time. The era names the unbroken history of one primary: `run_id` is new with each start, and
 * `master_replid` with each promotion.
 *
 * ARGV: what to do; for `create` the time of removal, for `settle` the claimant, or nothing. Answers `1` where it wrote, else what
 * the entry says.
 */
const SCRIPT = `
local era = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') ..
  string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local entry = redis.call('HMGET', KEYS[1], 'era', 'at', 'by')
if ARGV[1] == 'create' and not entry[1] then
  redis.call('HSET', KEYS[1], 'era', era)
  redis.call('PEXPIREAT', KEYS[1], ARGV[2])
  return 1
end
if ARGV[1] == 'settle' and entry[1] == era and not entry[2] then
  local time = redis.call('TIME')
  local at = time[1] .. string.format('%03d', math.floor(time[2] / 1000))
  if ARGV[2] == '' then redis.call('HSET', KEYS[1], 'at', at)
  else redis.call('HSET', KEYS[1], 'at', at, 'by', ARGV[2]) end
  return 1
end
if entry[2] then return { 'settled', entry[2], entry[3] or '' } end
return { entry[1] == era and 'issued' or 'unknown' }`;

/**
 * Creates an index in Redis 6 or newer, or Valkey: a claim is one script, one round trip.
 *
 * At most one claim wins: Redis runs one script at a time. **Redis may lose a claim that it has confirmed**, in a crash or a
 * failover. So an entry can be claimed only while the very process on which it was registered has been the primary ever since;
 * after a restart, a failover or a restored backup every URL that was unclaimed is `unknown`, and clients need new ones. No URL
 * is used twice, whatever the settings of persistence.
 *
 * Not checked: that the server is Redis. One that imitates it may give `INFO` another meaning.
 *
 * @param options.client  connected to the primary, and not to a cluster; its user needs `eval`, `info`, `time` and the key's commands
 *   With `ioredis` set `autoResendUnfulfilledCommands: false`: otherwise no error proves that nothing was written
 * @param options.prefix  of the keys; default `presign-once:`
 * @param options.limits  of the time
 * @example
 * const index = createRedisIndex({ client: await createClient().connect() });
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
 */
export function createRedisIndex(options: {
  readonly client: RedisClient;
  readonly prefix?: string;
  readonly limits?: TimeLimits;
}): SignatureIndex {
  const { client, prefix = "presign-once:", limits } = options;
  const run = (hash: string, ...args: string[]): Promise<unknown> => {
    const command = [SCRIPT, "1", prefix + hash, ...args];
    return "call" in client ? client.call("EVAL", ...command) : client.sendCommand(["EVAL", ...command]);
  };

  return createEntryIndex(
    {
      create: async (hash, expiresAt) =>
        (await run(hash, "create", String(Math.ceil(expiresAt.getTime()) + MARGIN_MS))) === 1,
      settle: async (hash, by) => (await run(hash, "settle", by ?? "")) === 1,
      async read(hash) {
        const [state, at, by] = (await run(hash, "read")) as readonly unknown[];
        if (state === "settled") return entryOf(by === "" ? null : by, at);
        return state === "issued" ? { state } : undefined;
      },
      // What is sent again after a connection broke may be refused although it had been carried out.
      refusalOf: (error) =>
        "call" in client && client.options?.autoResendUnfulfilledCommands !== false ? undefined : refusalOf(error),
    },
    limits,
  );
}

/** An error of the server begins with its kind; a script that is refused has written nothing. */
function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  if (/^(READONLY|OOM|LOADING|MASTERDOWN|MISCONF|BUSY|CLUSTERDOWN|TRYAGAIN|NOREPLICAS) /.test(error.message))
    return "for-now";
  return /^(NOAUTH|NOPERM|WRONGPASS|WRONGTYPE|MOVED|ERR) /.test(error.message) ? "for-good" : undefined;
}
