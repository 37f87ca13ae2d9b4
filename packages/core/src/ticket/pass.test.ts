import { describe, expect, test } from "vitest";

import type { SignatureHash } from "../ports/signature-hash.ts";
import { createManualClock, createSequentialIds } from "../testing/index.ts";
import { createEdgeKeys } from "../url/edge-keys.ts";
import { issuePass, PASS_SECONDS, readPass } from "./pass.ts";
import { tokenText } from "./token.ts";

const HASH = "a".repeat(64) as SignatureHash;
const OTHER = "b".repeat(64) as SignatureHash;
const K1 = { id: "k1", secret: new Uint8Array(32).fill(1) };
const K2 = { id: "k2", secret: new Uint8Array(32).fill(2) };
const keys = createEdgeKeys([K1], { scope: "index 900" });
const clock = createManualClock(new Date("2026-01-01T00:00:00.900Z"));
const NONCE = "1".padStart(32, "0");
const EXPIRES_AT = new Date("2026-01-01T00:01:00Z");

const issue = (of = keys, hash = HASH) => issuePass(hash, { keys: of, ids: createSequentialIds(), now: clock.now() });

test("is its time, a secret and a tag, and is read as it was issued", async () => {
  expect(PASS_SECONDS).toBe(60);
  const pass = await issue();
  expect(pass).toMatch(new RegExp(`^${EXPIRES_AT.getTime() / 1000}\\.${NONCE}\\.k1\\.[0-9a-f]{64}$`));
  expect(await readPass(pass, HASH, keys)).toEqual({ expiresAt: EXPIRES_AT, nonce: NONCE });
});

test("is each time another one", async () => {
  const ids = createSequentialIds();
  const passes = [];
  for (let i = 0; i < 3; i++) passes.push(await issuePass(HASH, { keys, ids, now: clock.now() }));
  expect(new Set(passes.map((pass) => pass.split(".")[1])).size).toBe(3);
});

test("is good for its own ticket only", async () => {
  expect(await readPass(await issue(), OTHER, keys)).toBeUndefined();
});

test("is good in its own scope only, and with keys that are there", async () => {
  const pass = await issue();
  expect(await readPass(pass, HASH, createEdgeKeys([K1], { scope: "index 901" }))).toBeUndefined();
  expect(await readPass(pass, HASH, createEdgeKeys([K2], { scope: "index 900" }))).toBeUndefined();
  const foreign = await issue(createEdgeKeys([{ ...K2, id: "k1" }], { scope: "index 900" }));
  expect(await readPass(foreign, HASH, keys)).toBeUndefined();
  expect(await readPass(pass, HASH, createEdgeKeys([K2, K1], { scope: "index 900" }))).toBeDefined();
});

test("is no ticket, and no ticket is a pass", async () => {
  const text = `${EXPIRES_AT.getTime() / 1000}.${NONCE}`;
  const tag = await keys.tag(tokenText("ticket", `${HASH}.${text}`));
  expect(await readPass(`${text}.${tag}`, HASH, keys)).toBeUndefined();
});

describe("is not read", () => {
  const tamper: [what: string, change: (pass: string) => string][] = [
    ["with a later time", (pass) => pass.replace(/^\d+/, (seconds) => String(Number(seconds) + 1))],
    ["with another secret", (pass) => pass.replace(NONCE, "2".padStart(32, "0"))],
    ["with another tag", (pass) => pass.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))],
    ["with another key id", (pass) => pass.replace(".k1.", ".k2.")],
    ["with a part less", (pass) => pass.slice(0, -1)],
    ["with a part more", (pass) => `${pass}0`],
    ["with a line more", (pass) => `${pass}\n`],
    ["in upper case", (pass) => pass.toUpperCase()],
    ["percent-encoded", (pass) => pass.replace(".", "%2E")],
    ["without a tag", (pass) => pass.split(".").slice(0, 2).join(".")],
    ["if it is empty", () => ""],
    ["if it is very long", () => "1".repeat(100_000)],
  ];
  test.each(tamper)("%s", async (_, change) => {
    const pass = await issue();
    expect(change(pass)).not.toBe(pass);
    expect(await readPass(change(pass), HASH, keys)).toBeUndefined();
  });

  test.each(["0", "01767225660", "-1", "1e9", "1.5", "9999999999999", ""])(
    "with the time %o, although the tag is right",
    async (time) => {
      const text = `${time}.${NONCE}`;
      const tag = await keys.tag(tokenText("pass", `${HASH}.${text}`));
      expect(await readPass(`${text}.${tag}`, HASH, keys)).toBeUndefined();
    },
  );

  test.each(["", "1", `${NONCE}0`, NONCE.replace("0", "A"), NONCE.replace("0", "é")])(
    "with the secret %o, although the tag is right",
    async (nonce) => {
      const text = `1767225660.${nonce}`;
      const tag = await keys.tag(tokenText("pass", `${HASH}.${text}`));
      expect(await readPass(`${text}.${tag}`, HASH, keys)).toBeUndefined();
    },
  );
});
