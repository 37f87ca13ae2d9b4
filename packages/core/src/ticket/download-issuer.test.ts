import { describe, expect, test } from "vitest";

import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { RegisterOutcome, SignatureIndex } from "../ports/signature-index.ts";
import { createInMemoryIndex, createManualClock, createSequentialIds } from "../testing/index.ts";
import { createEdgeKeys } from "../url/edge-keys.ts";
import { createDownloadIssuer, type DownloadRequest } from "./download-issuer.ts";
import { decodeDownloadTicket } from "./download-ticket.ts";
import { MAX_TOKEN_LENGTH } from "./token.ts";

const EDGE_URL = "https://edge.example";
const keys = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);

function createDesk(options: { register?: () => RegisterOutcome; keyPrefix?: string; maxLifeSeconds?: number } = {}) {
  const { register, ...limits } = options;
  const real = createInMemoryIndex();
  const registered: string[] = [];
  const index: SignatureIndex = {
    ...real,
    async register(hash, entry) {
      registered.push(`${hash} ${entry.expiresAt.toISOString()}`);
      return register?.() ?? real.register(hash, entry);
    },
  };
  const clock = createManualClock(new Date("2026-01-01T00:00:00.900Z"));
  const common = { keys, clock, ids: createSequentialIds(), ...limits };
  const request = (changes: Partial<DownloadRequest>) => ({
    ...{ baseUrl: EDGE_URL, expiresInSeconds: 900, key: "uploads/a.pdf" },
    ...changes,
  });
  return {
    registered,
    issue: (changes: Partial<DownloadRequest> = {}) =>
      createDownloadIssuer({ ...common, index }).issue(request(changes)),
    issueWithoutIndex: () => createDownloadIssuer(common).issue(request({})),
  };
}

function ticketOf(url: string) {
  return decodeDownloadTicket(/\/d\/([\w-]+)\./.exec(url)?.[1] ?? "");
}

test("puts all that the client needs into the grant, and all that the edge needs into its token", async () => {
  const desk = createDesk();
  const outcome = await desk.issue({ key: "uploads/ä/b c.pdf" });
  expect(outcome).toEqual({
    status: "issued",
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    grant: {
      ...{ id: "1", method: "GET", key: "uploads/ä/b c.pdf", fileName: "b c.pdf" },
      url: expect.stringMatching(/^https:\/\/edge\.example\/d\/[\w-]+\.k1\.[0-9a-f]{64}$/),
      expiresAt: new Date("2026-01-01T00:15:00Z"),
    },
  });
  if (outcome.status !== "issued") throw new Error("not issued");
  expect(ticketOf(outcome.grant.url)).toEqual({
    ...{ id: "1", issuedAt: new Date("2026-01-01T00:00:00Z"), lifeSeconds: 900, method: "GET" },
    ...{ key: "uploads/ä/b c.pdf", fileName: "b c.pdf", contentType: "application/octet-stream" },
  });
  expect(desk.registered).toEqual([`${outcome.hash} 2026-01-01T00:15:00.000Z`]);
});

test("puts name, type, confirmation and retries into the token", async () => {
  const asked = { fileName: "Ä.zip", contentType: "application/zip", confirm: "never", retries: "none" } as const;
  const outcome = await createDesk().issue(asked);
  if (outcome.status !== "issued") throw new Error("not issued");
  expect(ticketOf(outcome.grant.url)).toMatchObject(asked);
  expect(outcome.grant.fileName).toBe("Ä.zip");
});

test("issues two links for one object that have nothing to do with each other", async () => {
  const desk = createDesk();
  const [one, other] = [await desk.issue(), await desk.issue()];
  if (one.status !== "issued" || other.status !== "issued") throw new Error("not issued");
  expect(one.hash).not.toBe(other.hash);
});

test("asks no index where there is none", async () => {
  const desk = createDesk();
  expect(await desk.issueWithoutIndex()).toMatchObject({ status: "issued" });
  expect(desk.registered).toEqual([]);
});

test("hands out nothing that was not registered for certain", async () => {
  const cause = new Error("503");
  expect(await createDesk({ register: () => ({ status: "indeterminate", cause }) }).issue()).toEqual({
    ...{ status: "unavailable", cause },
  });
  const refused = new PresignOnceError("STORE_REFUSED", "Why.");
  expect(await createDesk({ register: () => ({ status: "indeterminate", cause: refused }) }).issue()).toEqual({
    ...{ status: "store-refused", cause: refused },
  });
  await expect(createDesk({ register: () => ({ status: "already-registered" }) }).issue()).rejects.toMatchObject({
    code: "LAW_BROKEN",
  });
});

describe("refuses", () => {
  const wrong: [field: string, changes: Partial<DownloadRequest>][] = [
    ["baseUrl", { baseUrl: "https://edge.example/" }],
    ["baseUrl", { baseUrl: "ftp://edge.example" }],
    ["expiresInSeconds", { expiresInSeconds: 0 }],
    ["expiresInSeconds", { expiresInSeconds: 1.5 }],
    ["expiresInSeconds", { expiresInSeconds: Number.NaN }],
    ["expiresInSeconds", { expiresInSeconds: 1_801 }],
    ["fileName", { fileName: "" }],
    ["fileName", { fileName: ".." }],
    ["fileName", { fileName: "a/b" }],
    ["fileName", { fileName: "a\r\nb" }],
    ["fileName", { fileName: "\u202efdp.exe" }],
    ["fileName", { key: "uploads/a\u200fb" }],
    ["contentType", { contentType: "text/html" }],
    ["contentType", { contentType: "" }],
    ...["", "a", "uploads/", "/uploads/a", "uploads//a", "uploads/./a", "uploads/../a", "uploadsa", "signatures/a"].map(
      (key): [string, Partial<DownloadRequest>] => ["key", { key, fileName: "a" }],
    ),
    ...["uploads/a\n", "uploads/a\\b", "uploads/\ud800", "uploads/a/"].map(
      (key): [string, Partial<DownloadRequest>] => ["key", { key, fileName: "a" }],
    ),
    ["key", { key: `uploads/${"a".repeat(MAX_TOKEN_LENGTH)}`, fileName: "a" }],
    ["key", { key: `uploads/${"é".repeat(508)}`, fileName: "a" }], // as long as S3 takes it, and too long for a token
  ];
  test.each(wrong)("a wrong %s: %j", async (field, changes) => {
    const desk = createDesk({ maxLifeSeconds: 1_800 });
    await expect(desk.issue(changes)).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
      message: expect.stringMatching(new RegExp(`^${field}: `)),
    });
    expect(desk.registered).toEqual([]);
  });

  test("keys elsewhere than below the prefix, and any other prefix than folders", async () => {
    expect(await createDesk({ keyPrefix: "a/b/" }).issue({ key: "a/b/c" })).toMatchObject({ status: "issued" });
    await expect(createDesk({ keyPrefix: "a/b/" }).issue({ key: "a/c" })).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
    });
    await expect(createDesk({ keyPrefix: "" }).issue({ key: "signatures/a" })).rejects.toThrow(/^key: /);
    expect(() => createDownloadIssuer({ keys, clock: createManualClock(), ids: createSequentialIds(), keyPrefix: "a" }))
      // a prefix that is no folder would let a link reach objects of its neighbour
      .toThrow(PresignOnceError);
  });
});
