import { describe, expect, test } from "vitest";

import { CLIENT_HEADER, SAME_CLIENT } from "../gate/client-secret.ts";
import type { IssueRequest } from "../gate/issuer.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { randomIds } from "../ports/ids.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { Presigner, PresignRequest } from "../ports/presigner.ts";
import { createRelayClaimer } from "../relay/relay-claimer.ts";
import {
  createInMemoryHistory,
  createInMemoryIndex,
  createInMemoryPresigner,
  createInMemoryStore,
  createManualClock,
  createSequentialIds,
  type InMemoryUploads,
} from "../testing/index.ts";
import { createTicketIssuer } from "../ticket/ticket-issuer.ts";
import { encodeTicket, type Ticket } from "../ticket/ticket.ts";
import { tokenText } from "../ticket/token.ts";
import { createEdgeKeys } from "../url/edge-keys.ts";
import type { UploadRequest } from "./checked-upload.ts";
import { createClaimer } from "./claim.ts";
import { createIssuer } from "./issue.ts";

const EDGE_URL = "https://edge.example";
const THREE_DAYS = 259_200;
const LENGTH: HeaderField = ["content-length", "5"];
const SECRET = new Uint8Array(32).fill(1);

/** An edge that takes tickets of three days, and presigned URLs beside them. */
function createEdge({ presigner = createInMemoryPresigner(), tickets = true, retries = false } = {}) {
  const store = createInMemoryStore();
  const stored: InMemoryUploads = new Map();
  const clock = createManualClock(new Date("2026-01-01T00:00:00.700Z"));
  const ids = createSequentialIds();
  const index = createInMemoryIndex(store, undefined, clock);
  const keys = createEdgeKeys([{ id: "k1", secret: SECRET }], { scope: "index" });
  const ticketKeys = createEdgeKeys([{ id: "k1", secret: SECRET }], { scope: "index 259200" });
  const signed: PresignRequest[] = [];
  const recording: Presigner = { presign: (request) => (signed.push(request), presigner.presign(request)) };
  const terms = { keyPrefix: "uploads/", maxLifeSeconds: THREE_DAYS };
  const claimer = createClaimer({
    ...{ index, keys, clock, ids },
    tickets: tickets ? { keys: ticketKeys, presigner: recording, terms, maxBytes: 1_000 } : undefined,
    retries: retries ? { history: createInMemoryHistory(stored), leaseSeconds: 60 } : undefined,
  });
  const issuer = createTicketIssuer({ index, keys: ticketKeys, clock, ids, maxLifeSeconds: THREE_DAYS });
  const presignedIssuer = createIssuer({ index, keys, clock, ids, presigner: createInMemoryPresigner() });
  return {
    ...{ store, stored, clock, signed, ticketKeys, index },
    async issue(request: Partial<IssueRequest> = {}, kind = issuer) {
      const outcome = await kind.issue({ baseUrl: EDGE_URL, expiresInSeconds: THREE_DAYS, ...request });
      if (outcome.status !== "issued") throw new Error("not issued");
      return outcome.grant.url;
    },
    issuePresigned() {
      return this.issue({ expiresInSeconds: 900 }, presignedIssuer);
    },
    send(url: string, change: Partial<UploadRequest> = {}) {
      const [path = "", query = ""] = url.slice(EDGE_URL.length).split("?");
      return claimer.claim({ method: "PUT", path, query, headers: [LENGTH], ...change });
    },
  };
}

describe("an upload with a ticket", () => {
  test("is accepted once, signed for S3 at that moment, with a lock of its own", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    edge.clock.advance(THREE_DAYS - 1);
    const decision = await edge.send(url);
    expect(decision).toMatchObject({ status: "accepted", path: "/uploads/1", repeated: false });
    if (decision.status !== "accepted") throw new Error("refused");
    expect(edge.signed).toEqual([
      {
        method: "PUT",
        key: "uploads/1",
        signingDate: new Date("2026-01-03T23:59:59Z"),
        expiresInSeconds: 60,
        headers: [
          ["content-length", "5"],
          ["x-once-lock", "1".padStart(64, "0")],
          ["x-amz-meta-presign-once-id", "1"],
          ["if-none-match", "*"],
        ],
        query: [],
      },
    ]);
    expect(Object.fromEntries(decision.headers)).toEqual(Object.fromEntries(edge.signed[0]?.headers ?? []));
    expect(decision.query).toMatch(/X-Amz-Date=20260103T235959Z.*X-Amz-Signature=[0-9a-f]{64}$/);
    expect(await edge.send(url)).toMatchObject({ status: "refused", reason: "already-claimed" });
  });

  test("signs what was granted, and passes on what describes the file besides", async () => {
    const edge = createEdge();
    const granted: HeaderField[] = [
      ["content-type", "image/png"],
      ["content-length", "5"],
      ["x-amz-meta-filename", "a%20b.png"],
    ];
    const url = await edge.issue({ headers: granted, maxBytes: 5 });
    const sent: HeaderField[] = [...granted, ["cache-control", "no-store"], ["origin", "https://app.example"]];
    const decision = await edge.send(url, { headers: sent });
    if (decision.status !== "accepted") throw new Error("refused");
    const signed = edge.signed[0]?.headers ?? [];
    expect(signed).toEqual(expect.arrayContaining(granted));
    expect(signed.map(([name]) => name)).not.toContain("cache-control");
    expect(decision.headers).toEqual(expect.arrayContaining([...sent, ...signed]));
    expect(new Set(decision.headers.map(([name]) => name)).size).toBe(decision.headers.length);
  });

  test("brings no more than the settings allow now, whatever was granted before", async () => {
    const edge = createEdge();
    for (const granted of [{}, { maxBytes: 2_000 }]) {
      const url = await edge.issue(granted);
      const send = (bytes: string) => edge.send(url, { headers: [["content-length", bytes]] });
      expect(await send("1001")).toMatchObject({ status: "refused", reason: "entity-too-large" });
      expect(await send("1000")).toMatchObject({ status: "accepted" });
    }
  });

  test("has another lock each time it is signed", async () => {
    const edge = createEdge();
    for (let i = 0; i < 3; i++) await edge.send(await edge.issue());
    const locks = edge.signed.map(({ headers }) => new Map(headers).get("x-once-lock"));
    expect(new Set(locks).size).toBe(3);
  });

  test("passes once of many at once", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    const decisions = await Promise.all(Array.from({ length: 32 }, () => edge.send(url)));
    expect(decisions.filter(({ status }) => status === "accepted")).toHaveLength(1);
  });

  test("may be tried again by the same client, if it was granted, until it is stored", async () => {
    const edge = createEdge({ retries: true });
    const headers: HeaderField[] = [LENGTH, [CLIENT_HEADER, "s".repeat(22)]];
    const url = await edge.issue({ retries: SAME_CLIENT });
    expect(await edge.send(url, { headers })).toMatchObject({ status: "accepted", repeated: false });
    expect(await edge.send(url, { headers })).toMatchObject({ status: "accepted", repeated: true });
    edge.stored.set("uploads/1", undefined);
    expect(await edge.send(url, { headers })).toMatchObject({ status: "refused", reason: "already-stored" });
  });

  test("stands beside presigned URLs, of which each is used on its own", async () => {
    const edge = createEdge();
    const urls = [await edge.issue(), await edge.issuePresigned()];
    for (const url of urls) expect(await edge.send(url)).toMatchObject({ status: "accepted" });
    for (const url of urls) expect(await edge.send(url)).toMatchObject({ reason: "already-claimed" });
  });
});

test("is used once where an edge and a relay share an index and a key, whichever is first", async () => {
  for (const first of ["edge", "relay"]) {
    const edge = createEdge();
    const url = await edge.issue();
    const relay = createRelayClaimer({
      ...{ index: edge.index, keys: edge.ticketKeys, clock: edge.clock, ids: randomIds },
      limits: { maxDeclaredBytes: 10, maxUndeclaredBytes: 10 },
    });
    const uses = {
      edge: () => edge.send(url),
      relay: () => relay.claim({ method: "PUT", token: url.slice(`${EDGE_URL}/u/`.length), headers: [LENGTH] }),
    };
    const [one, other] = first === "edge" ? [uses.edge, uses.relay] : [uses.relay, uses.edge];
    expect(await one()).toMatchObject({ status: "accepted" });
    expect(await other()).toMatchObject({ status: "refused", reason: "already-claimed" });
    const raced = await edge.issue();
    const token = raced.slice(`${EDGE_URL}/u/`.length);
    const decisions = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        i % 2 === 0 ? edge.send(raced) : relay.claim({ method: "PUT", token, headers: [LENGTH] }),
      ),
    );
    expect(decisions.filter(({ status }) => status === "accepted")).toHaveLength(1);
  }
});

describe("refuses before the claim, and keeps the ticket usable:", () => {
  const flip = (text: string) => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
  const cases: [what: string, change: (path: string) => Partial<UploadRequest>, reason: string][] = [
    ["GET", () => ({ method: "GET" }), "method-not-allowed"],
    ["HEAD", () => ({ method: "HEAD" }), "method-not-allowed"],
    ["POST", () => ({ method: "POST" }), "method-not-allowed"],
    ["a method in another case", () => ({ method: "put" }), "method-not-allowed"],
    ["a query", () => ({ query: "a=b" }), "malformed"],
    ["a token that is cut", (path) => ({ path: path.slice(0, -1) }), "malformed"],
    ["a token with something after it", (path) => ({ path: `${path}.` }), "malformed"],
    ["a slash after it", (path) => ({ path: `${path}/` }), "malformed"],
    ["an escape", (path) => ({ path: path.replace(".k1", "%2Ek1") }), "malformed"],
    ["padding", (path) => ({ path: path.replace(".k1", "=.k1") }), "malformed"],
    ["another path", (path) => ({ path: path.replace("/u/", "/d/") }), "malformed"],
    ["a payload that was changed", (path) => ({ path: path.replace("/u/W", "/u/X") }), "not-issued"],
    ["a tag that was changed", (path) => ({ path: flip(path) }), "not-issued"],
    ["a key that is not ours", (path) => ({ path: path.replace(".k1.", ".k2.") }), "not-issued"],
    ["no length", () => ({ headers: [] }), "content-length-missing"],
    ["too many bytes", () => ({ headers: [["content-length", "11"]] }), "entity-too-large"],
    ["too few bytes", () => ({ headers: [["content-length", "1"]] }), "entity-too-small"],
    ["a header that was not granted", () => ({ headers: [["x-amz-acl", "public-read"]] }), "header-refused"],
    [
      "a client that makes itself known, without a grant of retries",
      () => ({ headers: [LENGTH, [CLIENT_HEADER, "s".repeat(22)]] }),
      "header-refused",
    ],
    ["credentials", () => ({ headers: [["authorization", "Bearer x"]] }), "header-refused"],
  ];
  test.each(cases)("%s", async (_, change, reason) => {
    const edge = createEdge();
    const url = await edge.issue({ maxBytes: 10, minBytes: 2 });
    expect(await edge.send(url, change(url.slice(EDGE_URL.length)))).toMatchObject({ status: "refused", reason });
    expect([...edge.store.values()]).toEqual([{ state: "issued" }]);
    expect(edge.signed).toEqual([]);
    expect(await edge.send(url)).toMatchObject({ status: "accepted" });
  });

  test("more headers than S3 takes beside its signature", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    const long: HeaderField = ["user-agent", "a".repeat(7_000)];
    expect(await edge.send(url, { headers: [LENGTH, long] })).toMatchObject({ reason: "header-refused" });
    expect([...edge.store.values()]).toEqual([{ state: "issued" }]);
    expect(await edge.send(url)).toMatchObject({ status: "accepted" });
  });

  test("one that is over, or comes from the future", async () => {
    const edge = createEdge();
    const url = await edge.issue();
    edge.clock.advance(-301);
    expect(await edge.send(url)).toMatchObject({ reason: "not-yet-valid", hash: expect.any(String) });
    edge.clock.advance(301 + THREE_DAYS);
    expect(await edge.send(url)).toMatchObject({ reason: "expired", hash: expect.any(String) });
    expect(edge.signed).toEqual([]);
  });

  test("one that cannot be signed", async () => {
    const cause = new PresignOnceError("PRESIGN_FAILED", "no credentials");
    let fails = true;
    const real = createInMemoryPresigner();
    const edge = createEdge({ presigner: { presign: async (r) => (fails ? Promise.reject(cause) : real.presign(r)) } });
    const url = await edge.issue();
    expect(await edge.send(url)).toMatchObject({ status: "refused", reason: "store-refused", cause });
    fails = false;
    expect(await edge.send(url)).toMatchObject({ status: "accepted" });
  });

  test("any, where the edge takes no tickets", async () => {
    const edge = createEdge({ tickets: false });
    expect(await edge.send(await edge.issue())).toMatchObject({ status: "refused", reason: "malformed" });
    expect([...edge.store.values()]).toEqual([{ state: "issued" }]);
  });
});

describe("whoever holds an edge key gets no further than an issuer:", () => {
  test.each<[what: string, changes: Partial<Ticket>]>([
    ["a key in the index", { key: "signatures/claims/00" }],
    ["a key outside of the folder", { key: "uploads/../private" }],
    ["a copy of another object", { headers: [["x-amz-copy-source", "/bucket/private"]] }],
    ["an ACL", { headers: [["x-amz-acl", "public-read"]] }],
    ["an id that S3 refuses as metadata", { id: "x".repeat(2_000), key: `uploads/${"x".repeat(900)}` }],
    ["a life of one second too much", { lifeSeconds: THREE_DAYS + 1 }],
  ])("%s", async (_, changes) => {
    const edge = createEdge();
    const issuedAt = new Date("2026-01-01T00:00:00Z");
    const plain: Ticket = { id: "1", key: "uploads/1", method: "PUT", issuedAt, lifeSeconds: 60 };
    const payload = encodeTicket({ ...plain, ...changes });
    const url = `${EDGE_URL}/u/${payload}.${await edge.ticketKeys.tag(tokenText("ticket", payload))}`;
    expect(await edge.send(url)).toMatchObject({ status: "refused", reason: "not-issued" });
    expect(edge.signed).toEqual([]);
  });
});
