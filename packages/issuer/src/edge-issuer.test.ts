import { PresignOnceError } from "@presign-once/core";
import { createManualClock } from "@presign-once/core/testing";
import { describe, expect, test } from "vitest";

import { SECRET, settings } from "../../../test/support/edge-settings.ts";
import { createEdgeIssuer, type EdgeIssuer } from "./index.ts";

const EXTENSION = "1 to 10 lower-case letters or digits";
const EDGE = "https://edge.example";
/** Of an edge where nothing is recorded and nothing is signed at issue, so that nothing is asked of S3. */
const ALONE = {
  ...settings({ signing: "at-use", index: { strategy: "sealed" }, maxExpiresInSeconds: 259_200, maxBytes: 1_000 }),
  baseUrl: EDGE,
  downloads: {},
};

const open = (changes: object = {}) =>
  createEdgeIssuer({ ...ALONE, ...changes }, { clock: createManualClock(new Date("2026-01-01T00:00:00.700Z")) });

async function granted(outcome: ReturnType<EdgeIssuer["issue" | "issueDownload" | "issueQuery"]>) {
  const issued = await outcome;
  if (issued.status !== "issued") throw new Error(`not issued: ${issued.status}`);
  return issued.grant;
}

describe("without S3, a backend issues", () => {
  test("what the settings say, where nothing is asked for", async () => {
    const grant = await granted((await open()).issue());
    expect(grant).toMatchObject({ method: "PUT", headers: {}, expiresAt: new Date("2026-01-01T00:15:00Z") });
    expect(grant.url).toMatch(/^https:\/\/edge\.example\/u\/[\w-]+\.k1\.[0-9a-f]{64}$/);
    expect(grant.key).toMatch(/^uploads\/[0-9a-f-]{36}$/);
  });

  test("everything that /url grants, and the folder, which an authorizer names there", async () => {
    const issuer = await open({ retries: {} });
    const asked = { expiresInSeconds: 60, contentType: "image/png", contentLength: 5, filename: "a b+é.png" } as const;
    const more = { maxBytes: 10, extension: "png", sha256: "0a".repeat(32), retries: "same-client" } as const;
    const metadata = { "uploaded-by": "anna" };
    const grant = await granted(issuer.issue({ ...asked, ...more, folder: "tenant-7/", metadata }));
    expect(grant).toMatchObject({
      headers: {
        ...{ "content-type": "image/png", "x-amz-meta-filename": "a%20b%2B%C3%A9.png" },
        "x-amz-meta-uploaded-by": "anna",
      },
      ...{ contentLength: 5, retries: "same-client", expiresAt: new Date("2026-01-01T00:01:00Z") },
    });
    expect(grant.key).toMatch(/^uploads\/tenant-7\/[0-9a-f-]{36}\.png$/);
  });

  test("links for downloads", async () => {
    const issuer = await open();
    const grant = await granted(issuer.issueDownload({ key: "uploads/a & b.pdf", filename: "c.pdf", retries: "none" }));
    expect(grant).toMatchObject({ method: "GET", key: "uploads/a & b.pdf", fileName: "c.pdf" });
  });

  test("what the query of /url asks for", async () => {
    const issuer = await open();
    expect(await granted(issuer.issueQuery("content-type=image/svg+xml&expires-in=60"))).toMatchObject({
      headers: { "content-type": "image/svg+xml" },
    });
    expect(await granted(issuer.issueQuery("download=uploads/a"))).toMatchObject({ method: "GET" });
  });

  test("from the JSON of the settings", async () => {
    expect(await granted((await createEdgeIssuer(JSON.stringify(ALONE))).issue())).toMatchObject({ method: "PUT" });
  });
});

test.each<[field: string, asked: Record<string, unknown>, message: string]>([
  ["expiresInSeconds", { expiresInSeconds: 259_201 }, "a whole number of seconds from 1 to 259200"],
  ["maxBytes", { maxBytes: 1_001 }, "a whole number of bytes from 0 to 1000"],
  ["maxBytes", { maxBytes: -1 }, "a whole number of bytes from 0 to 1000"],
  ["maxBytes", { maxBytes: 1.5 }, "a whole number of bytes from 0 to 1000"],
  ["minBytes", { minBytes: 1_001 }, "a whole number of bytes from 0 to 1000"],
  [
    ...(["metadata", { metadata: { "presign-once-id": "1" } }] as const),
    "an object of texts in printable ASCII, by names of lower-case letters, digits and -",
  ],
  ["contentLength", { contentLength: 1_001 }, "a whole number of bytes from 0 to 1000"],
  ["extension", { extension: ".jpg" }, EXTENSION],
  ["retries", { retries: "same-client" }, "nothing: no retries are offered here"],
  ["folder", { folder: "../" }, "folders of letters, digits, - . _ ~, each followed by /, 480 characters at most"],
])("refuses a field of another form by its name: %s of %j", async (field, asked, form) => {
  const refused = (await open()).issue(asked);
  await expect(refused).rejects.toMatchObject({ code: "ARGUMENT_INVALID", message: `${field}: expected ${form}` });
});

describe("refuses what would become another text", () => {
  const form = "expected a number or a text without lone surrogates; leave the field out for the default";

  test.each([null, ["a.png"], { name: "a.png" }, true, "a\ud800.png"])("filename: %j", async (value) => {
    const issuer = await open();
    const refused = { code: "ARGUMENT_INVALID", message: `filename: ${form}` };
    await expect(issuer.issue({ filename: value as string })).rejects.toMatchObject(refused);
    const key = "uploads/a";
    await expect(issuer.issueDownload({ key, filename: value as string })).rejects.toMatchObject(refused);
  });

  test.each([null, ["tenant-7/"], 7] as never[])("folder: %j", async (value) => {
    await expect((await open()).issue({ folder: value })).rejects.toMatchObject({
      ...{ code: "ARGUMENT_INVALID", message: expect.stringMatching(/^folder: expected folders/) },
    });
  });

  test("no object, and no query", async () => {
    const issuer = await open();
    for (const asked of [null, "uploads/a", [{ key: "uploads/a" }]] as never[]) {
      const refused = { code: "ARGUMENT_INVALID", message: expect.stringMatching(/^asked: expected an object/) };
      await expect(issuer.issue(asked)).rejects.toMatchObject(refused);
      await expect(issuer.issueDownload(asked)).rejects.toMatchObject(refused);
    }
    for (const query of [undefined, null, ["filename=a"]] as never[])
      await expect(issuer.issueQuery(query)).rejects.toMatchObject({ message: "query: expected a text" });
    for (const name of ["filename=\ud800", "\ud800=a"])
      await expect(issuer.issueQuery(name)).rejects.toMatchObject({
        message: expect.stringMatching(/percent-encoded/),
      });
  });
});

test("refuses a field that there is not", async () => {
  const refused = (await open()).issue({ "max-byte": 1 } as object);
  await expect(refused).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
    message: expect.stringMatching(/^Unknown parameter max-byte: /),
  });
});

test("refuses a download key of another form by the name of its field", async () => {
  const issuer = await open();
  for (const key of ["", "uploads/../a", "/uploads/a"])
    await expect(issuer.issueDownload({ key })).rejects.toMatchObject({ message: expect.stringMatching(/^key: /) });
  await expect(issuer.issueDownload({ key: "signatures/a" })).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});

test.each<[what: string, settings: unknown, message: string | RegExp]>([
  ["nothing", undefined, /^region: |^config: /],
  ["no JSON", "{", /^config: expected JSON/],
  ["no keys", { ...ALONE, keys: undefined }, "keys: missing, expected the edge keys of the functions"],
  ["no baseUrl", { ...ALONE, baseUrl: undefined }, /^baseUrl: missing, expected where clients reach the edge/],
  ["an unknown field", { ...ALONE, scope: SECRET }, "scope: unknown field"],
])("refuses settings with %s, and repeats no secret", async (_, wrong, message) => {
  const refused = await createEdgeIssuer(wrong as string).catch((fault: unknown) => fault);
  expect(refused).toBeInstanceOf(PresignOnceError);
  expect(refused).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(message) });
  expect((refused as Error).message).not.toContain(SECRET);
});

test("refuses a download where the settings offer none", async () => {
  const issuer = await open({ downloads: undefined });
  await expect(issuer.issueDownload({ key: "uploads/a" })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: "downloads: missing, expected what the functions have, such as {}",
  });
});

test("makes no URL that the edge would refuse, with a key that is for some folders", async () => {
  const keys = [{ id: "tenant-7", secret: SECRET, allows: { uploads: ["tenant-7/"] } }];
  const issuer = await open({ keys });
  expect(await granted(issuer.issue({ folder: "tenant-7/" }))).toMatchObject({ method: "PUT" });
  await expect(issuer.issue()).rejects.toMatchObject({ message: expect.stringMatching(/^folder: /) });
  await expect(issuer.issueDownload({ key: "uploads/tenant-7/a" })).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});
