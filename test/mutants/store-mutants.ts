import { type Mutant, mutantsOf } from "./mutant.ts";

const frame = [
  ...mutantsOf(
    "packages/indexes/src/entry-index.ts",
    [
      `if (await deadline.run(() => store.settle(hash, by))) return`,
      `await deadline.run(() => store.settle(hash, by)); return`,
      "every claimant wins",
    ],
    [
      "entry.claimant === claimant\n",
      "true\n",
      "a claim that was lost to another claimant is reported as won: two winners",
    ],
    [
      `if (entry.state === "revoked") return { status: "revoked", attempts };`,
      "",
      "a revoked URL is refused as one that was used",
    ],
    [
      `looked.entry.state === "issued" ? "registered" : "already-registered"`,
      `"registered"`,
      "a used URL is handed out",
    ],
    [
      `entry.state === "revoked" ? "revoked" : "already-claimed"`,
      `"revoked"`,
      "an operator is told that a used URL was taken away unused",
    ],
    [
      "mayHaveLanded ||= !provesNoWrite(error);",
      "mayHaveLanded = !provesNoWrite(error);",
      "a claim that may have landed is reported as one that did not",
    ],
    [
      "} while (!(isPermanentFault(cause) && !mayHaveLanded) &&",
      "} while (!isPermanentFault(cause) &&",
      "a claim that may have landed is not looked for",
    ],
  ),
  ...mutantsOf(
    "packages/indexes/src/settled-entry.ts",
    ["Number.isNaN(time.getTime()) || ", "", "a foreign entry is read as settled at no time"],
    ["|| isClaimant(by)))", "|| true))", "a foreign entry is read as revoked"],
    ["[a-z0-9_]*)?$/", "[a-z0-9_]*)?/", "a table's name is run as a statement"],
  ),
  ...mutantsOf(
    "packages/indexes/src/deadline.ts",
    ["Math.min(requestMs, end - performance.now())", "requestMs", "a call outlives its time"],
    ["clearTimeout(timer);", "", "every request leaves a timer behind"],
    ["if (performance.now() + jittered >= end) return false;", "", "a claim never ends"],
    ["pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);", "", "a busy store is asked every 10 ms"],
  ),
];

const sql = [
  ...mutantsOf(
    "packages/indexes/src/sqlite-statements.ts",
    [" AND settled_at IS NULL AND ${durable}`", " AND ${durable}`", "every claimant wins"],
    [" AND settled_at IS NULL AND ${durable}`", " AND settled_at IS NULL`", "a power failure reopens a used URL"],
    [
      "ON CONFLICT (hash) DO NOTHING`",
      "ON CONFLICT (hash) DO UPDATE SET claimant = NULL, settled_at = NULL`",
      "registering again reopens a used URL",
    ],
    ["if (durable !== 1)", "if (false)", "an operator is not told that the connection confirms too early"],
    ["< ${NOW_MS} - 86400000`", "< ${NOW_MS}`", "an entry goes while its URL may still be asked about"],
  ),
  ...mutantsOf(
    "packages/indexes/src/sqlite.ts",
    ["database.isTransaction === true || ", "", "a claim is rolled back after its upload passed"],
    ["errcode & 0xff", "errcode", "a lock with an extended code leaves a claim undecided"],
    ["|READONLY)(_|$)/", "|READONLY|IOERR)(_|$)/", "a claim that an error of the disk cut short counts as not made"],
  ),
  ...mutantsOf(
    "packages/indexes/src/postgres.ts",
    ["if (durable !== true)", "if (false)", "an operator is not told that the server confirms too early"],
    [
      "found === true && current === true",
      "found === true",
      "after a failover a lost claim is not reported as unknown",
    ],
    ["/^(08|40003)/", "/^08/", "a claim whose completion is unknown counts as not made"],
    [`severity === "ERROR" && !`, "!", "a claim that a server's shutdown cut short counts as not made"],
  ),
  ...mutantsOf("packages/indexes/src/cloudflare/d1.ts", [").meta.changes > 0;", ").meta.changes >= 0;", "all win"]),
];

const others = [
  ...mutantsOf(
    "packages/indexes/src/redis.ts",
    [
      `"call" in client && client.options?.autoResendUnfulfilledCommands !== false ? undefined : refusalOf(error)`,
      "refusalOf(error)",
      "a claim that ioredis sent again, and that had landed, counts as not made",
    ],
    [`by === "" ? null : by`, "by", "a revoked URL is reported as a foreign entry"],
  ),
  ...mutantsOf(
    "packages/indexes/src/cloudflare/r2.ts",
    ["{ etagMatches: looked.etag }", `{ etagDoesNotMatch: "" }`, "of concurrent claimants all win"],
    [`{ etagDoesNotMatch: "*" }`, `{ etagDoesNotMatch: "" }`, "registering again reopens a used URL"],
    [`if (looked?.entry.state !== "issued") return false;`, "if (looked === undefined) return false;", "all win"],
    [`([0-9a-f]{32})"\\}$/`, `([0-9a-f]{32})"\\}/`, "a foreign object is read as a claim"],
  ),
  ...mutantsOf(
    "packages/indexes/src/cloudflare/durable-object.ts",
    ["stored !== undefined && stored.at === undefined", "stored !== undefined", "every claimant wins"],
    ["stored !== undefined && stored.at", "stored?.at", "a hash that was never issued can be claimed"],
    [`"create" in task ? stored === undefined : `, `"create" in task || `, "registering again reopens a used URL"],
    ["task.create + MARGIN_MS", "task.create", "an entry goes while its URL may still be asked about"],
    ["if (!answer.ok)", "if (false)", "a claim that may have landed in a failing object counts as not made"],
  ),
  ...mutantsOf(
    "packages/indexes/src/testing/race-in-processes.ts",
    [`if (status !== "registered")`, "if (false)", "races for a hash that is not there"],
    [
      `of.filter((answer) => answer === "claimed").length`,
      `of.some((answer) => answer === "claimed") ? 1 / count : 0`,
      "two winners are told as one",
    ],
    [`process.once("exit", onExit);`, "", "a process that ends early is waited for without an end"],
  ),
];

/** Mutants of the indexes on other stores, and of the races that look for two winners: the tests next to the file must fail. */
export const storeMutants: readonly Mutant[] = [...frame, ...sql, ...others].map((mutant) => ({
  ...mutant,
  mustBeKilledBy: [mutant.file.replace(/(-statements)?\.ts$/, ".test.ts")],
}));
