import { describe, expect, test } from "vitest";

import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { ShownDownload } from "../ticket/download-gate.ts";
import { acceptsHtml, passAnswer, refusedDownloadAnswer, shownAnswer } from "./download-answers.ts";

const hash = "a".repeat(64) as SignatureHash;
const PLANTED = "hunter2-PLANTED";
const SHOWN: ShownDownload = {
  status: "shown",
  hash,
  ticket: {
    ...{ id: "1", issuedAt: new Date("2026-01-01T00:00:00Z"), lifeSeconds: 900, method: "GET" },
    ...{ key: `uploads/${PLANTED}/a`, fileName: "é.pdf", contentType: "application/pdf" },
  },
};
const headersOf = (headers: readonly HeaderField[]) =>
  Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));

test.each([
  [true, ["text/html"]],
  [true, ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]],
  [true, ["application/json, Text/HTML ; q=0.1"]],
  [true, ["application/json", "text/html;level=1"]],
  [false, []],
  [false, ["*/*"]],
  [false, ["text/*"]],
  [false, ["text/html;q=0"]],
  [false, ["text/html; q=0.000"]],
  [false, ["text/htmlx", "x-text/html", "application/json"]],
])("%s: a page can be shown to a client that accepts %j", (is, values) => {
  expect(acceptsHtml(values.map((value): HeaderField => ["accept", value]))).toBe(is);
  expect(acceptsHtml(values.map((value): HeaderField => ["x-accept", value]))).toBe(false);
});

describe("a link that is shown", () => {
  test("is a page for people, with its headers", () => {
    const { status, headers, body } = shownAnswer(SHOWN, "html");
    expect(status).toBe(200);
    expect(headersOf(headers)).toMatchObject({
      ...{ "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "referrer-policy": "no-referrer" },
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
    expect(body).toContain('<h1 dir="auto">é.pdf</h1>');
    expect(body).not.toContain(PLANTED);
  });

  test("is JSON for programs, which names no key", () => {
    const { status, headers, body } = shownAnswer(SHOWN, "json");
    expect([status, headersOf(headers)]).toEqual([
      ...[200, { "content-type": "application/json", "cache-control": "no-store" }],
    ]);
    expect(JSON.parse(body)).toEqual({
      ...{ fileName: "é.pdf", contentType: "application/pdf", expiresAt: "2026-01-01T00:15:00.000Z", uses: 1 },
      download: "POST to this URL, and follow the redirect",
    });
  });
});

test("a pass is a redirect that is stored nowhere and told to nobody", () => {
  expect(passAnswer({ status: "pass", hash, query: "pass=1.2.k1.3" }, "/a/d/token")).toEqual({
    status: 303,
    headers: [
      ["Location", "/a/d/token?pass=1.2.k1.3"],
      ["Cache-Control", "no-store"],
      ["Referrer-Policy", "no-referrer"],
    ],
    body: "",
  });
});

/** Each reason that a download can be refused for: how it is answered. */
const refusals: readonly (readonly [
  told: [status: number, code: string],
  refusal: { readonly reason: RefusedUpload["reason"]; readonly message?: string; readonly cause?: unknown },
])[] = [
  [[405, "MethodNotAllowed"], { reason: "method-not-allowed" }],
  [[400, "InvalidRequest"], { reason: "malformed", message: "The URL ends in no token." }],
  [[403, "UrlUnknown"], { reason: "not-issued" }],
  [[403, "UrlUnknown"], { reason: "unknown" }],
  [[403, "RequestTimeTooSkewed"], { reason: "not-yet-valid" }],
  [[410, "UrlExpired"], { reason: "expired" }],
  [[410, "UrlAlreadyUsed"], { reason: "already-claimed" }],
  [[410, "UrlAlreadyUsed"], { reason: "lease-over" }],
  [[410, "UrlRevoked"], { reason: "revoked" }],
  [[503, "SlowDown"], { reason: "unavailable", cause: new Error(PLANTED) }],
  [[503, "ClaimUndecided"], { reason: "undecided", cause: new Error(PLANTED) }],
  [[500, "InternalError"], { reason: "store-refused", cause: new Error(PLANTED) }],
];
const TITLES: Readonly<Record<number, string>> = {
  400: "This link does not work",
  403: "This link does not work",
  410: "This link no longer works",
};
describe.each(refusals)("%j", ([status, code], { reason, ...more }) => {
  const refusal = { status: "refused", hash, reason, ...more } as RefusedUpload;

  test(`is told for ${reason} in JSON`, () => {
    const answer = refusedDownloadAnswer(refusal, "some-id", "json");
    expect(answer.status).toBe(status);
    const { message, ...others } = JSON.parse(answer.body) as { message: string };
    expect(others).toEqual({ code, requestId: "some-id" });
    expect(message).toMatch(/^[A-Z].{15,}\.$/);
    expect(message).not.toMatch(/upload/i);
    expect(headersOf(answer.headers)).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
    });
  });

  test(`is told for ${reason} on a page, with the same headers`, () => {
    const [json, html] = (["json", "html"] as const).map((form) => refusedDownloadAnswer(refusal, "some-id", form));
    const { message } = JSON.parse(json?.body ?? "") as { message: string };
    const told = message.slice(more.message === undefined ? 0 : more.message.length + 1).replace("'", "&#39;"); // programs get the reason as well
    expect(html?.status).toBe(status);
    expect(html?.body).toContain(`<h1>${TITLES[status] ?? "The file was not sent"}</h1>\n<p>${told}</p>`);
    expect(html?.body.includes("Try again</a>")).toBe(status === 503);
    const [inJson, inHtml] = [json, html].map((answer) => headersOf(answer?.headers ?? []));
    for (const name of ["allow", "retry-after"]) expect([name, inHtml?.[name]]).toEqual([name, inJson?.[name]]);
    expect(inHtml).toMatchObject({ "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
    expect(JSON.stringify([json, html])).not.toMatch(new RegExp(`${PLANTED}|${hash}`));
  });
});

test("what can be tried again says when, and a wrong method which ones there are", () => {
  const answer = (refusal: Partial<RefusedUpload>) =>
    headersOf(refusedDownloadAnswer({ status: "refused", ...refusal } as RefusedUpload, "some-id", "html").headers);
  for (const reason of ["unavailable", "undecided"] as const)
    expect(answer({ reason })).toMatchObject({ "retry-after": "2" });
  expect(answer({ reason: "method-not-allowed" })).toMatchObject({ allow: "GET, HEAD, POST, OPTIONS" });
});
