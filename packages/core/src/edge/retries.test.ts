import { describe, expect, test } from "vitest";

import { clientClaimant, CLIENT_HEADER, SAME_CLIENT } from "../gate/client-secret.ts";
import type { Grant, IssueRequest } from "../gate/issuer.ts";
import type { Claimant } from "../ports/claimant.ts";
import { webDigests } from "../ports/digests.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { OneObjectOutcome } from "../ports/one-object.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { ClaimOutcome, SignatureIndex } from "../ports/signature-index.ts";
import type { UploadHistory } from "../ports/upload-history.ts";
import {
  createInMemoryHistory,
  createInMemoryIndex,
  createInMemoryPresigner,
  createInMemoryStore,
  createManualClock,
  createSequentialIds,
  type InMemoryUploads,
} from "../testing/index.ts";
import { createEdgeKeys } from "../url/edge-keys.ts";
import { type Claimer, createClaimer } from "./claim.ts";
import { createIssuer } from "./issue.ts";

const EDGE_URL = "https://edge.example";
const SECRET = "s".repeat(22);
const OTHER_SECRET = "t".repeat(22);
const LEASE_SECONDS = 60;

/** An edge that offers retries, with every key that something was stored under. */
function createEdge(
  options: {
    history?: UploadHistory;
    offered?: false;
    index?: Partial<SignatureIndex>;
    provenToKeepOne?: () => Promise<OneObjectOutcome>;
  } = {},
) {
  const stored: InMemoryUploads = new Map();
  const clock = createManualClock();
  const ids = createSequentialIds();
  const store = createInMemoryStore();
  const real = { ...createInMemoryIndex(store, undefined, clock), ...options.index };
  const claims: SignatureHash[] = [];
  const index: SignatureIndex = {
    ...real,
    async claim(hash, claimant) {
      claims.push(hash);
      return real.claim(hash, claimant);
    },
  };
  const keys = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);
  const looked: string[] = [];
  const realHistory = options.history ?? createInMemoryHistory(stored);
  const history: UploadHistory = {
    wasStored(key) {
      looked.push(key);
      return realHistory.wasStored(key);
    },
  };
  const retries =
    options.offered === false
      ? undefined
      : {
          ...{ history, leaseSeconds: LEASE_SECONDS },
          ...(options.provenToKeepOne === undefined ? {} : { provenToKeepOne: options.provenToKeepOne }),
        };
  const claimer = createClaimer({ index, keys, clock, ids, retries });
  const issuer = createIssuer({ presigner: createInMemoryPresigner(), index, keys, clock, ids });
  return {
    ...{ stored, clock, store, looked, claims },
    async issue(request: Partial<IssueRequest> = { retries: SAME_CLIENT }): Promise<Grant> {
      const outcome = await issuer.issue({ baseUrl: EDGE_URL, expiresInSeconds: 900, ...request });
      if (outcome.status !== "issued") throw new Error(outcome.status);
      return outcome.grant;
    },
    send: (grant: Grant, secret?: string) => send(claimer, grant, secret),
  };
}

async function send(claimer: Claimer, grant: Grant, secret: string | undefined) {
  const [path = "", query = ""] = grant.url.slice(EDGE_URL.length).split("?");
  const client: HeaderField[] = secret === undefined ? [] : [[CLIENT_HEADER, secret]];
  return claimer.claim({ method: "PUT", path, query, headers: [["content-length", "5"], ...client] });
}

const accepted = (repeated: boolean) => ({ status: "accepted", repeated });
const refused = (reason: string) => ({ status: "refused", reason });

describe("a grant with retries", () => {
  test("names the policy in grant and URL, and signs If-None-Match", async () => {
    const edge = createEdge();
    const grant = await edge.issue();
    expect(grant.retries).toBe("same-client");
    expect(new URL(grant.url).searchParams.get("x-once-retries")).toBe("same-client");
    expect(new URL(grant.url).searchParams.get("X-Amz-SignedHeaders")).toBe(
      "host;if-none-match;x-amz-meta-presign-once-id;x-once-lock",
    );
    expect(await edge.send(grant)).toMatchObject({
      headers: [
        ["content-length", expect.anything()],
        ["x-once-lock", expect.anything()],
        ["x-amz-meta-presign-once-id", grant.id],
        ["if-none-match", "*"],
      ],
    });
    expect(await edge.issue({})).not.toHaveProperty("retries");
  });

  test("cannot request them by a pinned header", async () => {
    const edge = createEdge();
    for (const name of ["retries", CLIENT_HEADER])
      await expect(edge.issue({ headers: [[name, "same-client"]] })).rejects.toMatchObject({
        code: "ARGUMENT_INVALID",
      });
  });
});

describe("a client with a secret", () => {
  test("passes again until an object is stored, and its secret is not passed on", async () => {
    const edge = createEdge();
    const grant = await edge.issue();
    const first = await edge.send(grant, SECRET);
    expect(first).toMatchObject(accepted(false));
    expect(JSON.stringify(first)).not.toContain(SECRET);
    expect(edge.looked).toEqual([]);
    expect(await edge.send(grant, SECRET)).toMatchObject({ ...accepted(true), claimant: first.claimant });
    expect(edge.looked).toEqual([grant.key]);
    edge.stored.set(grant.key, { etag: '"e"', bytes: 5 });
    expect(await edge.send(grant, SECRET)).toMatchObject({ ...refused("already-stored"), etag: '"e"' });
    edge.stored.set(grant.key, { etag: '"e"', bytes: 6 }); // not what is being sent now
    expect(await edge.send(grant, SECRET)).toMatchObject({ ...refused("already-stored"), etag: undefined });
    edge.stored.set(grant.key, undefined);
    expect(await edge.send(grant, SECRET)).toMatchObject({ ...refused("already-stored"), etag: undefined });
  });

  test("excludes other clients once it was first, with another secret or without", async () => {
    const edge = createEdge();
    const grant = await edge.issue();
    await edge.send(grant, SECRET);
    expect(await edge.send(grant, OTHER_SECRET)).toMatchObject(refused("already-claimed"));
    expect(await edge.send(grant)).toMatchObject(refused("already-claimed"));
    expect(await edge.send(grant, SECRET)).toMatchObject(accepted(true));
  });

  test("is refused if another client was first, with a secret or without", async () => {
    for (const stranger of [OTHER_SECRET, undefined]) {
      const edge = createEdge();
      const grant = await edge.issue();
      await edge.send(grant, stranger);
      expect(await edge.send(grant, SECRET)).toMatchObject(refused("already-claimed"));
    }
  });

  test("may retry until the end of the lease or of the URL", async () => {
    const edge = createEdge();
    const grant = await edge.issue();
    await edge.send(grant, SECRET);
    edge.clock.advance(LEASE_SECONDS - 1);
    expect(await edge.send(grant, SECRET)).toMatchObject(accepted(true));
    edge.clock.advance(1);
    expect(await edge.send(grant, SECRET)).toMatchObject(refused("lease-over"));
    const short = await edge.issue({ retries: SAME_CLIENT, expiresInSeconds: 10 });
    await edge.send(short, SECRET);
    edge.clock.advance(10);
    expect(await edge.send(short, SECRET)).toMatchObject(refused("expired"));
  });

  test("is refused, and may retry, while it is unknown whether an object was stored", async () => {
    let fault: "unavailable" | undefined = "unavailable";
    const history: UploadHistory = { wasStored: (key) => createInMemoryHistory(undefined, fault).wasStored(key) };
    const edge = createEdge({ history });
    const grant = await edge.issue();
    await edge.send(grant, SECRET);
    expect(await edge.send(grant, SECRET)).toMatchObject(refused("unavailable"));
    fault = undefined;
    expect(await edge.send(grant, SECRET)).toMatchObject(accepted(true));
  });

  test("is refused for as long as the history says that the operator has to change something", async () => {
    const cause = new PresignOnceError("STORE_REFUSED", "what to change");
    const edge = createEdge({ history: { wasStored: async () => ({ status: "indeterminate", cause }) } });
    const grant = await edge.issue();
    await edge.send(grant, SECRET);
    expect(await edge.send(grant, SECRET)).toMatchObject({ ...refused("store-refused"), cause });
  });

  test("is refused if the answer of the history breaks its contract", async () => {
    const history = { wasStored: async () => ({ status: "exists" }) } as unknown as UploadHistory;
    const edge = createEdge({ history });
    const grant = await edge.issue();
    await edge.send(grant, SECRET);
    expect(await edge.send(grant, SECRET)).toMatchObject(refused("unavailable"));
  });

  test("is refused if the index does not report the time of the first claim", async () => {
    const edge = createEdge({ index: { claim: async () => ({ status: "claimed", found: { since: undefined } }) } });
    expect(await edge.send(await edge.issue(), SECRET)).toMatchObject(refused("unavailable"));
  });

  test("passes after a lost answer, even if retries are no longer offered", async () => {
    const claim = async () => ({ status: "claimed", found: { since: new Date(0) } }) as const;
    const edge = createEdge({ offered: false, index: { claim } });
    expect(await edge.send(await edge.issue(), SECRET)).toMatchObject(accepted(false));
  });

  test("passes only once if retries are no longer offered", async () => {
    const edge = createEdge({ offered: false });
    const grant = await edge.issue();
    expect(await edge.send(grant, SECRET)).toMatchObject(accepted(false));
    expect(await edge.send(grant, SECRET)).toMatchObject(refused("already-claimed"));
  });
});

describe("a first upload without a secret", () => {
  test("is final, and passes after a lost answer without a look at the history", async () => {
    const edge = createEdge({ index: { claim: async () => ({ status: "claimed", found: { since: new Date(0) } }) } });
    expect(await edge.send(await edge.issue())).toMatchObject(accepted(false));
    expect(edge.looked).toEqual([]);
  });
});

describe("refuses before the claim, and keeps the URL usable:", () => {
  test.each(["", "s".repeat(21), "s".repeat(129), `${SECRET}=`, `${SECRET} `, "ü".repeat(22)])(
    "the secret %j",
    async (secret) => {
      const edge = createEdge();
      const grant = await edge.issue();
      expect(await edge.send(grant, secret)).toMatchObject(refused("header-refused"));
      expect([...edge.store.values()]).toEqual([{ state: "issued" }]);
      expect(await edge.send(grant, SECRET)).toMatchObject(accepted(false));
    },
  );

  test("any secret with a URL without retries", async () => {
    const edge = createEdge();
    const grant = await edge.issue({});
    expect(await edge.send(grant, SECRET)).toMatchObject(refused("header-refused"));
    expect([...edge.store.values()]).toEqual([{ state: "issued" }]);
  });
});

describe("the claimant of a client", () => {
  const hash = "ab".repeat(32) as SignatureHash;

  test("is the expected digest of hash and secret", async () => {
    expect(await clientClaimant(hash, SECRET, webDigests)).toBe("8a4d6884b2f4a74232a6eddd26395842");
  });

  test("differs for another URL and for another secret", async () => {
    const claimants = await Promise.all([
      clientClaimant(hash, SECRET, webDigests),
      clientClaimant("cd".repeat(32) as SignatureHash, SECRET, webDigests),
      clientClaimant(hash, OTHER_SECRET, webDigests),
    ]);
    expect(new Set(claimants).size).toBe(3);
    for (const claimant of claimants) expect(claimant).toMatch(/^[0-9a-f]{32}$/);
  });

  test("is stored without the secret", async () => {
    const edge = createEdge();
    await edge.send(await edge.issue(), SECRET);
    expect(JSON.stringify([...edge.store])).not.toContain(SECRET);
  });
});

describe("refuses a hash that it saw in a terminal state, without asking the index,", () => {
  test("for all clients but the owner", async () => {
    const edge = createEdge();
    const grant = await edge.issue();
    expect(await edge.send(grant, SECRET)).toMatchObject(accepted(false));
    for (const thief of [undefined, OTHER_SECRET, undefined, "u".repeat(22)])
      expect(await edge.send(grant, thief)).toMatchObject({ ...refused("already-claimed"), attempts: 0 });
    expect(edge.claims).toHaveLength(1);
    expect(await edge.send(grant, SECRET)).toMatchObject(accepted(true));
    expect(edge.claims).toHaveLength(2);
  });

  test("for the owner too, after the lease", async () => {
    const edge = createEdge();
    const grant = await edge.issue();
    await edge.send(grant, SECRET);
    edge.clock.advance(LEASE_SECONDS);
    for (let i = 0; i < 2; i++) expect(await edge.send(grant, SECRET)).toMatchObject(refused("lease-over"));
    expect(edge.claims).toHaveLength(2);
  });

  test("but not a client that may be the owner, where the index did not tell who that is", async () => {
    const outcomes: ClaimOutcome[] = [{ status: "already-claimed" }];
    const edge = createEdge({ index: { claim: async () => outcomes.shift() ?? { status: "unknown" } } });
    outcomes.push({ status: "claimed", found: { since: edge.clock.now() } });
    const grant = await edge.issue();
    expect(await edge.send(grant)).toMatchObject(refused("already-claimed"));
    expect(await edge.send(grant, SECRET)).toMatchObject(accepted(true));
  });

  test("for a client that is not the owner that the index told", async () => {
    const outcomes: ClaimOutcome[] = [{ status: "already-claimed", owner: "f".repeat(32) as Claimant }];
    const edge = createEdge({ index: { claim: async () => outcomes.shift() ?? { status: "unknown" } } });
    const grant = await edge.issue();
    for (let i = 0; i < 2; i++) expect(await edge.send(grant, SECRET)).toMatchObject(refused("already-claimed"));
    expect(outcomes).toEqual([]);
  });

  test("after a revocation", async () => {
    const edge = createEdge();
    const grant = await edge.issue({});
    for (const hash of edge.store.keys()) edge.store.set(hash, { state: "revoked", at: edge.clock.now() });
    for (let i = 0; i < 2; i++) expect(await edge.send(grant)).toMatchObject(refused("revoked"));
    expect(edge.claims).toHaveLength(1);
  });

  test.each(["unknown", "indeterminate"] as const)("but not one that was %s", async (status) => {
    const outcome = status === "unknown" ? { status } : ({ status, mayHaveLanded: true, cause: 0 } as const);
    const outcomes: ClaimOutcome[] = [outcome, { status: "claimed" }];
    const edge = createEdge({ index: { claim: async () => outcomes.shift() ?? { status: "unknown" } } });
    const grant = await edge.issue({});
    expect(await edge.send(grant)).toMatchObject({ status: "refused" });
    expect(await edge.send(grant)).toMatchObject(accepted(false));
  });
});

describe("if the store is not proven to keep one object", () => {
  test.each<[OneObjectOutcome, string]>([
    [{ status: "broken", seen: "two" }, "header-refused"],
    [{ status: "undecided", cause: new Error("AccessDenied") }, "unavailable"],
    [{ status: "undecided", cause: new PresignOnceError("STORE_REFUSED", "what to change") }, "store-refused"],
    [{ status: "sure" } as unknown as OneObjectOutcome, "unavailable"],
  ])("a client with a secret is refused, and the URL stays usable: %j", async (outcome, reason) => {
    const edge = createEdge({ provenToKeepOne: async () => outcome });
    const grant = await edge.issue();
    expect(await edge.send(grant, SECRET)).toMatchObject(refused(reason));
    expect(edge.claims).toEqual([]);
    expect(await edge.send(grant)).toMatchObject(accepted(false));
  });
});
