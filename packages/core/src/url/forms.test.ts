import { describe, expect, test } from "vitest";

import {
  baseUrl,
  bucketName,
  clientSecret,
  edgeKeyId,
  folders,
  type Form,
  logWord,
  mediaType,
  mountPath,
  origin,
  path,
  sha256Hex,
  tokenName,
  wholeNumber,
} from "./forms.ts";

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
  ["a path", path, ["/url", "/.well-known/url~_-"], ["", "/", "url", "/url/", "//url", "/url*", "/a b"]],
  [
    "the name of a bucket",
    bucketName,
    ["abc", "my-uploads.1"],
    ["ab", "My-uploads", "-ab", "ab.", "a".repeat(64), "a_b"],
  ],
  ["the id of an edge key", edgeKeyId, ["k1", "2026-11_a"], ["", "a.b", "a".repeat(33), "a\n"]],
  ["the name of a token", tokenName, ["ci.main_1-a"], ["", "a b", "a".repeat(65)]],
  ["a word in the log", logWord, ["NoSuchKey", "ECONNRESET"], ["", "a b", "https://a.example/?x", "a".repeat(65)]],
  [
    "the secret of a client",
    clientSecret,
    ["s".repeat(22), "s".repeat(128), "A-Za-z0-9_-aaaaaaaaaaa"],
    ["", "s".repeat(21), "s".repeat(129), `${"s".repeat(22)}.`],
  ],
  ["a SHA-256", sha256Hex, ["0".repeat(64)], ["0".repeat(63), "A".repeat(64), `${"0".repeat(64)}\n`]],
  ["a whole number", wholeNumber, ["0", "9".repeat(16)], ["", "00", "+1", "1.0", "1e3", " 1", "1".repeat(17)]],
  [
    "a media type",
    mediaType,
    ["image/svg+xml", "text/plain; charset=utf-8", 'a/b;c="d e" ; f=g', `a/${"b".repeat(127)}`],
    [
      "",
      "a",
      "a/",
      "/b",
      "a/b;",
      "a/b; c",
      "a/b\n",
      "ä/b",
      'a/b;c="d\\""',
      `a/${"b".repeat(128)}`,
      `a/b; c=${"d".repeat(250)}`,
    ],
  ],
];

describe.each(rows)("%s", (_name, { is }, good, bad) => {
  test.each(good.map((text) => [text]))("may be %j", (text) => expect(is(text)).toBe(true));
  test.each(bad.map((text) => [text]))("may not be %j", (text) => expect(is(text)).toBe(false));
});
