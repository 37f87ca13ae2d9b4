import { describe, expect, test } from "vitest";

import { type Answer, answer, BUCKET, reset, type Script, s3Error, silence, startFakeS3 } from "../../test/fake-s3.ts";
import { transports } from "../../test/transports.ts";
import { tries } from "../../test/tries.ts";
import { versioning, versionList } from "../../test/version-list.ts";
import { createObjectHistory, createVersionHistory } from "./upload-history.ts";

const KEY = "uploads/1";
const silent = () => silence;
/** Attempts are counted, not timed; only a silent server is given up after a while. */
const newDeadline = (script: Script) => tries(3, Object.values(script).includes(silent) ? 100 : 10_000);
const version = (key: string) => ({ key, versionId: "v1", etag: '"x"' });

describe.each(transports)("through %s,", (_transport, open) => {
  async function versions(script: Script) {
    const server = await startFakeS3({ GetBucketVersioning: () => versioning("Enabled"), ...script });
    return {
      server,
      history: createVersionHistory({ s3: open(server.access), bucket: BUCKET, newDeadline: newDeadline(script) }),
    };
  }

  const there = { etag: '"x"', bytes: 1 };
  test.each<[string, Answer[], "never" | "deleted" | typeof there]>([
    ["no version", [versionList([])], "never"],
    ["a version", [versionList([version(KEY)])], there],
    ["a delete marker alone", [versionList([], { deleteMarkers: [KEY] })], "deleted"],
    ["a version under a delete marker", [versionList([version(KEY)], { deleteMarkers: [KEY] })], "deleted"],
    ["a version that is not the latest", [versionList([{ ...version(KEY), isLatest: false }])], "deleted"],
    ["a version over another", [versionList([version(KEY), { ...version(KEY), versionId: "v0" }])], "deleted"],
    [
      "a version over another on the next page",
      [versionList([version(KEY)], { next: { keyMarker: KEY } }), versionList([{ ...version(KEY), versionId: "v0" }])],
      "deleted",
    ],
    ["versions of longer keys", [versionList([version(`${KEY}0`)], { deleteMarkers: [`${KEY}1`] })], "never"],
    [
      "a version on the second page",
      [versionList([version(`${KEY}!`)], { next: { keyMarker: `${KEY}!` } }), versionList([version(KEY)])],
      there,
    ],
    ["an answer at the second try", [s3Error(503, "SlowDown"), versionList([version(KEY)])], there],
  ])("%s in the list", async (_name, ListObjectVersions, status) => {
    const { server, history } = await versions({ ListObjectVersions });
    expect(await history.wasStored(KEY)).toEqual(
      status === "never" ? { status } : { status: "stored", object: status === "deleted" ? undefined : status },
    );
    expect(server.requests.at(-1)!.query.get("prefix")).toBe(KEY);
  });

  test("checks versioning once", async () => {
    const { server, history } = await versions({ ListObjectVersions: () => versionList([]) });
    await history.wasStored(KEY);
    await history.wasStored(KEY);
    expect(server.operations).toEqual(["GetBucketVersioning", "ListObjectVersions", "ListObjectVersions"]);
  });

  test.each<[string, Script, object]>([
    ["versions are suspended", { GetBucketVersioning: () => versioning("Suspended") }, { code: "INDEX_MISCONFIGURED" }],
    ["versions were never kept", { GetBucketVersioning: () => versioning(undefined) }, { code: "INDEX_MISCONFIGURED" }],
    [
      "versioning may not be read",
      { GetBucketVersioning: () => s3Error(403, "AccessDenied") },
      { code: "STORE_REFUSED", cause: { name: "AccessDenied" } },
    ],
    [
      "the list may not be read",
      { ListObjectVersions: () => s3Error(403, "AccessDenied") },
      { code: "STORE_REFUSED", cause: { name: "AccessDenied" } },
    ],
    ["the list is reset", { ListObjectVersions: () => reset }, {}],
    ["the server is silent", { ListObjectVersions: silent }, { name: "TimeoutError" }],
  ])("is undecided if %s", async (_name, script, cause) => {
    const { history } = await versions(script);
    expect(await history.wasStored(KEY)).toMatchObject({ status: "indeterminate", cause });
  });

  const noSuchKey = s3Error(404, "NoSuchKey");
  test.each<[string, Script, object]>([
    [
      "is there",
      { HeadObject: [answer(200, { etag: '"x"', "x-amz-meta-presign-once-id": "1" })] },
      { status: "stored", object: { etag: '"x"', bytes: 0 } },
    ],
    [
      "is another grant's",
      { HeadObject: [answer(200, { etag: '"x"', "x-amz-meta-presign-once-id": "2" })] },
      { status: "stored", object: undefined },
    ],
    ["names no grant", { HeadObject: [answer(200, { etag: '"x"' })] }, { status: "stored", object: undefined }],
    ["is not there", { HeadObject: [answer(404)], GetObject: [noSuchKey] }, { status: "never" }],
    ["is there at the second try", { HeadObject: [s3Error(503, "SlowDown"), answer(200)] }, { status: "stored" }],
    ["is stored meanwhile", { HeadObject: [answer(404)], GetObject: [answer(200, {}, "x")] }, { status: "stored" }],
    ["may not be read by HEAD", { HeadObject: [answer(403)] }, { status: "indeterminate" }],
    [
      "is not there at the second try",
      { HeadObject: [answer(404), answer(404)], GetObject: [s3Error(503, "SlowDown"), noSuchKey] },
      { status: "never" },
    ],
    [
      "may not be read by GET",
      { HeadObject: [answer(404)], GetObject: [s3Error(403, "AccessDenied")] },
      { status: "indeterminate" },
    ],
    [
      "is in a missing bucket",
      { HeadObject: [answer(404)], GetObject: [s3Error(404, "NoSuchBucket")] },
      { status: "indeterminate", cause: { code: "STORE_REFUSED", cause: { name: "NoSuchBucket" } } },
    ],
    [
      "is behind a server that is no S3",
      { HeadObject: () => answer(404), GetObject: () => answer(404, {}, "nothing here") },
      { status: "indeterminate" },
    ],
    [
      "has a 404 without a body",
      { HeadObject: () => answer(404), GetObject: () => answer(404) },
      { status: "indeterminate" },
    ],
  ])("without versions, an object that %s", async (_name, script, outcome) => {
    const server = await startFakeS3(script);
    const history = createObjectHistory({ s3: open(server.access), bucket: BUCKET, newDeadline: newDeadline(script) });
    expect(await history.wasStored(KEY)).toMatchObject(outcome);
  });
});
