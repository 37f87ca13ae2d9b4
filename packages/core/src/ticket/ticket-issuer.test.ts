import { describe, expect, test } from "vitest";

import type { IssueRequest } from "../gate/issuer.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { RegisterOutcome, SignatureIndex } from "../ports/signature-index.ts";
import { createInMemoryIndex, createManualClock, createSequentialIds } from "../testing/index.ts";
import { createEdgeKeys } from "../url/edge-keys.ts";
import { createTicketIssuer, MAX_OBJECT_BYTES } from "./ticket-issuer.ts";

const EDGE_URL = "https://relay.example";

function createDesk(
  options: { register?: () => RegisterOutcome; keyPrefix?: string; path?: string; id?: string } = {},
) {
  const { register, id, ...places } = options;
  const ids = { ...createSequentialIds(), ...(id === undefined ? {} : { objectId: () => id }) };
  const real = createInMemoryIndex();
  const registered: string[] = [];
  const index: SignatureIndex = {
    ...real,
    async register(hash, entry) {
      registered.push(`${hash} ${entry.expiresAt.toISOString()}`);
      return register?.() ?? real.register(hash, entry);
    },
  };
  const keys = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);
  const clock = createManualClock(new Date("2026-01-01T00:00:00.900Z"));
  const issuer = createTicketIssuer({ index, keys, clock, ids, ...places });
  return {
    registered,
    issue: (request: Partial<IssueRequest> = {}) =>
      issuer.issue({ baseUrl: EDGE_URL, expiresInSeconds: 900, ...request }),
  };
}

function payloadOf(url: string): unknown {
  const payload = /\/([\w-]+)\.[^/]*$/.exec(url)?.[1] ?? "";
  return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
}

test("puts all that the client needs into the grant, and all that the relay needs into its token", async () => {
  const desk = createDesk();
  const outcome = await desk.issue({ headers: [["content-type", "text/plain"]], maxBytes: 10 });
  expect(outcome).toEqual({
    status: "issued",
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    grant: {
      id: "1",
      url: expect.stringMatching(/^https:\/\/relay\.example\/u\/[\w-]+\.k1\.[0-9a-f]{64}$/),
      method: "PUT",
      headers: { "content-type": "text/plain" },
      key: "uploads/1",
      expiresAt: new Date("2026-01-01T00:15:00Z"),
    },
  });
  if (outcome.status !== "issued") throw new Error("not issued");
  const issuedAt = Date.parse("2026-01-01T00:00:00Z") / 1000;
  const ticket = ["t", "1", issuedAt, 900, "PUT", "uploads/", 10, [["content-type", "text/plain"]]];
  expect(payloadOf(outcome.grant.url)).toEqual(ticket);
  expect(desk.registered).toEqual([`${outcome.hash} 2026-01-01T00:15:00.000Z`]);
});

test("uses the given key prefix and path", async () => {
  const outcome = await createDesk({ keyPrefix: "a/b/", path: "/api/in/" }).issue();
  expect(outcome).toMatchObject({
    grant: { key: "a/b/1", url: expect.stringMatching(/^https:\/\/relay\.example\/api\/in\/[^/]+$/) },
  });
});

test("puts folders of the caller and an extension into the key, and its last segment into the token", async () => {
  const outcome = await createDesk().issue({ folder: "tenant-7/", extension: "jpg" });
  expect(outcome).toMatchObject({ grant: { key: "uploads/tenant-7/1.jpg", id: "1.jpg" } });
  if (outcome.status !== "issued") throw new Error("not issued");
  expect(payloadOf(outcome.grant.url)).toMatchObject({ 1: "1.jpg", 5: "uploads/tenant-7/" });
});

test("returns no URL if it is unknown whether the hash is registered", async () => {
  const undecided = createDesk({ register: () => ({ status: "indeterminate", cause: "a" }) });
  expect(await undecided.issue()).toEqual({ status: "unavailable", cause: "a" });
  const again = createDesk({ register: () => ({ status: "already-registered" }) });
  await expect(again.issue()).rejects.toMatchObject({ code: "LAW_BROKEN" });
});

describe("refuses an argument by name before anything is registered:", () => {
  const digest = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
  const cases: [request: Partial<IssueRequest>, named: string][] = [
    [{ baseUrl: "relay.example" }, "baseUrl"],
    [{ baseUrl: "https://relay.example/" }, "baseUrl"],
    [{ expiresInSeconds: 0 }, "expiresInSeconds"],
    [{ expiresInSeconds: 604_771 }, "expiresInSeconds"],
    [{ maxBytes: -1 }, "maxBytes"],
    [{ maxBytes: MAX_OBJECT_BYTES + 1 }, "maxBytes"],
    [{ headers: [["host", "a"]] }, "host"],
    [{ headers: [["x-amz-acl", "public-read"]] }, "x-amz-acl"],
    [{ headers: [["x-tenant", "7"]] }, "x-tenant"],
    [{ headers: [["x-amz-checksum-sha256", "abc"]] }, "x-amz-checksum-sha256"],
    [{ headers: [["content-encoding", "aws-chunked"]] }, "aws-chunked"],
    [{ headers: [["x-amz-meta-", "a"]] }, "x-amz-meta-"],
    [{ headers: [[`x-amz-meta-${"n".repeat(129)}`, "a"]] }, "x-amz-meta-"],
    [{ headers: [["content-length", "5"]], maxBytes: 4 }, "4 bytes"],
    [{ headers: [["x-amz-meta-filename", "x".repeat(4_000)]] }, "metadata is longer than 1820 bytes"],
    [
      {
        headers: [
          ["x-amz-checksum-sha256", digest],
          ["x-amz-checksum-sha256", digest],
        ],
      },
      "twice",
    ],
  ];
  test.each(cases)("%j", async (request, named) => {
    const desk = createDesk();
    await expect(desk.issue(request)).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
      message: expect.stringContaining(named),
    });
    expect(desk.registered).toEqual([]);
  });

  test("allows grants up to S3's limit, and fits the longest grant of /url into a token", async () => {
    const headers: HeaderField[] = [
      ["content-type", `a/${"b".repeat(127)}; charset=${"x".repeat(100)}`],
      ["content-length", "5497558138880"],
      ["x-amz-meta-filename", "x".repeat(1_024)],
      ["x-amz-checksum-sha256", digest],
    ];
    expect(await createDesk().issue({ headers, maxBytes: MAX_OBJECT_BYTES })).toMatchObject({ status: "issued" });
  });
});

test("hands out no ticket that has to be refused: without a key prefix there are no folders, and no id is long", async () => {
  const desks = [
    [createDesk({ keyPrefix: "" }), "ARGUMENT_INVALID"],
    [createDesk({ id: "a b" }), "ARGUMENT_INVALID"],
    [createDesk({ id: "x".repeat(129) }), "LAW_BROKEN"],
  ] as const;
  for (const [desk, code] of desks) {
    await expect(desk.issue({ folder: "tenant-7/" })).rejects.toMatchObject({ code });
    expect(desk.registered).toEqual([]);
  }
  expect(await createDesk({ keyPrefix: "" }).issue()).toMatchObject({ grant: { key: "1" } });
  expect(await createDesk({ id: "x".repeat(128) }).issue()).toMatchObject({ status: "issued" });
});

test.each(["u/", "/u", "//", "/u//", "/../", "/a b/", "/é/"])("the path %o is refused", (path) => {
  expect(() => createDesk({ path })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
