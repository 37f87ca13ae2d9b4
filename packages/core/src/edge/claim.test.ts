import { describe, expect, test } from "vitest";

import { toHex, utf8 } from "../bytes/bytes.ts";
import type { Grant, IssueRequest } from "../gate/issuer.ts";
import type { Claimant } from "../ports/claimant.ts";
import { randomIds } from "../ports/ids.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { hashCanonicalRequest, type SignatureHash } from "../ports/signature-hash.ts";
import type { ClaimOutcome, SignatureIndex } from "../ports/signature-index.ts";
import { createInMemoryIndex, createInMemoryPresigner } from "../testing/index.ts";
import { canonicalQuery, canonicalRequest, parseQuery, TAG_PARAMETER } from "../url/canonical-request.ts";
import { createEdgeKeys, LOCK_HEADER } from "../url/edge-keys.ts";
import { grantIdOf } from "../url/grant-id.ts";
import { MAX_SKEW_SECONDS } from "../url/url-life.ts";
import type { UploadRequest } from "./checked-upload.ts";
import { createClaimer } from "./claim.ts";
import { createIssuer } from "./issue.ts";

const EDGE_URL = "https://d111111abcdef8.cloudfront.net";
const NOW = new Date("2026-01-02T03:04:05Z");
const TTL_SECONDS = 600;
const KEYS = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);
const STRANGERS_KEYS = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(2) }]);

test("accepts the first upload and refuses the second", async () => {
  const edge = createEdge();
  const request = upload(await edge.issue());
  expect(await edge.claim(request)).toMatchObject({ status: "accepted" });
  expect(await edge.claim(request)).toMatchObject({ status: "refused", reason: "already-claimed" });
});

test("accepts exactly one of many concurrent uploads with one URL", async () => {
  const edge = createEdge();
  const request = upload(await edge.issue());
  const decisions = await Promise.all(Array.from({ length: 32 }, () => edge.claim(request)));
  expect(decisions.filter(({ status }) => status === "accepted")).toHaveLength(1);
  expect(decisions.filter((decision) => "reason" in decision && decision.reason === "already-claimed")).toHaveLength(
    31,
  );
});

test("refuses a used URL in another encoding", async () => {
  const edge = createEdge();
  const request = upload(await edge.issue({ headers: [["content-type", "text/plain; charset=utf-8"]] }));
  expect(await edge.claim(request)).toMatchObject({ status: "accepted" });
  for (const query of respellings(request.query))
    expect(await edge.claim({ ...request, query })).toMatchObject({ status: "refused", reason: "already-claimed" });
});

test("accepts an unused URL in another encoding, and passes it on in canonical form", async () => {
  for (const i of [0, 1, 2]) {
    const edge = createEdge();
    const request = upload(await edge.issue({ headers: [["content-type", "text/plain; charset=utf-8"]] }));
    const decision = await edge.claim({ ...request, query: respellings(request.query)[i] ?? "" });
    expect(decision).toMatchObject({ status: "accepted", query: withoutTag(request.query) });
  }
});

describe("passes an accepted upload on", () => {
  test("with the canonical query without the tag, and with the lock and the id of this URL", async () => {
    const edge = createEdge();
    await edge.issue();
    const grant = await edge.issue();
    const request = upload(grant);
    expect(await edge.claim(request)).toEqual({
      status: "accepted",
      hash: edge.claims[0]?.hash,
      claimant: edge.claims[0]?.claimant,
      attempts: undefined,
      indexMs: 0,
      path: request.path,
      query: withoutTag(request.query),
      headers: [
        ["content-length", "5"],
        [LOCK_HEADER, edge.signedLock(1)],
        ["x-amz-meta-presign-once-id", grant.id],
      ],
      repeated: false,
    });
    expect(grant.id).toBe(grant.key.slice("uploads/".length));
    expect(withoutTag(request.query)).not.toContain(TAG_PARAMETER);
  });

  test("with If-None-Match if the URL signs it", async () => {
    const edge = createEdge({ ifNoneMatch: true });
    const grant = await edge.issue();
    const decision = await edge.claim(upload(grant));
    const headers = [
      ["content-length", "5"],
      [LOCK_HEADER, edge.signedLock(0)],
      ["x-amz-meta-presign-once-id", grant.id],
      ["if-none-match", "*"],
    ];
    expect(decision).toMatchObject({ status: "accepted", headers });
  });

  test("with the lock of the key that made the tag, even if it is not the first key", async () => {
    const oldKey = { id: "k1", secret: new Uint8Array(32).fill(1) };
    const newKey = { id: "k2", secret: new Uint8Array(32).fill(2) };
    const edge = createEdge({ keys: createEdgeKeys([newKey, oldKey]), issuersKeys: createEdgeKeys([oldKey]) });
    const decision = await edge.claim(upload(await edge.issue()));
    const headers = expect.arrayContaining([[LOCK_HEADER, edge.signedLock(0)]]);
    expect(decision).toMatchObject({ status: "accepted", headers });
  });

  test("with the signed headers and the length, and no other header of the client", async () => {
    for (const ifNoneMatch of [false, true]) {
      const edge = createEdge({ ifNoneMatch });
      const request = upload(await edge.issue({ headers: [["content-type", "text/plain"]] }));
      const decision = await edge.claim(withHeader(withHeader(request, "x-goog-meta-a", "1"), "cookie", "a=1"));
      const passedOn = decision.status === "accepted" ? decision.headers.map(([name]) => name) : [];
      const signed = new URLSearchParams(request.query).get("X-Amz-SignedHeaders")?.split(";") ?? [];
      expect(["host", ...passedOn].sort()).toEqual([...signed, "content-length"].sort());
    }
  });

  test("without an id if the URL does not sign one", async () => {
    const edge = createEdge();
    const grant = await edge.issue();
    const [path = "", query = ""] = grant.url.slice(EDGE_URL.length).split("?");
    const older = withoutTag(query).replace("x-amz-meta-presign-once-id%3B", "");
    const canonical = canonicalRequest("PUT", path, older);
    await edge.register(await hashCanonicalRequest(canonical));
    const request = { ...upload(grant), query: `${older}&${TAG_PARAMETER}=${await KEYS.tag(canonical)}` };
    const headers = [
      ["content-length", "5"],
      [LOCK_HEADER, edge.signedLock(0)],
    ];
    expect(await edge.claim(request)).toMatchObject({ status: "accepted", headers });
  });
});

describe("refuses before the claim, asks no index, and keeps the URL usable:", () => {
  const cases: [string, (request: UploadRequest) => UploadRequest, string][] = [
    ...["OPTIONS", "HEAD", "GET", "DELETE", "POST", "PATCH", "put", "PUT ", ""].map(
      (method): (typeof cases)[number] => [
        `the method ${JSON.stringify(method)}`,
        (r) => ({ ...r, method }),
        "method-not-allowed",
      ],
    ),
    ["a broken escape", (r) => ({ ...r, query: `${r.query}%` }), "malformed"],
    ["a repeated parameter", (r) => ({ ...r, query: `${r.query}&X-Amz-Expires=630` }), "malformed"],
    ["no query", (r) => ({ ...r, query: "" }), "malformed"],
    ["an invalid path", (r) => ({ ...r, path: r.path.slice(1) }), "malformed"],
    ["a lone surrogate", (r) => ({ ...r, query: `${r.query}&a=\ud800` }), "malformed"],
    [
      "one changed value",
      (r) => ({ ...r, query: r.query.replace("X-Amz-Expires=630", "X-Amz-Expires=631") }),
      "not-issued",
    ],
    [
      "a changed signature",
      (r) => ({ ...r, query: r.query.replace(/(?<=X-Amz-Signature=)./, otherDigit) }),
      "not-issued",
    ],
    ["an added parameter", (r) => ({ ...r, query: `${r.query}&a=1` }), "not-issued"],
    ["another path", (r) => ({ ...r, path: `${r.path}x` }), "not-issued"],
    ["another encoding of the path", (r) => ({ ...r, path: r.path.replace("u", "%75") }), "not-issued"],
    ["no tag", (r) => ({ ...r, query: withoutTag(r.query) }), "not-issued"],
    ["an empty tag", (r) => ({ ...r, query: `${withoutTag(r.query)}&${TAG_PARAMETER}=` }), "not-issued"],
    ["a changed tag", (r) => ({ ...r, query: r.query.replace(/.$/, otherDigit) }), "not-issued"],
    ["an Authorization header", (r) => withHeader(r, "authorization", "Bearer x"), "header-refused"],
    ["an unsigned x-amz-acl", (r) => withHeader(r, "x-amz-acl", "public-read"), "header-refused"],
    ["a lock from the client", (r) => withHeader(r, LOCK_HEADER, "0".repeat(64)), "header-refused"],
    ["an id from the client", (r) => withHeader(r, "x-amz-meta-presign-once-id", "a"), "header-refused"],
    ["its own id", (r) => withHeader(r, "x-amz-meta-presign-once-id", grantIdOf(r.path)), "header-refused"],
    ["a conditional header", (r) => withHeader(r, "if-none-match", "*"), "header-refused"],
    ["another Content-Type than granted", (r) => withHeader(r, "content-type", "image/png"), "header-refused"],
    ["a missing granted header", (r) => ({ ...r, headers: [["content-length", "5"]] }), "header-refused"],
    ["no Content-Length", (r) => ({ ...r, headers: [["content-type", "text/plain"]] }), "content-length-missing"],
    ["6 GiB", (r) => withHeader(r, "content-length", String(6 * 1024 ** 3)), "entity-too-large"],
  ];

  test.each(cases)("%s", async (_, change, reason) => {
    const edge = createEdge();
    const request = upload(await edge.issue({ headers: [["content-type", "text/plain"]] }));
    const changed = change(request);
    expect(changed).not.toEqual(request);

    expect(await edge.claim(changed)).toMatchObject({ status: "refused", reason });
    expect(edge.claims).toHaveLength(0);
    expect(await edge.claim(request)).toMatchObject({ status: "accepted" });
  });

  test("a URL with the tag of another edge", async () => {
    const edge = createEdge({ issuersKeys: STRANGERS_KEYS });
    expect(await edge.claim(upload(await edge.issue()))).toEqual({ status: "refused", reason: "not-issued" });
    expect(edge.claims).toHaveLength(0);
  });

  test("a tagged URL that does not sign the origin lock", async () => {
    const edge = createEdge();
    const bare = {
      method: "PUT",
      key: "uploads/1",
      signingDate: NOW,
      expiresInSeconds: 630,
      headers: [],
      query: [],
    } as const;
    const signed = await createInMemoryPresigner().presign(bare);
    const tag = await KEYS.tag(canonicalRequest("PUT", signed.path, canonicalQuery(parseQuery(signed.query) ?? [])));
    const request = { method: "PUT", path: signed.path, query: `${signed.query}&${TAG_PARAMETER}=${tag}` };
    expect(await edge.claim({ ...request, headers: [["content-length", "5"]] })).toEqual({
      status: "refused",
      reason: "not-issued",
    });
    expect(edge.claims).toHaveLength(0);
  });
});

test("runs the checks from the cheapest to the most expensive, and asks the index last", async () => {
  const edge = createEdge({ index: createInMemoryIndex() }); // knows no hash: the issuer's index is another one
  const request = upload(await edge.issue());
  const unsent = (r: UploadRequest): UploadRequest => ({ ...r, headers: [] });
  const untagged = (r: UploadRequest): UploadRequest => ({ ...r, query: withoutTag(r.query) });
  const broken = (r: UploadRequest): UploadRequest => ({ ...r, query: `${r.query}&%` });
  const wrongMethod = (r: UploadRequest): UploadRequest => ({ ...r, method: "GET" });
  const reasons: unknown[] = [];
  const claim = async (r: UploadRequest) => {
    const decision = await edge.claim(r);
    reasons.push("reason" in decision ? decision.reason : decision.status);
  };

  edge.at(TTL_SECONDS * 1000);
  await claim(wrongMethod(broken(untagged(unsent(request)))));
  await claim(broken(untagged(unsent(request))));
  await claim(untagged(unsent(request)));
  await claim(unsent(request));
  edge.at(0);
  await claim(unsent(request));
  expect(edge.claims).toHaveLength(0);
  await claim(request);
  expect(edge.claims).toHaveLength(1);
  expect(reasons).toEqual([
    "method-not-allowed",
    "malformed",
    "not-issued",
    "expired",
    "content-length-missing",
    "unknown",
  ]);
});

describe("the time window", () => {
  test("accepts a URL in its last millisecond, with the grace period left for S3", async () => {
    const edge = createEdge();
    const grant = await edge.issue();
    edge.at(grant.expiresAt.getTime() - NOW.getTime() - 1);
    expect(await edge.claim(upload(grant))).toMatchObject({ status: "accepted" });
    expect(upload(grant).query).toContain(`X-Amz-Expires=${TTL_SECONDS + 30}&`);
  });

  test.each([0, 1, 29_999, 30_000, 86_400_000])(
    "refuses a URL %i ms after its end, without using it up",
    async (late) => {
      const edge = createEdge();
      const grant = await edge.issue();
      edge.at(TTL_SECONDS * 1000 + late);
      expect(await edge.claim(upload(grant))).toMatchObject({ status: "refused", reason: "expired" });
      expect(edge.claims).toHaveLength(0);
    },
  );

  test("accepts a URL dated up to five minutes ahead, because the issuer's clock may be ahead", async () => {
    expect(MAX_SKEW_SECONDS).toBe(300);
    const edge = createEdge();
    const grant = await edge.issue();
    edge.at(-300_000);
    expect(await edge.claim(upload(grant))).toMatchObject({ status: "accepted" });
  });

  test.each([300_001, 301_000, 86_400_000])("refuses a URL dated %i ms ahead, without using it up", async (ahead) => {
    const edge = createEdge();
    const grant = await edge.issue();
    edge.at(-ahead);
    expect(await edge.claim(upload(grant))).toMatchObject({ status: "refused", reason: "not-yet-valid" });
    expect(edge.claims).toHaveLength(0);
    edge.at(0);
    expect(await edge.claim(upload(grant))).toMatchObject({ status: "accepted" });
  });
});

describe("decides by the answer of the index", () => {
  const cause = new Error("simulated");
  test.each<[ClaimOutcome, object]>([
    [
      { status: "claimed", attempts: 1 },
      { status: "accepted", attempts: 1 },
    ],
    [
      { status: "already-claimed", attempts: 2 },
      { status: "refused", reason: "already-claimed", attempts: 2 },
    ],
    [
      { status: "unknown", attempts: 1 },
      { status: "refused", reason: "unknown", attempts: 1 },
    ],
    [
      { status: "indeterminate", mayHaveLanded: true, cause, attempts: 3 },
      { status: "refused", reason: "undecided", cause, attempts: 3 },
    ],
    [
      { status: "indeterminate", mayHaveLanded: false, cause },
      { status: "refused", reason: "unavailable", cause, attempts: undefined },
    ],
    ...(["STORE_REFUSED", "INDEX_MISCONFIGURED", "INDEX_UNREADABLE"] as const).flatMap(
      (code): [ClaimOutcome, object][] => {
        const permanent = new PresignOnceError(code, "what to change");
        return [
          [
            { status: "indeterminate", mayHaveLanded: false, cause: permanent },
            { status: "refused", reason: "store-refused", cause: permanent },
          ],
          [
            { status: "indeterminate", mayHaveLanded: true, cause: permanent },
            { status: "refused", reason: "undecided", cause: permanent },
          ],
        ];
      },
    ),
  ])("%j", async (outcome, decision) => {
    const edge = createEdge({ index: { ...createInMemoryIndex(), claim: async () => outcome } });
    expect(await edge.claim(upload(await edge.issue()))).toMatchObject({
      ...decision,
      hash: edge.claims[0]?.hash,
      claimant: edge.claims[0]?.claimant,
    });
    expect(edge.claims).toHaveLength(1);
  });

  test("refuses if the index throws, against its contract", async () => {
    const throwing = async () => Promise.reject(new Error("simulated"));
    const edge = createEdge({ index: { ...createInMemoryIndex(), claim: throwing } });
    const decision = await edge.claim(upload(await edge.issue())).catch(() => "thrown" as const);
    expect(edge.claims).toHaveLength(1);
    expect(decision).toSatisfy((d: typeof decision) => d === "thrown" || d.status === "refused");
  });

  test("refuses if the answer of the index breaks its contract", async () => {
    const edge = createEdge({ index: { ...createInMemoryIndex(), claim: async () => ({ status: "maybe" }) as never } });
    const decision = await edge.claim(upload(await edge.issue())).catch(() => "thrown" as const);
    expect(decision).not.toMatchObject({ status: "accepted" });
  });
});

describe("reports for the log", () => {
  test("how long the index took, for accepted and refused uploads", async () => {
    const index = createInMemoryIndex();
    const slow: SignatureIndex = {
      ...index,
      async claim(hash, claimant) {
        edge.at(1_012);
        return index.claim(hash, claimant);
      },
    };
    const edge = createEdge({ index: slow });
    const request = upload(await edge.issue());
    for (const status of ["refused", "accepted"]) {
      if (status === "accepted") await index.register(edge.registered[0]!, { expiresAt: NOW });
      edge.at(1_000);
      expect(await edge.claim(request)).toMatchObject({ status, indexMs: 12 });
    }
  });

  test("the issued hash, once the tag is verified", async () => {
    const edge = createEdge();
    const request = upload(await edge.issue());
    const [hash] = edge.registered;
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await edge.claim({ ...request, headers: [] })).toMatchObject({ status: "refused", hash });
    edge.at(TTL_SECONDS * 1000);
    expect(await edge.claim(request)).toEqual({ status: "refused", reason: "expired", hash });
    expect(await edge.claim({ ...request, path: "/other" })).toEqual({ status: "refused", reason: "not-issued" });
  });

  test("no URL, tag or signature in any refusal", async () => {
    const edge = createEdge();
    const request = upload(await edge.issue());
    const [, signature = ""] = /X-Amz-Signature=([0-9a-f]+)/.exec(request.query) ?? [];
    const [, tag = ""] = /x-once-tag=(\S+)/.exec(request.query) ?? [];
    for (const change of [{ method: "GET" }, { query: `${request.query}&%` }, { path: "/a" }, { headers: [] }]) {
      const decision = JSON.stringify(await edge.claim({ ...request, ...change }));
      for (const part of [request.path, signature, tag]) expect(decision).not.toContain(part);
    }
  });
});

test("uses a new claimant for every claim", async () => {
  const edge = createEdge();
  for (let i = 0; i < 5; i++) await edge.claim(upload(await edge.issue()));
  expect(edge.claims).toHaveLength(5);
  expect(new Set(edge.claims.map(({ claimant }) => claimant)).size).toBe(5);
});

test("never throws, whatever the request", async () => {
  const edge = createEdge();
  const request = upload(await edge.issue());
  const oddities = [
    "",
    "\0",
    "\ud800",
    "%",
    "%ff",
    "?",
    "&&",
    "=",
    "\n",
    "/../..",
    "a".repeat(100_000),
    "%".repeat(10_000),
  ];
  for (const oddity of oddities) {
    for (const change of [{ method: oddity }, { path: oddity }, { query: oddity }, { query: request.query + oddity }])
      expect((await edge.claim({ ...request, ...change })).status).toMatch(/^(?:refused|accepted)$/);
    expect(await edge.claim(withHeader(request, oddity, oddity))).toBeDefined();
  }
});

/** An issuer and a claimer on one index, with every claim and registration recorded. */
function createEdge(
  options: {
    readonly index?: SignatureIndex;
    readonly keys?: typeof KEYS;
    readonly issuersKeys?: typeof KEYS;
    readonly ifNoneMatch?: boolean;
  } = {},
) {
  const issued = createInMemoryIndex();
  const claimed = options.index ?? issued;
  const registered: SignatureHash[] = [];
  const claims: { readonly hash: SignatureHash; readonly claimant: Claimant }[] = [];
  const locks: string[] = [];
  const index: SignatureIndex = {
    register(hash, entry) {
      registered.push(hash);
      return issued.register(hash, entry);
    },
    claim(hash, claimant) {
      claims.push({ hash, claimant });
      return claimed.claim(hash, claimant);
    },
    revoke: (hash) => claimed.revoke(hash),
    inspect: (hash) => claimed.inspect(hash),
  };
  let now = NOW;
  const presigner = createInMemoryPresigner();
  const issuer = createIssuer({
    index,
    keys: options.issuersKeys ?? options.keys ?? KEYS,
    presigner: {
      presign(request) {
        locks.push(new Map(request.headers).get(LOCK_HEADER) ?? "");
        return presigner.presign(request);
      },
    },
    clock: { now: () => NOW },
    ids: randomIds,
    ifNoneMatch: options.ifNoneMatch ?? false,
  });
  const claimer = createClaimer({ index, keys: options.keys ?? KEYS, clock: { now: () => now }, ids: randomIds });

  return {
    claims,
    registered,
    register: (hash: SignatureHash) => issued.register(hash, { expiresAt: NOW }),
    claim: (request: UploadRequest) => claimer.claim(request),
    /** Moves the verifying side's clock to this many milliseconds after the URL was issued. */
    at(milliseconds: number): void {
      now = new Date(NOW.getTime() + milliseconds);
    },
    async issue(request: Partial<IssueRequest> = {}): Promise<Grant> {
      const outcome = await issuer.issue({ baseUrl: EDGE_URL, expiresInSeconds: TTL_SECONDS, ...request });
      if (outcome.status !== "issued") throw new Error(outcome.status);
      return outcome.grant;
    },
    /** The lock that was signed into the n-th URL issued. */
    signedLock: (n: number) => locks[n],
  };
}

function upload(grant: Grant): UploadRequest {
  const [path = "", query = ""] = grant.url.slice(EDGE_URL.length).split("?");
  return { method: "PUT", path, query, headers: [["content-length", "5"], ...Object.entries(grant.headers)] };
}

function withHeader(request: UploadRequest, name: string, value: string): UploadRequest {
  return { ...request, headers: [...request.headers.filter(([known]) => known !== name), [name, value]] };
}

function withoutTag(query: string): string {
  return query.replace(/&x-once-tag=[^&]*/, "");
}

function otherDigit(digit: string): string {
  return digit === "0" ? "1" : "0";
}

/** Other encodings of a query: reversed; with lower-case escapes; with every character escaped. */
function respellings(query: string): string[] {
  const segments = query.split("&");
  const escapeAll = (text: string) => toHex(utf8(decodeURIComponent(text))).replace(/../g, "%$&");
  return [
    segments.toReversed().join("&"),
    query.replace(/%../g, (escaped) => escaped.toLowerCase()),
    segments.map((segment) => segment.split("=").map(escapeAll).join("=")).join("&"),
  ];
}
