import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { anyCharacter } from "../../../../test/support/any-character.ts";
import { toHex, utf8 } from "../bytes/bytes.ts";
import { bearerToken, everybody, readCookie } from "../ports/authorizer.ts";
import { type Digests, webDigests } from "../ports/digests.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { type BearerTokenDigest, createBearerAuthorizer } from "./bearer-authorizer.ts";

const CHALLENGE = 'Bearer realm="presign-once"';
const NOBODY = { status: "unauthenticated", challenge: CHALLENGE };
const STRANGER = { status: "unauthenticated", challenge: `${CHALLENGE}, error="invalid_token"` };

async function digestOf(name: string, token: string): Promise<BearerTokenDigest> {
  return { name, sha256: toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(token)))) };
}

const digests = await Promise.all([
  digestOf("ci", "token-of-ci"),
  digestOf("office", "token-of-office"),
  digestOf("app", "~+/a.b_c-d=="),
]);

/** What the authorizer of these tokens says of these headers. */
const REQUEST = { method: "GET", path: "/url", query: "" };

async function authorize(headers: readonly HeaderField[], tokens: readonly BearerTokenDigest[] = digests) {
  return createBearerAuthorizer(tokens).authorize({ ...REQUEST, headers });
}

describe("a token whose digest is in the list", () => {
  test.each([
    ["token-of-ci", "ci"],
    ["token-of-office", "office"],
    ["~+/a.b_c-d==", "app"],
  ])("%s authenticates its holder by name", async (token, subject) => {
    expect(await authorize([["authorization", `Bearer ${token}`]])).toEqual({ status: "allowed", subject });
  });

  test("says where its holder's objects go", async () => {
    const tokens = [{ ...(await digestOf("app", "token-of-app")), uploads: "tenant-7/in/" }];
    const allowed = { status: "allowed", subject: "app", uploads: "tenant-7/in/" };
    expect(await authorize([["authorization", "Bearer token-of-app"]], tokens)).toEqual(allowed);
    for (const uploads of ["tenant-7", "/", "../", "a//", "a b/", `${"a".repeat(480)}/`])
      expect(() => createBearerAuthorizer([{ name: "app", sha256: "0".repeat(64), uploads }])).toThrow(
        /^tokens: expected uploads of app to be folders/,
      );
  });

  test("says whose objects its holder may hand out", async () => {
    for (const downloads of [[], [""], ["tenant-7/", "shared/out/"]]) {
      const tokens = [{ ...(await digestOf("app", "token-of-app")), downloads }];
      const allowed = { status: "allowed", subject: "app", downloads };
      expect(await authorize([["authorization", "Bearer token-of-app"]], tokens)).toEqual(allowed);
    }
    for (const folder of ["tenant-7", "/", "../", "a//", "a b/"])
      expect(() =>
        createBearerAuthorizer([{ name: "app", sha256: "0".repeat(64), downloads: ["a/", folder] }]),
      ).toThrow(/^tokens: expected downloads of app to be a list of folders/);
  });

  test("says what its holder's uploads may be", async () => {
    const limits = { maxBytes: 5, contentTypes: ["image/*"], metadata: { "uploaded-by": "app" } };
    const tokens = [{ ...(await digestOf("app", "token-of-app")), ...limits }];
    const allowed = { status: "allowed", subject: "app", ...limits };
    expect(await authorize([["authorization", "Bearer token-of-app"]], tokens)).toEqual(allowed);
    const sha256 = "0".repeat(64);
    expect(() => createBearerAuthorizer([{ name: "app", sha256, maxBytes: -1 }])).toThrow(
      "tokens: expected maxBytes of app to be a whole number of bytes",
    );
    expect(() => createBearerAuthorizer([{ name: "app", sha256, minBytes: 2, maxBytes: 1 }])).toThrow(
      "tokens: expected minBytes of app to be maxBytes or less",
    );
  });

  test("is found with the scheme in any case, and among other headers", async () => {
    for (const value of ["bearer token-of-ci", "BEARER token-of-ci", "Bearer   token-of-ci", "Bearer token-of-ci  "]) {
      const headers: HeaderField[] = [
        ["host", "edge.example"],
        ["authorization", value],
        ["cookie", "a=b"],
      ];
      expect([value, await authorize(headers)]).toEqual([value, { status: "allowed", subject: "ci" }]);
    }
  });
});

describe("refuses", () => {
  const strangers = ["token-of-c", "token-of-ci2", "TOKEN-OF-CI", "x", digests[0]?.sha256 ?? ""];
  test.each(strangers)("the unknown token %o: 401 with the error invalid_token", async (token) => {
    expect(await authorize([["authorization", `Bearer ${token}`]])).toEqual(STRANGER);
  });

  const malformed = [
    "",
    "Bearer",
    "Bearer ",
    "token-of-ci",
    "Basic token-of-ci",
    "Bearer token-of-ci, Bearer x",
    "Bearer a b",
    "Bearer\ttoken-of-ci",
    " Bearer token-of-ci",
    "Bearer token-of-ci\n",
    "Bearer =",
    "Bearer a=b",
    "Bearer é",
  ];
  test.each(malformed)("the header %o: 401 without a reason", async (value) => {
    expect(await authorize([["authorization", value]])).toEqual(NOBODY);
  });

  test("no header, two headers, or a token elsewhere", async () => {
    const good: HeaderField = ["authorization", "Bearer token-of-ci"];
    expect(await authorize([])).toEqual(NOBODY);
    expect(await authorize([good, good])).toEqual(NOBODY);
    expect(
      await authorize([
        ["x-authorization", good[1]],
        ["cookie", good[1]],
        ["proxy-authorization", good[1]],
      ]),
    ).toEqual(NOBODY);
  });
});

test("accepts both tokens of a rotation while both are listed, then only the new one", async () => {
  const [old, fresh] = await Promise.all([digestOf("app-2025", "old"), digestOf("app-2026", "fresh")]);
  const say = (tokens: readonly BearerTokenDigest[], token: string) =>
    authorize([["authorization", `Bearer ${token}`]], tokens);
  expect(await say([old, fresh], "old")).toEqual({ status: "allowed", subject: "app-2025" });
  expect(await say([old, fresh], "fresh")).toEqual({ status: "allowed", subject: "app-2026" });
  expect(await say([fresh], "fresh")).toEqual({ status: "allowed", subject: "app-2026" });
  expect(await say([fresh], "old")).toEqual(STRANGER);
});

describe("refuses invalid settings:", () => {
  const sha256 = "0".repeat(64);
  const wrong: [message: string, tokens: readonly BearerTokenDigest[]][] = [
    ["tokens: expected at least one", []],
    [
      "tokens: expected every name once",
      [
        { name: "a", sha256 },
        { name: "a", sha256: "1".repeat(64) },
      ],
    ],
    ["tokens: expected names of 1 to 64 letters, digits, . - or _", [{ name: "", sha256 }]],
    ["tokens: expected names of 1 to 64 letters, digits, . - or _", [{ name: "a b", sha256 }]],
    ["tokens: expected names of 1 to 64 letters, digits, . - or _", [{ name: "a".repeat(65), sha256 }]],
    ["tokens: expected sha256 of a to be 64 lower-case hex digits", [{ name: "a", sha256: "" }]],
    ["tokens: expected sha256 of a to be 64 lower-case hex digits", [{ name: "a", sha256: "A".repeat(64) }]],
    ["tokens: expected sha256 of a to be 64 lower-case hex digits", [{ name: "a", sha256: `${sha256}0` }]],
  ];
  test.each(wrong)("%s", (message, tokens) => {
    expect(() => createBearerAuthorizer(tokens)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", message }));
  });
});

test("never throws, and accepts only a listed token", async () => {
  const field = fc.tuple(
    fc.constantFrom("authorization", "host"),
    fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.string().map((text) => `Bearer ${text}`),
    ),
  );
  const authorizer = createBearerAuthorizer(digests);
  await fc.assert(
    fc.asyncProperty(fc.array(field, { maxLength: 3 }), async (headers) => {
      expect((await authorizer.authorize({ ...REQUEST, headers })).status).toBe("unauthenticated");
    }),
  );
});

test("accepts the token syntax of RFC 6750, over the whole text", () => {
  expect(bearerToken([["authorization", "Bearer a.b.c"]])).toBe("a.b.c");
  expect(bearerToken([["authorization", "Bearer YQ=="]])).toBe("YQ==");
  expect(bearerToken([["authorization", "Bearer "]])).toBeUndefined();
});

test("everybody allows every caller, without a name", async () => {
  expect(await everybody.authorize({ ...REQUEST, headers: [] })).toEqual({ status: "allowed" });
});

test("hashes a token with the given digests", async () => {
  const digested: string[] = [];
  const given: Digests = { ...webDigests, sha256: (text) => (digested.push(text), webDigests.sha256(text)) };
  const authorizer = createBearerAuthorizer(digests, { digests: given });
  expect(await authorizer.authorize({ ...REQUEST, headers: [["authorization", "Bearer token-of-ci"]] })).toMatchObject({
    subject: "ci",
  });
  expect(digested).toEqual(["token-of-ci"]);
});

test.each<[name: string, fields: HeaderField[], value: string | undefined]>([
  ["a", [["cookie", "a=1; b=2"]], "1"],
  ["b", [["cookie", "a=1;b=2"]], "2"],
  [
    "b",
    [
      ["cookie", "a=1"],
      ["cookie", "b=2"],
    ],
    "2",
  ],
  ["a", [["cookie", "aa=1"]], undefined],
  ["a", [["cookie", "a=1; a=2"]], undefined],
  ["a", [], undefined],
])("the cookie %s of %j is %s", (name, fields, value) => expect(readCookie(fields, name)).toBe(value));
