import { describe, expect, test } from "vitest";

import type { Issuer } from "../gate/issuer.ts";
import type { Authorization, AuthorizerRequest } from "../ports/authorizer.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { createInMemoryIndex, createManualClock, createSequentialIds } from "../testing/index.ts";
import { createDownloadIssuer } from "../ticket/download-issuer.ts";
import { createTicketIssuer } from "../ticket/ticket-issuer.ts";
import { createEdgeKeys, type KeyAllowance } from "../url/edge-keys.ts";
import { createCors } from "./cors.ts";
import { createIssueEndpoint } from "./issue-endpoint.ts";

const LIMITS = { expiresInSeconds: 900, maxExpiresInSeconds: 3_600, maxBytes: 1_000 };
const JSON_PLEASE: HeaderField = ["accept", "application/json"];

/** An endpoint that offers downloads, for a caller with these folders. */
function createDesk({
  downloads,
  isOffered = true,
  limits = {},
  subjectMetadata,
  allows,
  issue,
}: {
  downloads?: unknown;
  isOffered?: boolean;
  limits?: object;
  subjectMetadata?: string;
  allows?: KeyAllowance;
  /** In place of a real issuer. */
  issue?: Issuer["issue"];
} = {}) {
  const lines: string[] = [];
  const parts = {
    keys: createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1), allows }]),
    index: createInMemoryIndex(),
    ...{ clock: createManualClock(), ids: createSequentialIds() },
  };
  const folders = downloads === undefined ? {} : { downloads };
  const asked: AuthorizerRequest[] = [];
  const endpoint = createIssueEndpoint({
    issuer: issue === undefined ? createTicketIssuer(parts) : { issue },
    downloads: isOffered ? { issuer: createDownloadIssuer(parts), keyPrefix: "uploads/" } : undefined,
    authorizer: {
      async authorize(request) {
        asked.push(request);
        return { status: "allowed", subject: "anna é", ...folders, ...limits } as Authorization;
      },
    },
    subjectMetadata,
    ...{ cors: createCors({ origins: [] }), limits: LIMITS, writeLine: (line) => lines.push(line) },
  });
  return {
    ...{ lines, asked },
    ask: (query: string, headers: readonly HeaderField[] = []) =>
      endpoint.answer({
        ...{ requestId: "some-id", method: "GET", path: "/url", query, headers, baseUrl: "https://edge.example" },
      }),
  };
}

describe("a link for a download", () => {
  test("is issued as text, or as the whole grant", async () => {
    const desk = createDesk({ downloads: [""] });
    const text = await desk.ask("download=uploads/a.pdf");
    expect([text.status, text.body]).toEqual([200, expect.stringMatching(/^https:\/\/edge\.example\/d\/[\w-]+\.k1\./)]);
    const { status, body } = await desk.ask("download=uploads/a.pdf&expires-in=60&filename=b.pdf", [JSON_PLEASE]);
    expect([status, JSON.parse(body)]).toEqual([
      200,
      {
        ...{ id: "2", url: expect.stringContaining("/d/"), method: "GET", key: "uploads/a.pdf", fileName: "b.pdf" },
        expiresAt: "2026-01-01T00:01:00.000Z",
      },
    ]);
    expect(desk.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { outcome: "issued", subject: "anna é", grant: "1" },
      { outcome: "issued", subject: "anna é", grant: "2" },
    ]);
    expect(desk.lines.join()).not.toMatch(/uploads|b\.pdf|\/d\//);
  });

  test("is issued for objects in the caller's folders alone", async () => {
    const desk = createDesk({ downloads: ["tenant-7/", "shared/out/"] });
    const statusOf = async (key: string) => (await desk.ask(`download=${key}`)).status;
    for (const key of ["uploads/tenant-7/a", "uploads/tenant-7/b/a", "uploads/shared/out/a"])
      expect([key, await statusOf(key)]).toEqual([key, 200]);
    for (const key of ["uploads/a", "uploads/tenant-70/a", "uploads/shared/a", "tenant-7/a", "signatures/a", "a"])
      expect([key, await statusOf(key)]).toEqual([key, 403]);
    for (const key of ["uploads/tenant-7/../tenant-8/a", "uploads/tenant-7/", "uploads/tenant-7//a"])
      expect([key, await statusOf(key)]).toEqual([key, 400]);
  });

  test.each([undefined, []])("is issued to no caller without folders: %j", async (downloads) => {
    const desk = createDesk({ downloads });
    expect(await desk.ask("download=uploads/a", [JSON_PLEASE])).toMatchObject({
      status: 403,
      body: expect.stringContaining("download: this object is in none of your folders."),
    });
    expect((await desk.ask("")).status).toBe(200); // an upload
  });

  test.each(["tenant-7/", "", ["tenant-7"], ["/"], ["../"], [7], [["a/"]], [null], {}, null, 7, [["a/"], "b/"]])(
    "is issued to no caller whose folders are %j: the authorizer is at fault",
    async (downloads) => {
      const desk = createDesk({ downloads });
      for (const query of ["download=uploads/a", ""])
        await expect(desk.ask(query)).rejects.toMatchObject({ code: "LAW_BROKEN" });
    },
  );

  test("is not offered where the settings do not say so", async () => {
    const desk = createDesk({ downloads: [""], isOffered: false });
    expect(await desk.ask("download=uploads/a")).toMatchObject({
      status: 400,
      body: expect.stringContaining("no downloads are offered here"),
    });
  });

  test.each(["download=uploads/a&max-bytes=1", "download=", "download=uploads/a&download=uploads/a"])(
    "is not issued for %s",
    async (query) => {
      const desk = createDesk({ downloads: [""] });
      expect((await desk.ask(query)).status).toBe(400);
      expect(desk.lines).toHaveLength(1);
    },
  );
});

describe("what the authorizer says of its caller", () => {
  test("comes from the whole request", async () => {
    const desk = createDesk();
    await desk.ask("max-bytes=5", [["cookie", "a=1"]]);
    expect(desk.asked).toEqual([{ method: "GET", path: "/url", query: "max-bytes=5", headers: [["cookie", "a=1"]] }]);
  });

  test("limits what the request may ask for, of uploads and of downloads", async () => {
    const desk = createDesk({ downloads: [""], limits: { expiresInSeconds: 60, contentTypes: ["image/png"] } });
    const { body } = await desk.ask("", [JSON_PLEASE]);
    expect(JSON.parse(body)).toMatchObject({
      headers: { "content-type": "image/png" },
      expiresAt: "2026-01-01T00:01:00.000Z",
    });
    for (const query of ["content-type=text/html", "expires-in=61", "download=uploads/a&expires-in=61"])
      expect([query, (await desk.ask(query)).status]).toEqual([query, 400]);
  });

  test("is bound as metadata of the object, percent-encoded, if the settings name it", async () => {
    const desk = createDesk({ limits: { metadata: { team: "a" } }, subjectMetadata: "uploaded-by" });
    const { body } = await desk.ask("", [JSON_PLEASE]);
    expect(JSON.parse(body)).toMatchObject({
      headers: { "x-amz-meta-team": "a", "x-amz-meta-uploaded-by": "anna%20%C3%A9" },
    });
  });

  test("fixes metadata that a parameter sets otherwise", async () => {
    const desk = createDesk({ limits: { metadata: { filename: "fixed.png" } } });
    const { body } = await desk.ask("", [JSON_PLEASE]);
    expect(JSON.parse(body)).toMatchObject({ headers: { "x-amz-meta-filename": "fixed.png" } });
    const asked = await desk.ask("filename=own.png", [JSON_PLEASE]);
    const { status, body: refusal } = asked;
    expect([status, refusal]).toEqual([
      400,
      expect.stringContaining("filename: expected nothing: your file name is fixed."),
    ]);
  });

  test.each([{ maxBytes: "5" }, { contentTypes: [] }, { metadata: { "presign-once-id": "1" } }])(
    "issues nothing if a limit has another form: %j",
    async (limits) => {
      const desk = createDesk({ limits });
      await expect(desk.ask("")).rejects.toThrow(`the authorizer answered with ${Object.keys(limits)[0]} that is not`);
    },
  );

  const UPLOADED_BY = "uploaded-by";
  test.each<[what: string, answer: object, message: string]>([
    ["bounds that leave no length", { minBytes: 5, maxBytes: 4 }, "minBytes that is not maxBytes or less"],
    [
      "a least length that the settings do not allow",
      { minBytes: 1_001 },
      "minBytes over the maxBytes of the settings",
    ],
    ["an empty subject", { subject: "" }, "a subject that is no text, or an empty one: leave it out"],
    ["no subject, where the settings bind it to objects", { subject: undefined }, "no subject, which subjectMetadata"],
    ["a subject that is no text", { subject: null }, "a subject that is no text, or an empty one: leave it out"],
    [
      "a subject that cannot be encoded",
      { subject: "a\ud800" },
      "a subject that is no text, or an empty one: leave it out",
    ],
    ["a subject that no object can carry", { subject: "a".repeat(1_900) }, "a subject and metadata of over 1820 bytes"],
    [
      "metadata of the subject's name",
      { metadata: { [UPLOADED_BY]: "b" } },
      "metadata of the name that the settings give",
    ],
    ["no folders", { uploads: "../" }, "uploads that are no folders"],
    ["no challenge", { status: "unauthenticated" }, "a challenge that is no printable ASCII"],
    ["a challenge of two lines", { status: "unauthenticated", challenge: "a\nb" }, "a challenge that is no printable"],
    ["another status", { status: "denied" }, "none of the status allowed, unauthenticated and forbidden"],
  ])("is a fault of the authorizer and no mistake of the caller: %s", async (_, answer, message) => {
    const desk = createDesk({ limits: answer, subjectMetadata: UPLOADED_BY });
    await expect(desk.ask("")).rejects.toMatchObject({
      ...{ code: "LAW_BROKEN", message: expect.stringContaining(`the authorizer answered with ${message}`) },
    });
    expect(desk.lines).toEqual([]);
  });

  test.each([
    ["folder", "key: of the issuer's choosing", undefined],
    [undefined, "folder: of the caller's choosing", 400],
  ])("is a fault where the issuer names the field %s, whatever its message says", async (field, message, status) => {
    const fault = new PresignOnceError("ARGUMENT_INVALID", message, field === undefined ? {} : { field });
    const desk = createDesk({ issue: () => Promise.reject(fault) });
    const answered = desk.ask("").then((answer) => answer.status);
    await (status === undefined ? expect(answered).rejects.toBe(fault) : expect(answered).resolves.toBe(status));
  });

  test("is a fault where no edge key of this endpoint is for its folder", async () => {
    const desk = createDesk({ limits: { uploads: "b/" }, allows: { uploads: ["uploads/a/"] } });
    await expect(desk.ask("")).rejects.toThrow("folder: expected one that the edge key which signs allows");
  });
});
