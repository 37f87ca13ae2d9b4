import { describe, expect, test } from "vitest";

import { baseUrl, edgeKeyId, folders, type Form, mountPath, origin, sha256Hex, tokenName } from "./forms.ts";

const rows: readonly (readonly [name: string, form: Form, good: readonly string[], bad: readonly string[]])[] = [
  ["folders", folders, ["", "uploads/", "a/b.c/~d_/"], ["/", "a", "/a/", "a//b/", "../", "./", ".a/", "a b/", "ä/"]],
  ["a mount path", mountPath, ["/", "/u/", "/api/u/"], ["", "u/", "/u", "//", "/../"]],
  [
    "a base URL",
    baseUrl,
    ["https://uploads.example", "http://127.0.0.1:8080"],
    [
      "uploads.example",
      "https://uploads.example/",
      "https://a.example:99999",
      "https://user@a.example",
      "ftp://a.example",
    ],
  ],
  [
    "an origin",
    origin,
    ["*", "https://app.example", "http://localhost:3000"],
    ["https://App.example", "https://app.example:443", "https://app.example/", "null", ""],
  ],
  ["the id of an edge key", edgeKeyId, ["k1", "2026-11_a"], ["", "a.b", "a".repeat(33), "a\n"]],
  ["the name of a token", tokenName, ["ci.main_1-a"], ["", "a b", "a".repeat(65)]],
  ["a SHA-256", sha256Hex, ["0".repeat(64)], ["0".repeat(63), "A".repeat(64), `${"0".repeat(64)}\n`]],
];

describe.each(rows)("%s", (_name, { is }, good, bad) => {
  test.each(good.map((text) => [text]))("may be %j", (text) => expect(is(text)).toBe(true));
  test.each(bad.map((text) => [text]))("may not be %j", (text) => expect(is(text)).toBe(false));
});
