import { createHmac, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

import { createManualClock } from "@presign-once/core/testing";
import type { JwtAlgorithm } from "@presign-once/settings";
import fc from "fast-check";
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import { describe, expect, test } from "vitest";

import { createJwtAuthorizer, type JwtRules } from "./jwt-authorizer.ts";

const REQUEST = { method: "GET", path: "/url", query: "" };

const CHALLENGE = 'Bearer realm="presign-once"';
const STRANGER = { status: "unauthenticated", challenge: `${CHALLENGE}, error="invalid_token"` };
const ALLOWED = { status: "allowed", subject: "anna" };

const secret = randomBytes(32);
const pairs = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: generateKeyPairSync("ed25519"),
};
const foreign = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signers: Readonly<Record<JwtAlgorithm, KeyObject | Uint8Array>> = {
  HS256: secret,
  RS256: pairs.RS256.privateKey,
  ES256: pairs.ES256.privateKey,
  EdDSA: pairs.EdDSA.privateKey,
};
const oct = { kty: "oct", k: secret.toString("base64url"), kid: "hs" };
const rsa = { ...pairs.RS256.publicKey.export({ format: "jwk" }), kid: "rs" };
const ec = { ...pairs.ES256.publicKey.export({ format: "jwk" }), kid: "es" };
const okp = { ...pairs.EdDSA.publicKey.export({ format: "jwk" }), kid: "ed" };
const kids: Readonly<Record<JwtAlgorithm, string>> = { HS256: "hs", RS256: "rs", ES256: "es", EdDSA: "ed" };
const ALL = Object.keys(kids) as JwtAlgorithm[];

const rules: JwtRules = {
  jwks: { keys: [oct, rsa, ec, okp] },
  issuer: "https://id.example",
  audience: "uploads",
  algorithms: ALL,
  clockToleranceSeconds: 5,
};
const clock = createManualClock();
const now = clock.now().getTime() / 1000;
const claims = { iss: "https://id.example", aud: "uploads", sub: "anna", exp: now + 60 };

/** What a token says; `undefined` leaves a claim away. */
type Claims = Readonly<Record<string, unknown>>;

/** Signs a token; default: ES256, as the rules want it. */
function sign(
  payload: Claims = claims,
  header: Partial<JWTHeaderParameters> = {},
  key: KeyObject | Uint8Array = pairs.ES256.privateKey,
) {
  return new SignJWT(payload as JWTPayload).setProtectedHeader({ alg: "ES256", kid: "es", ...header }).sign(key);
}

/** What the rules, with changes, say of a token. */
async function judge(token: string, changes: Partial<JwtRules> = {}) {
  return createJwtAuthorizer({ ...rules, ...changes }, clock).authorize({
    ...REQUEST,
    headers: [["authorization", `Bearer ${token}`]],
  });
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

describe.each(ALL)("%s", (alg) => {
  const header = { alg, kid: kids[alg] };

  test("accepts a token of one of the keys, with its subject", async () => {
    expect(await judge(await sign(claims, header, signers[alg]))).toEqual(ALLOWED);
  });

  test("refuses a token that was changed after it was signed", async () => {
    const [head, , signature] = (await sign(claims, header, signers[alg])).split(".");
    expect(await judge(`${head}.${part({ ...claims, sub: "mallory" })}.${signature}`)).toEqual(STRANGER);
  });

  test("refuses a valid token if its algorithm is not allowed", async () => {
    const others = ALL.filter((name) => name !== alg);
    expect(await judge(await sign(claims, header, signers[alg]), { algorithms: others })).toEqual(STRANGER);
  });
});

describe("keys", () => {
  test("verifies a token without a kid with the only key of its algorithm", async () => {
    const token = await new SignJWT(claims).setProtectedHeader({ alg: "ES256" }).sign(pairs.ES256.privateKey);
    expect(await judge(token)).toEqual(ALLOWED);
    const two = { keys: [ec, { ...foreign.publicKey.export({ format: "jwk" }), kid: "es2" }] };
    expect(await judge(token, { jwks: two })).toEqual(STRANGER);
    // Nor is each of them tried: not the other one either, which did sign this token.
    const byOther = await new SignJWT(claims).setProtectedHeader({ alg: "ES256" }).sign(foreign.privateKey);
    expect(await judge(byOther, { jwks: two })).toEqual(STRANGER);
  });

  test("does not verify a token with a kid by a key without one", async () => {
    const { kid: _, ...nameless } = ec;
    expect(await judge(await sign(), { jwks: { keys: [nameless] } })).toEqual(STRANGER);
    const token = await new SignJWT(claims).setProtectedHeader({ alg: "ES256" }).sign(pairs.ES256.privateKey);
    expect(await judge(token, { jwks: { keys: [nameless] } })).toEqual(ALLOWED);
  });

  test("accepts tokens of the old and the new key while both are listed", async () => {
    const old = { ...foreign.publicKey.export({ format: "jwk" }), kid: "old" };
    const byOld = await sign(claims, { kid: "old" }, foreign.privateKey);
    expect(await judge(byOld, { jwks: { keys: [ec, old] } })).toEqual(ALLOWED);
    expect(await judge(await sign(), { jwks: { keys: [ec, old] } })).toEqual(ALLOWED);
    expect(await judge(byOld, { jwks: { keys: [ec] } })).toEqual(STRANGER);
  });

  test("refuses an unknown kid, a foreign key under a known kid, and a kid of another algorithm", async () => {
    expect(await judge(await sign(claims, { kid: "nobody's" }))).toEqual(STRANGER);
    expect(await judge(await sign(claims, {}, foreign.privateKey))).toEqual(STRANGER);
    expect(await judge(await sign(claims, { kid: "rs" }))).toEqual(STRANGER);
  });

  test("ignores a key inside the token", async () => {
    const jwk = foreign.publicKey.export({ format: "jwk" });
    expect(await judge(await sign(claims, { jwk, jku: "https://evil.example/jwks" }, foreign.privateKey))).toEqual(
      STRANGER,
    );
  });
});

describe("algorithm confusion", () => {
  test.each(["none", "None", "NONE", ""])("alg %o", async (alg) => {
    expect(await judge(`${part({ alg, typ: "JWT" })}.${part(claims)}.`)).not.toHaveProperty("status", "allowed");
    expect(await judge(`${part({ alg, typ: "JWT" })}.${part(claims)}.AAAA`)).toEqual(STRANGER);
  });

  test("the public RSA key as the secret of HS256, in every encoding", async () => {
    const { publicKey } = pairs.RS256;
    const spellings = [
      publicKey.export({ format: "pem", type: "spki" }),
      publicKey.export({ format: "der", type: "spki" }),
      Buffer.from(JSON.stringify(rsa)),
      Buffer.from(rsa.n ?? "", "base64url"),
    ];
    for (const spelling of spellings)
      for (const kid of ["rs", undefined]) {
        const signed = `${part({ alg: "HS256", kid })}.${part(claims)}`;
        const mac = createHmac("sha256", spelling).update(signed).digest("base64url");
        for (const keys of [[rsa], [rsa, oct]])
          expect(await judge(`${signed}.${mac}`, { jwks: { keys } })).toEqual(STRANGER);
      }
  });
});

describe("claims", () => {
  const wrong: [what: string, changes: Claims][] = [
    ["another issuer", { iss: "https://evil.example" }],
    ["no issuer", { iss: undefined }],
    ["another audience", { aud: "downloads" }],
    ["other audiences", { aud: ["a", "b"] }],
    ["no audience", { aud: undefined }],
    ["no exp", { exp: undefined }],
    ["an exp that is no number", { exp: "tomorrow" }],
    ["an exp long past", { exp: now - 3_600 }],
    ["an nbf far ahead", { nbf: now + 3_600 }],
  ];
  test.each(wrong)("%s is refused", async (_what, changes) => {
    expect(await judge(await sign({ ...claims, ...changes }))).toEqual(STRANGER);
  });

  test("accepts a token with one of several audiences", async () => {
    expect(await judge(await sign({ ...claims, aud: ["downloads", "uploads"] }))).toEqual(ALLOWED);
  });

  test("tolerates a clock difference up to the tolerance", async () => {
    const tolerant: [changes: Claims, clockToleranceSeconds: number, expected: object][] = [
      [{ exp: now - 4 }, 5, ALLOWED],
      [{ exp: now - 5 }, 5, STRANGER],
      [{ exp: now + 1 }, 0, ALLOWED],
      [{ exp: now }, 0, STRANGER],
      [{ nbf: now + 5 }, 5, ALLOWED],
      [{ nbf: now + 6 }, 5, STRANGER],
      [{ nbf: now }, 0, ALLOWED],
      [{ nbf: now + 1 }, 0, STRANGER],
    ];
    for (const [changes, clockToleranceSeconds, expected] of tolerant) {
      const decision = await judge(await sign({ ...claims, ...changes }), { clockToleranceSeconds });
      expect([changes, clockToleranceSeconds, decision]).toEqual([changes, clockToleranceSeconds, expected]);
    }
  });

  test("accepts a token without a subject, without a name, unless a subject is needed", async () => {
    expect(await judge(await sign({ ...claims, sub: undefined }))).toEqual({ status: "allowed" });
    const needsSubject = true;
    expect(await judge(await sign(), { needsSubject })).toEqual(ALLOWED);
    expect(await judge(await sign({ ...claims, sub: "" }), { needsSubject })).toEqual({ status: "forbidden" });
    for (const sub of [7, ""]) expect(await judge(await sign({ ...claims, sub }))).not.toHaveProperty("subject");
  });
});

describe("a required type", () => {
  test.each(["at+jwt", "AT+JWT", "application/at+jwt"])(
    "accepts %o as at+jwt, as RFC 7515 compares media types",
    async (typ) => {
      expect(await judge(await sign(claims, { typ }), { typ: "at+jwt" })).toEqual(ALLOWED);
    },
  );

  test.each([undefined, "JWT", "", "at", "id+jwt"])("refuses %o", async (typ) => {
    const header = typ === undefined ? {} : { typ };
    expect(await judge(await sign(claims, header), { typ: "at+jwt" })).toEqual(STRANGER);
    expect(await judge(await sign(claims, header))).toEqual(ALLOWED); // if no type is required
  });
});

describe("a maximum age", () => {
  const farExp = { ...claims, exp: now + 10 * 365 * 86_400 };
  const cases: [changes: Claims, expected: object][] = [
    [{ iat: now }, ALLOWED],
    [{ iat: now - 605 }, ALLOWED], // the tolerance included
    [{ iat: now - 606 }, STRANGER],
    [{ iat: now + 5 }, ALLOWED],
    [{ iat: now + 6 }, STRANGER],
    [{}, STRANGER],
    [{ iat: "now" }, STRANGER],
    [{ iat: now, exp: now - 60 }, STRANGER],
  ];
  test.each(cases)("of 600 s limits a token with a far exp: %j", async (changes, expected) => {
    expect(await judge(await sign({ ...farExp, ...changes }), { maxAgeSeconds: 600 })).toEqual(expected);
  });

  test("is required for this: without it only exp counts", async () => {
    expect(await judge(await sign({ ...farExp, iat: now - 86_400 }))).toEqual(ALLOWED);
    expect(await judge(await sign(farExp))).toEqual(ALLOWED);
  });
});

describe("a claim that names the folders of a caller", () => {
  const named = { claims: { uploads: "tenant" } };

  test.each([
    ["tenant-7", "tenant-7/"],
    ["tenant-7/", "tenant-7/"],
    ["a/b", "a/b/"],
  ])("%o is read as %o", async (tenant, uploads) => {
    expect(await judge(await sign({ ...claims, tenant }), named)).toEqual({ ...ALLOWED, uploads });
  });

  test.each([
    undefined,
    null,
    7,
    ["tenant-7"],
    "",
    "/",
    "../other",
    "a/../b",
    "a//b",
    "/a",
    "a b",
    "é",
    "a%2fb",
    "a".repeat(480),
  ])("%j is not allowed", async (tenant) => {
    expect(await judge(await sign({ ...claims, tenant }), named)).toEqual({ status: "forbidden", subject: "anna" });
  });

  test("is not looked at where the settings do not name it", async () => {
    expect(await judge(await sign({ ...claims, tenant: "../" }))).toEqual(ALLOWED);
  });
});

describe("claims that limit a caller", () => {
  const named = { claims: { maxBytes: "quota", contentTypes: "types", metadata: "meta" } };
  const limits = { quota: 5, types: ["image/*"], meta: { team: "a" } };

  test("are its limits", async () => {
    expect(await judge(await sign({ ...claims, ...limits }), named)).toEqual({
      ...ALLOWED,
      ...{ maxBytes: 5, contentTypes: ["image/*"], metadata: { team: "a" } },
    });
  });

  test.each([{ quota: undefined }, { quota: "5" }, { quota: -1 }, { types: [] }, { types: "image/png" }, { meta: [] }])(
    "%j is not allowed",
    async (changes) => {
      const token = await sign({ ...claims, ...limits, ...changes });
      expect(await judge(token, named)).toEqual({ status: "forbidden", subject: "anna" });
    },
  );

  test("are not looked at where the settings do not name them", async () => {
    expect(await judge(await sign({ ...claims, maxBytes: -1 }))).toEqual(ALLOWED);
  });
});

describe("a claim that names the folders whose objects a caller may hand out", () => {
  const named = { claims: { downloads: "shares" } };

  test.each([
    ["tenant-7", ["tenant-7/"]],
    [
      ["tenant-7", "a/b/"],
      ["tenant-7/", "a/b/"],
    ],
    [[], []],
  ])("%j is read as %j", async (shares, downloads) => {
    expect(await judge(await sign({ ...claims, shares }), named)).toEqual({ ...ALLOWED, downloads });
  });

  test.each([undefined, null, 7, "", "/", "../other", "a b", [""], ["tenant-7", ""], ["a", 7], [["a"]], ["a", "../b"]])(
    "%j is not allowed",
    async (shares) => {
      expect(await judge(await sign({ ...claims, shares }), named)).toEqual({ status: "forbidden", subject: "anna" });
    },
  );

  test("stands beside the one for uploads, and both have to be there", async () => {
    const both = { claims: { uploads: "tenant", downloads: "shares" } };
    const token = (own: Claims) => sign({ ...claims, ...own });
    const allowed = { ...ALLOWED, uploads: "a/", downloads: ["b/"] };
    expect(await judge(await token({ tenant: "a", shares: "b" }), both)).toEqual(allowed);
    for (const own of [{ tenant: "a" }, { shares: "b" }])
      expect(await judge(await token(own), both)).toMatchObject({ status: "forbidden" });
  });

  test("is not looked at where the settings do not name it", async () => {
    expect(await judge(await sign({ ...claims, shares: "../" }))).toEqual(ALLOWED);
  });
});

describe("a required scope", () => {
  const scoped = { scope: "uploads:create" };

  test.each(["uploads:create", "openid uploads:create", "uploads:create email"])("accepts %o", async (scope) => {
    expect(await judge(await sign({ ...claims, scope }), scoped)).toEqual(ALLOWED);
  });

  test.each([
    undefined,
    "",
    "openid",
    "uploads:create2",
    "UPLOADS:CREATE",
    "uploads:create,email",
    ["uploads:create"],
    7,
  ])("refuses %o as forbidden", async (scope) => {
    expect(await judge(await sign({ ...claims, scope }), scoped)).toEqual({ status: "forbidden", subject: "anna" });
  });

  test("does not make an invalid token forbidden instead of unauthenticated", async () => {
    expect(await judge(await sign({ ...claims, scope: "uploads:create", aud: "x" }), scoped)).toEqual(STRANGER);
  });
});

test("answers 401 without a reason for no token or two headers", async () => {
  const authorizer = createJwtAuthorizer(rules, clock);
  const field = ["authorization", `Bearer ${await sign()}`] as const;
  const nobody = { status: "unauthenticated", challenge: CHALLENGE };
  expect(await authorizer.authorize({ ...REQUEST, headers: [] })).toEqual(nobody);
  expect(await authorizer.authorize({ ...REQUEST, headers: [field, field] })).toEqual(nobody);
  expect(await authorizer.authorize({ ...REQUEST, headers: [["authorization", "Basic YTpi"]] })).toEqual(nobody);
});

test("uses the system clock by default", async () => {
  const exp = Math.floor(Date.now() / 1000) + 60;
  const authorizer = createJwtAuthorizer(rules);
  expect(
    await authorizer.authorize({
      ...REQUEST,
      headers: [["authorization", `Bearer ${await sign({ ...claims, exp })}`]],
    }),
  ).toEqual(ALLOWED);
  expect(
    await authorizer.authorize({
      ...REQUEST,
      headers: [["authorization", `Bearer ${await sign({ ...claims, exp: exp - 120 })}`]],
    }),
  ).toEqual(STRANGER);
});

test("refuses unusable keys at the start, by name", () => {
  const unusable = { keys: [{ ...ec, y: "AAAA" }] };
  const start = () => createJwtAuthorizer({ ...rules, jwks: unusable });
  expect(start).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: "authorizer.jwks.keys.0: expected a public key for ES256",
    }),
  );
});

test("never throws, and accepts only a signed token", async () => {
  const [head = "", payload = "", signature = ""] = (await sign()).split(".");
  const headers = fc.oneof(
    fc.json().map((json) => Buffer.from(json).toString("base64url")),
    fc
      .dictionary(
        fc.constantFrom("alg", "kid", "crit", "b64", "typ", "jwk"),
        fc.oneof(fc.constantFrom("ES256", "HS256", "EdDSA", "es", "b64"), fc.jsonValue()),
      )
      .map(part),
    fc.constant(head),
  );
  const bodies = fc.oneof(
    fc.json().map((json) => Buffer.from(json).toString("base64url")),
    fc.base64String(),
    fc.constant(payload),
  );
  const signatures = fc.oneof(fc.base64String(), fc.constantFrom("", "AAAA", signature));
  const tokens = fc.oneof(
    fc.tuple(headers, bodies, signatures).map((parts) => parts.join(".")),
    fc.string(),
  );
  const authorizer = createJwtAuthorizer(rules, clock);
  await fc.assert(
    fc.asyncProperty(tokens, async (token) => {
      const { status } = await authorizer.authorize({ ...REQUEST, headers: [["authorization", `Bearer ${token}`]] });
      if (token !== `${head}.${payload}.${signature}`) expect(status).toBe("unauthenticated");
    }),
    { numRuns: 300 },
  );
});
