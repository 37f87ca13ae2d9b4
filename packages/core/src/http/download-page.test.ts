import fc from "fast-check";
import { expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { utf8 } from "../bytes/bytes.ts";
import { MAX_FILE_NAME_BYTES } from "../ticket/download-ticket.ts";
import { downloadPage, PAGE_HEADERS } from "./download-page.ts";

const expiresAt = new Date("2026-12-03T18:05:09.123Z");
const headingOf = (fileName: string) =>
  /<h1[^>]*>(.*)<\/h1>/.exec(downloadPage({ kind: "offer", fileName, expiresAt }))?.[1];

test("an offer names the file and the minute until which it stands", () => {
  const page = downloadPage({ kind: "offer", fileName: "été.pdf", expiresAt });
  expect(page).toContain("<title>Download été.pdf</title>");
  expect(page).toContain(">2026-12-03 18:05 UTC</time>");
});

test("nothing in a name or a message is markup", () => {
  expect(headingOf(`<b a="b" c='d'>&`)).toBe("&#60;b a=&#34;b&#34; c=&#39;d&#39;&#62;&#38;");
  const page = downloadPage({ kind: "refusal", title: "<b>", message: "<b>", mayTryAgain: true, requestId: "<i>" });
  expect(page).not.toMatch(/<[bi]>/);
});

test("the extension of a long name is shown, and no character is cut in two", () => {
  expect(headingOf("a".repeat(100))).toBe("a".repeat(100));
  const shown = headingOf(`${"😀".repeat(200)}.tar.gz`) ?? "";
  expect(shown).toBe(`${"😀".repeat(69)}…${"😀".repeat(23)}.tar.gz`);
});

const offer = (fileName: string) => downloadPage({ kind: "offer", fileName, expiresAt });
const refused = (mayTryAgain: boolean) =>
  downloadPage({ kind: "refusal", title: "Over", message: "Used.", mayTryAgain, requestId: "some-id" });
const refusal = refused(false);

test("the button leaves the query of the page behind, and a refusal has none", () => {
  expect(offer("a.pdf")).toContain('<form method="post" action="?"><button>Download</button></form>');
  expect(refusal).not.toMatch(/<form|<button|<a/);
});

test("trying again leads to the address of the page, with its pass", () => {
  expect(refused(true)).toContain('<a href="">Try again</a>');
  expect(refused(true)).not.toMatch(/<form|<button/);
});

test("any name leaves the tags of the page as they are", () => {
  const tagsOf = (page: string) => [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
  const plain = tagsOf(offer("a"));
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), fc.constantFrom("", "<", "&lt;", "'\"", "-->"), (name, more) => {
      expect(tagsOf(offer(name + more))).toEqual(plain);
    }),
  );
});

test("a page runs no script, loads nothing and takes less than 20 KB with the longest name", () => {
  for (const page of [offer("'".repeat(MAX_FILE_NAME_BYTES / 3)), refusal, refused(true)]) {
    expect(utf8(page).length).toBeLessThan(20_000);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|https?:|url\(|@import/i);
  }
  const policy = new Map(PAGE_HEADERS).get("Content-Security-Policy") ?? "";
  expect(policy.split("; ")).toEqual(
    expect.arrayContaining(["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]),
  );
  expect(policy).not.toMatch(/script-src|https?:|\*/);
});
