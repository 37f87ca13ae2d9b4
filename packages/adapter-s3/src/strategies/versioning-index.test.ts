import type { ServerResponse } from "node:http";

import type { Claimant } from "@presign-once/core";
import { describe, expect, test } from "vitest";

import { claimedBy, found, HASH, ISSUED, md5, object, REVOKED, THEM, US } from "../../test/entries.ts";
import {
  accessTo,
  type Answer,
  answer,
  BUCKET,
  cut,
  reset,
  type Script,
  s3Error,
  silence,
  startFakeS3,
} from "../../test/fake-s3.ts";
import { refusedEndpoint } from "../../test/refused-endpoint.ts";
import { transports } from "../../test/transports.ts";
import { requests, tries } from "../../test/tries.ts";
import { versioning, versionList } from "../../test/version-list.ts";
import { createVersioningIndex } from "./versioning-index.ts";

const VALID = `signatures/valid/${HASH}`;
const EXPIRED = `signatures/expired/${HASH}`;
const EXPIRES_AT = new Date("2026-01-02T03:04:05Z");
const LOOK = ["GetBucketVersioning", "HeadObject", "HeadObject"];

type Options = Partial<Parameters<typeof createVersioningIndex>[0]>;

const notFound = answer(404);
const stored = (versionId: string, headers = {}) => answer(200, { "x-amz-version-id": versionId, ...headers });
const heads =
  ({ valid = stored("issue"), expired = notFound } = {}): Exclude<
    Script["HeadObject"],
    readonly Answer[] | undefined
  > =>
  ({ key }) => {
    if (key === VALID) return valid;
    if (key === EXPIRED) return expired;
    return s3Error(418, "AnotherKey");
  };

/** A version of the claimed entry, in the words of a list. */
const version = (versionId: string, claimant: Claimant, more = {}) => ({
  key: EXPIRED,
  versionId,
  etag: md5(claimedBy(claimant)),
  ...more,
});
/** A version of the revoked entry. */
const revoked = (versionId: string) => ({ key: EXPIRED, versionId, etag: md5(REVOKED) });
const kms = { "x-amz-server-side-encryption": "aws:kms" };
const slowDown = s3Error(503, "SlowDown");
const internalError = s3Error(500, "InternalError");
const misconfigured = { cause: expect.objectContaining({ code: "INDEX_MISCONFIGURED" }) };
const unreadable = { cause: expect.objectContaining({ code: "INDEX_UNREADABLE" }) };

describe.each(transports)("through %s,", (_transport, open) => {
  /** An index on a server where a hash is issued and unclaimed, but for what the script says otherwise. */
  async function scripted(script: Script, options: Options = {}) {
    const server = await startFakeS3({
      GetBucketVersioning: () => versioning("Enabled"),
      HeadObject: heads(),
      ...script,
    });
    const newDeadline = tries(3);
    const index = createVersioningIndex({ s3: open(server.access), bucket: BUCKET, newDeadline, ...options });
    return { server, index };
  }

  describe("a claim", () => {
    test("sends four requests to read, write and list, and one to check versioning", async () => {
      const { server, index } = await scripted({
        PutObject: [stored("v1")],
        ListObjectVersions: [versionList([version("v1", US)])],
      });
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
      expect([...server.operations.slice(0, 3)].sort()).toEqual(LOOK);
      expect(server.operations.slice(3)).toEqual(["PutObject", "ListObjectVersions"]);

      const [put, list] = server.requests.slice(3);
      expect(put).toMatchObject({ bucket: BUCKET, key: EXPIRED, body: claimedBy(US) });
      expect(list!.query.get("prefix")).toBe(EXPIRED);
      const looked = server.requests.filter(({ operation }) => operation === "HeadObject").map(({ key }) => key);
      expect(looked.sort()).toEqual([EXPIRED, VALID]);
    });

    test("reads both entries in parallel", async () => {
      const waiting: ServerResponse[] = [];
      const { index } = await scripted({
        HeadObject: () => (response) => {
          waiting.push(response);
          if (waiting.length === 2) for (const held of waiting) notFound(held);
        },
      });
      expect(await index.claim(HASH, US)).toEqual({ status: "unknown", attempts: 0 });
    });

    test("of an unissued hash is unknown, and writes nothing", async () => {
      const { server, index } = await scripted({ HeadObject: heads({ valid: notFound }) });
      expect(await index.claim(HASH, US)).toEqual({ status: "unknown", attempts: 0 });
      expect([...server.operations].sort()).toEqual(LOOK);
    });

    test("of a hash that another claimant owns writes nothing", async () => {
      const { server, index } = await scripted({
        HeadObject: heads({ expired: stored("v1") }),
        ListObjectVersions: [versionList([version("v1", THEM)])],
      });
      expect(await index.claim(HASH, US)).toEqual({ status: "already-claimed", attempts: 0 });
      expect(server.operations).not.toContain("PutObject");
    });

    test("of a hash that the same claimant owns is won again", async () => {
      const { index } = await scripted({
        HeadObject: heads({ expired: stored("v2") }),
        ListObjectVersions: [versionList([version("v2", THEM), version("v1", US)])],
      });
      expect(await index.claim(HASH, US)).toEqual({ ...found, status: "claimed", attempts: 0 });
    });

    test("uses the given prefix", async () => {
      const script = { HeadObject: () => notFound };
      const { server, index } = await scripted(script, { prefix: "else/where/" });
      await index.claim(HASH, US);
      const looked = server.requests.map(({ key }) => key).filter((key) => key !== "");
      expect(looked.sort()).toEqual([`else/where/expired/${HASH}`, `else/where/valid/${HASH}`]);
    });
  });

  describe("the position in the list decides", () => {
    const early = { lastModified: "2026-01-01T00:00:00.000Z" };
    const late = { lastModified: "2026-01-01T00:00:01.000Z" };

    test.each([
      ["agrees", late, early],
      ["ties", early, early],
      ["says otherwise", early, late],
    ])("where LastModified %s", async (_name, newest, oldest) => {
      const race = (ours: string, list: Answer) => scripted({ PutObject: [stored(ours)], ListObjectVersions: [list] });

      const won = await race("v1", versionList([version("v2", THEM, newest), version("v1", US, oldest)]));
      expect(await won.index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });

      const lost = await race("v2", versionList([version("v2", US, newest), version("v1", THEM, oldest)]));
      expect(await lost.index.claim(HASH, US)).toEqual({ status: "already-claimed", attempts: 1 });
    });

    test.each([1, 2, 3])(
      "over all pages, if our version is the oldest and %s of 3 pages have others",
      async (others) => {
        const pages = [0, 1, 2].map((page) => {
          const next = { keyMarker: EXPIRED, versionIdMarker: `end-of-${page}` };
          const versions = page < others ? [version(`other-${page}`, THEM)] : [];
          return versionList(page === 2 ? [...versions, version("ours", US)] : versions, page < 2 ? { next } : {});
        });
        const { server, index } = await scripted({ PutObject: [stored("ours")], ListObjectVersions: pages });
        expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
        const asked = server.requests
          .slice(4)
          .map(({ query }) => [query.get("key-marker"), query.get("version-id-marker")]);
        expect(asked).toEqual([
          [null, null],
          [EXPIRED, "end-of-0"],
          [EXPIRED, "end-of-1"],
        ]);
      },
    );

    test("against us, if the last page has an older version of another claimant", async () => {
      const next = { keyMarker: EXPIRED, versionIdMarker: "ours" };
      const pages = [versionList([version("ours", US)], { next }), versionList([version("theirs", THEM)])];
      const { index } = await scripted({ PutObject: [stored("ours")], ListObjectVersions: pages });
      expect(await index.claim(HASH, US)).toEqual({ status: "already-claimed", attempts: 1 });
    });

    test("among versions of this key only, not of keys with the same prefix", async () => {
      const longer = { key: `${EXPIRED}.bak` };
      const list = versionList([version("v1", US), version("x", THEM, longer)], { deleteMarkers: [`${EXPIRED}.bak`] });
      const { index } = await scripted({ PutObject: [stored("v1")], ListObjectVersions: [list] });
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
    });

    test("after a failed page was requested again", async () => {
      const { index } = await scripted({
        PutObject: [stored("v1")],
        ListObjectVersions: [internalError, cut(200), versionList([version("v1", US)])],
      });
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
    });
  });

  describe("a write with a lost answer", () => {
    describe.each<[string, Answer]>([
      ["by a reset", reset],
      ["to a 500", internalError],
      ["halfway", cut(200)],
    ])("%s", (_name, lost) => {
      test("is won if the list shows its ETag as the oldest version", async () => {
        const list = versionList([version("v2", THEM), version("v1", US)]);
        const { server, index } = await scripted({ PutObject: [lost], ListObjectVersions: [list] });
        expect(await index.claim(HASH, US)).toEqual({ ...found, status: "claimed", attempts: 1 });
        expect(server.operations).not.toContain("GetObject");
      });

      test("is lost if the oldest version names another claimant", async () => {
        const { server, index } = await scripted({
          PutObject: [lost],
          ListObjectVersions: [versionList([version("v2", US), version("v1", THEM)])],
          GetObject: [object(claimedBy(THEM))],
        });
        expect(await index.claim(HASH, US)).toEqual({ status: "already-claimed", owner: THEM, attempts: 1 });
        expect(server.requests.at(-1)).toMatchObject({ operation: "GetObject", key: EXPIRED });
        expect(server.requests.at(-1)!.query.get("versionId")).toBe("v1");
      });

      test("is repeated if it is not in the list, and makes one claim of all its versions", async () => {
        const { server, index } = await scripted({
          PutObject: [lost, stored("v2")],
          ListObjectVersions: [
            versionList([]),
            versionList([version("v3", THEM), version("v2", US), version("v1", US)]),
          ],
        });
        expect(await index.claim(HASH, US)).toEqual({ ...found, status: "claimed", attempts: 2 });
        const bodies = server.requests.filter(({ operation }) => operation === "PutObject").map(({ body }) => body);
        expect(bodies).toEqual([claimedBy(US), claimedBy(US)]);
      });
    });

    test("after a silent connection is found in the list", async () => {
      const script: Script = { PutObject: [silence], ListObjectVersions: [versionList([version("v1", US)])] };
      const { index } = await scripted(script, { newDeadline: tries(3, 500) });
      expect(await index.claim(HASH, US)).toEqual({ ...found, status: "claimed", attempts: 1 });
    });
  });

  describe("under SSE-KMS, whose ETags are not MD5", () => {
    const sealed = (versionId: string) => ({ key: EXPIRED, versionId, etag: `"not md5 ${versionId}"` });

    test("identifies the version just written by its id", async () => {
      const { server, index } = await scripted({
        PutObject: [stored("v1", kms)],
        ListObjectVersions: [versionList([sealed("v2"), sealed("v1")])],
      });
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
      expect(server.operations).not.toContain("GetObject");
    });

    test.each([
      ["our claim", claimedBy(US), { ...found, status: "claimed" }],
      ["a claim of another claimant", claimedBy(THEM), { status: "already-claimed", owner: THEM }],
      ["a revocation", REVOKED, { status: "revoked" }],
    ] as const)("reads an older version, and finds it %s", async (_name, body, outcome) => {
      const { server, index } = await scripted({
        PutObject: [reset, stored("v2", kms)],
        ListObjectVersions: [versionList([]), versionList([sealed("v2"), sealed("v1")])],
        GetObject: [object(body, '"not md5 v1"')],
      });
      expect(await index.claim(HASH, US)).toEqual({ ...outcome, attempts: 2 });
      expect(server.requests.at(-1)!.query.get("versionId")).toBe("v1");
    });

    test("reads an older version again if the first read fails", async () => {
      const { index } = await scripted({
        PutObject: [reset],
        ListObjectVersions: [versionList([sealed("v1")])],
        GetObject: [slowDown, cut(200, { etag: '"x"' }), object(claimedBy(US))],
      });
      expect(await index.claim(HASH, US)).toEqual({ ...found, status: "claimed", attempts: 1 });
    });

    test.each([
      ["has foreign bytes", object("not ours")],
      ["has the body of an issued entry", object(ISSUED)],
      ["is gone", s3Error(404, "NoSuchVersion")],
    ])("leaves the claim undecided for an older version that %s", async (_name, read) => {
      const script = { PutObject: [reset], ListObjectVersions: [versionList([sealed("v1")])], GetObject: [read] };
      const { index } = await scripted(script);
      expect(await index.claim(HASH, US)).toMatchObject({
        status: "indeterminate",
        mayHaveLanded: true,
        ...unreadable,
      });
    });
  });

  describe("the check that versioning is on", () => {
    test("runs once, before the first write", async () => {
      const { server, index } = await scripted({
        PutObject: [stored("issue"), stored("v1"), stored("v2")],
        ListObjectVersions: () => versionList([version("v2", THEM), version("v1", US)]),
      });
      await index.register(HASH, { expiresAt: EXPIRES_AT });
      await index.claim(HASH, US);
      await index.claim(HASH, THEM);
      expect(server.operations.indexOf("GetBucketVersioning")).toBe(0);
      expect(server.operations.filter((operation) => operation === "GetBucketVersioning")).toHaveLength(1);
    });

    test("runs again after no answer, and for every handle", async () => {
      const { server, index } = await scripted({
        GetBucketVersioning: [internalError, versioning("Enabled"), versioning("Enabled")],
        HeadObject: () => notFound,
      });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "unknown" });
      const other = createVersioningIndex({ s3: open(server.access), bucket: BUCKET, newDeadline: tries(1) });
      expect(await other.claim(HASH, US)).toMatchObject({ status: "unknown" });
    });

    test.each([undefined, "Suspended"] as const)("prevents every write if answered %s", async (status) => {
      const { server, index } = await scripted({ GetBucketVersioning: () => versioning(status) });
      expect(await index.claim(HASH, US)).toMatchObject({
        status: "indeterminate",
        mayHaveLanded: false,
        ...misconfigured,
      });
      const registration = await index.register(HASH, { expiresAt: EXPIRES_AT });
      expect(registration).toMatchObject({ status: "indeterminate", ...misconfigured });
      expect(server.operations).not.toContain("PutObject");
    });

    test.each([403, 501])("prevents every write if answered %s", async (status) => {
      const { server, index } = await scripted({ GetBucketVersioning: () => s3Error(status, "No") });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false });
      expect(server.operations).not.toContain("PutObject");
    });

    const unversioned: [string, Answer][] = [
      ["no version id", answer(200)],
      ["the version id null", stored("null")],
    ];
    test.each(unversioned)("fails by %s on an existing entry, before anything is written", async (_name, seen) => {
      for (const script of [heads({ valid: seen }), heads({ expired: seen })]) {
        const { server, index } = await scripted({ HeadObject: script });
        expect(await index.claim(HASH, US)).toMatchObject({
          status: "indeterminate",
          mayHaveLanded: false,
          ...misconfigured,
        });
        expect(server.operations).not.toContain("PutObject");
      }
    });

    test.each(unversioned)("fails by %s on the written entry", async (_name, written) => {
      const { index } = await scripted({ PutObject: [written, written] });
      expect(await index.claim(HASH, US)).toMatchObject({
        status: "indeterminate",
        mayHaveLanded: true,
        ...misconfigured,
      });
      expect(await index.register(HASH, { expiresAt: EXPIRES_AT })).toMatchObject({
        status: "indeterminate",
        ...misconfigured,
      });
    });

    test("fails by the version id null in the list", async () => {
      const list = versionList([version("v1", US), version("null", THEM)]);
      const { index } = await scripted({ PutObject: [stored("v1")], ListObjectVersions: [list] });
      expect(await index.claim(HASH, US)).toMatchObject({
        status: "indeterminate",
        mayHaveLanded: true,
        ...misconfigured,
      });
    });
  });

  describe("only a 404 means that an entry is absent", () => {
    const errors: [number, Answer][] = [403, 400, 405, 429, 500, 503].map((status) => [status, answer(status)]);

    describe.each(["valid", "expired"])("of the %s entry", (entry) => {
      test.each(errors)(
        "a HEAD answered %s leaves the claim undecided, and writes nothing",
        async (_status, failure) => {
          const { server, index } = await scripted({ HeadObject: heads({ [entry]: failure }) });
          expect(await index.claim(HASH, US)).toMatchObject({
            status: "indeterminate",
            mayHaveLanded: false,
            attempts: 0,
          });
          expect(server.operations).not.toContain("PutObject");
        },
      );
    });

    test("a failed HEAD is repeated", async () => {
      const answers = { [VALID]: [internalError, stored("issue")], [EXPIRED]: [notFound, notFound] };
      const { index } = await scripted({
        HeadObject: ({ key }) => answers[key]!.shift()!,
        PutObject: [stored("v1")],
        ListObjectVersions: [versionList([version("v1", US)])],
      });
      expect(await index.claim(HASH, US)).toEqual({ status: "claimed", attempts: 1 });
    });
  });

  describe("an inconclusive list", () => {
    const listed = (...pages: Answer[]) => scripted({ PutObject: [stored("ours")], ListObjectVersions: pages });
    const next = { keyMarker: EXPIRED, versionIdMarker: "x" };

    test.each<[string, () => ReturnType<typeof scripted>]>([
      ["shows a delete marker", () => listed(versionList([version("ours", US)], { deleteMarkers: [EXPIRED] }))],
      [
        "shows a delete marker on a later page",
        () => listed(versionList([version("ours", US)], { next }), versionList([], { deleteMarkers: [EXPIRED] })),
      ],
      ["lacks the version just written", () => listed(versionList([version("another", US)]))],
      ["is empty after a write that succeeded", () => listed(versionList([]))],
      [
        "lacks a version that was there before",
        () =>
          scripted({
            HeadObject: heads({ expired: stored("v1") }),
            ListObjectVersions: [versionList([version("v2", US)])],
          }),
      ],
    ])("because it %s leaves the claim undecided", async (_name, begin) => {
      const { server, index } = await begin();
      const outcome = await index.claim(HASH, US);
      const mayHaveLanded = server.operations.includes("PutObject");
      expect(outcome).toMatchObject({ status: "indeterminate", mayHaveLanded, ...unreadable });
    });

    test("because it never ends leaves the claim undecided after its time", async () => {
      const script: Script = {
        PutObject: [stored("ours")],
        ListObjectVersions: () => versionList([version("ours", US)], { next: {} }),
      };
      const { server, index } = await scripted(script, { newDeadline: requests(9) });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: true });
      const pages = ["ListObjectVersions", "ListObjectVersions", "ListObjectVersions"];
      expect(server.operations.slice(LOOK.length)).toEqual(["PutObject", ...pages, ...pages.slice(1)]);
    });
  });

  test("a claim without time left for a write writes nothing, and leaves the URL unused", async () => {
    const newDeadline = () => ({ ...tries(3)(), leavesTime: () => false });
    const { server, index } = await scripted({}, { newDeadline });
    expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 0 });
    expect(server.operations).not.toContain("PutObject");
  });

  describe("a claim that stays undecided", () => {
    const empty = () => versionList([]);

    test("under repeated 503 from the start has written nothing", async () => {
      const { index } = await scripted({ GetBucketVersioning: () => slowDown, HeadObject: () => answer(503) });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 0 });
    });

    test("under 503 SlowDown for every write has written nothing", async () => {
      const { index } = await scripted({ PutObject: () => slowDown, ListObjectVersions: empty });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 3 });
    });

    test("under 500 for every write may have written", async () => {
      const { index } = await scripted({ PutObject: () => internalError, ListObjectVersions: empty });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: true, attempts: 3 });
    });

    test("after one reset among 503s may have written", async () => {
      const { index } = await scripted({ PutObject: [slowDown, reset, slowDown], ListObjectVersions: empty });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: true, attempts: 3 });
    });

    test("because the list fails after the write has written", async () => {
      const { index } = await scripted({ PutObject: [stored("v1")], ListObjectVersions: () => slowDown });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: true, attempts: 1 });
    });

    test("because writing is forbidden has written nothing, and is not retried", async () => {
      const { server, index } = await scripted({ PutObject: [s3Error(403, "AccessDenied")] });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 1 });
      expect(server.operations).not.toContain("ListObjectVersions");
    });

    test("without a connection has written nothing", async () => {
      const s3 = open(accessTo(await refusedEndpoint()));
      const index = createVersioningIndex({ s3, bucket: BUCKET, newDeadline: tries(2) });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate", mayHaveLanded: false, attempts: 0 });
    });

    test.each<[string, Script]>([
      ["looking", { HeadObject: () => silence }],
      ["writing", { PutObject: () => silence, ListObjectVersions: empty }],
      ["listing", { PutObject: [stored("v1")], ListObjectVersions: () => silence }],
    ])("without an answer when %s ends after its attempts", async (_name, script) => {
      const { index } = await scripted(script, { newDeadline: tries(2, 100) });
      expect(await index.claim(HASH, US)).toMatchObject({ status: "indeterminate" });
    });
  });

  describe("a registration", () => {
    const register = ({ index }: Awaited<ReturnType<typeof scripted>>) =>
      index.register(HASH, { expiresAt: EXPIRES_AT });

    test("writes the valid entry, with the expiry in its metadata", async () => {
      const { server, index } = await scripted({ PutObject: [stored("v1")] });
      expect(await register({ server, index })).toEqual({ status: "registered" });
      expect(server.operations).toEqual(["GetBucketVersioning", "PutObject"]);
      expect(server.requests[1]).toMatchObject({ bucket: BUCKET, key: VALID, body: ISSUED });
      expect(server.requests[1]!.headers["x-amz-meta-expires-at"]).toBe("2026-01-02T03:04:05.000Z");
    });

    test.each<[string, Answer]>([
      ["lost", reset],
      ["a 500", internalError],
      ["a 503", slowDown],
      ["cut", cut(200)],
    ])("with the answer %s is repeated", async (_name, failure) => {
      const { server, index } = await scripted({ PutObject: [failure, stored("v2")] });
      expect(await register({ server, index })).toEqual({ status: "registered" });
    });

    test("that is refused is not repeated", async () => {
      const { server, index } = await scripted({ PutObject: [s3Error(403, "AccessDenied")] });
      expect(await register({ server, index })).toMatchObject({
        status: "indeterminate",
        cause: { code: "STORE_REFUSED", cause: { name: "AccessDenied" } },
      });
    });

    test("is undecided under repeated failures", async () => {
      const { server, index } = await scripted({ PutObject: () => slowDown });
      expect(await register({ server, index })).toMatchObject({ status: "indeterminate", cause: { name: "SlowDown" } });
    });
  });

  describe("a revocation", () => {
    test("writes a version without a claimant, and takes effect if it is the oldest", async () => {
      const { server, index } = await scripted({
        PutObject: [stored("v1")],
        ListObjectVersions: [versionList([version("v2", US), revoked("v1")])],
      });
      expect(await index.revoke(HASH)).toEqual({ status: "revoked" });
      expect(server.operations.slice(3)).toEqual(["PutObject", "ListObjectVersions"]);
      expect(server.requests[3]).toMatchObject({ key: EXPIRED, body: REVOKED });
    });

    test("that came before a claim makes the claim report revoked", async () => {
      const { index } = await scripted({
        PutObject: [stored("v2")],
        ListObjectVersions: [versionList([version("v2", US), revoked("v1")])],
      });
      expect(await index.claim(HASH, US)).toEqual({ status: "revoked", attempts: 1 });
    });

    test("after a claim reports already-claimed", async () => {
      const { server, index } = await scripted({
        HeadObject: heads({ expired: stored("v1") }),
        ListObjectVersions: [versionList([version("v1", THEM)])],
      });
      expect(await index.revoke(HASH)).toEqual({ status: "already-claimed" });
      expect(server.operations).not.toContain("PutObject");
    });

    test("of an unissued hash is unknown, and writes nothing", async () => {
      const { server, index } = await scripted({ HeadObject: heads({ valid: notFound }) });
      expect(await index.revoke(HASH)).toEqual({ status: "unknown" });
      expect(server.operations).not.toContain("PutObject");
    });

    test("is undecided if the list is refused", async () => {
      const { index } = await scripted({ PutObject: [stored("v1")], ListObjectVersions: () => slowDown });
      expect(await index.revoke(HASH)).toMatchObject({ status: "indeterminate", cause: { name: "SlowDown" } });
    });
  });

  describe("an inspection", () => {
    test("of an issued hash reports issued", async () => {
      const { server, index } = await scripted({});
      expect(await index.inspect(HASH)).toEqual({ status: "issued" });
      expect(server.operations.toSorted()).toEqual(LOOK);
    });

    test("of an unissued hash is unknown", async () => {
      const { index } = await scripted({ HeadObject: heads({ valid: notFound, expired: stored("v1") }) });
      expect(await index.inspect(HASH)).toEqual({ status: "unknown" });
    });

    test.each([
      ["claimed", claimedBy(THEM), { status: "claimed", claimant: THEM, at: found.found.since }],
      ["revoked", REVOKED, { status: "revoked", at: found.found.since }],
    ] as const)("reads the oldest version, which is %s", async (_name, body, outcome) => {
      const { server, index } = await scripted({
        HeadObject: heads({ expired: stored("v2") }),
        ListObjectVersions: [versionList([version("v2", US), version("v1", THEM)])],
        GetObject: [slowDown, object(body)],
      });
      expect(await index.inspect(HASH)).toEqual(outcome);
      expect(server.requests.at(-1)!.query.get("versionId")).toBe("v1");
    });

    test.each([
      ["is refused", { HeadObject: () => slowDown }, { status: 503 }],
      [
        "finds a delete marker",
        {
          HeadObject: heads({ expired: stored("v2") }),
          ListObjectVersions: [versionList([version("v1", US)], { deleteMarkers: [EXPIRED] })],
        },
        { code: "INDEX_UNREADABLE" },
      ],
      [
        "finds versioning suspended",
        { GetBucketVersioning: () => versioning("Suspended") },
        { code: "INDEX_MISCONFIGURED" },
      ],
    ])("that %s is undecided", async (_name, script, cause) => {
      const { index } = await scripted(script);
      expect(await index.inspect(HASH)).toMatchObject({ status: "indeterminate", cause });
    });
  });
});
