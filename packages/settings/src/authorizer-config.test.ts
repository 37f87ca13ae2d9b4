import { generateKeyPairSync } from "node:crypto";

import { PresignOnceError } from "@presign-once/core";
import { folders } from "@presign-once/core/forms";
import { describe, expect, test } from "vitest";

import { settings } from "../../../test/support/edge-settings.ts";
import type { AuthorizerConfigInput } from "./authorizer-config.ts";
import { parseEdgeConfig } from "./edge-config.ts";

/** Stands in every wrong value that can hold a text, and must never come back. */
const PLANTED = "hunter2-PLANTED";
const SHA256 = "0123456789abcdef".repeat(4);
const SECRET = Buffer.alloc(32, PLANTED).toString("base64url");

const bearer = { type: "bearer", tokens: [{ name: "ci", sha256: SHA256 }] };
const limited = {
  type: "bearer",
  tokens: [
    {
      ...{ name: "ci", sha256: SHA256, maxBytes: 5, minBytes: 1, contentTypes: ["image/*"], expiresInSeconds: 60 },
      ...{ extension: "png", metadata: { "uploaded-by": "ci" } },
    },
  ],
};
const jwt = {
  type: "jwt",
  jwks: { keys: [{ kty: "oct", k: SECRET }] },
  issuer: "https://id.example",
  audience: "uploads",
};

/** The faults of settings with this authorizer. */
function faultsOf(authorizer: unknown): string[] {
  try {
    parseEdgeConfig(settings({ authorizer: authorizer as AuthorizerConfigInput }));
  } catch (error) {
    if (!(error instanceof PresignOnceError)) throw error;
    expect(error.message).not.toContain(PLANTED);
    expect(error.message).not.toContain(SECRET);
    return error.message.split("; ");
  }
  return [];
}

describe("the forms", () => {
  const forms: [written: unknown, complete: unknown][] = [
    ["none", { type: "none" }],
    [{ type: "none" }, { type: "none" }],
    [{ type: "custom" }, { type: "custom" }],
    [bearer, bearer],
    [limited, limited],
    [
      { ...jwt, typ: "at+jwt", maxAgeSeconds: 600 },
      {
        ...jwt,
        typ: "at+jwt",
        maxAgeSeconds: 600,
        algorithms: ["HS256", "RS256", "ES256", "EdDSA"],
        clockToleranceSeconds: 5,
      },
    ],
    [jwt, { ...jwt, algorithms: ["HS256", "RS256", "ES256", "EdDSA"], clockToleranceSeconds: 5 }],
  ];
  test.each(forms)("%j", (written, complete) => {
    expect(parseEdgeConfig(settings({ authorizer: written as AuthorizerConfigInput })).authorizer).toEqual(complete);
  });
});

const FORM = 'authorizer: expected "none", or an object of type bearer, jwt or custom';
const TYPE = "expected none, bearer, jwt or custom";
const TOKEN_NAME = "authorizer.tokens.0.name: expected 1 to 64 letters, digits, . - or _";
const DIGEST = "authorizer.tokens.0.sha256: expected 64 lower-case hex digits";
const ALGORITHM = "authorizer.algorithms.0: expected HS256, RS256, ES256 or EdDSA";
const TOLERANCE = "authorizer.clockToleranceSeconds: expected a whole number of seconds from 0 to 300";

const AGE = "authorizer.maxAgeSeconds: expected a whole number of seconds from 1 to 31536000";
const TYP = "authorizer.typ: expected the typ of the tokens, such as at+jwt: 1 to 64 characters";

const wrong: [fault: string, authorizer: unknown][] = [
  ...(
    [
      ["maxBytes: expected a whole number of bytes", { maxBytes: -1 }],
      ["contentTypes: expected a list of media types such as image/png or image/*", { contentTypes: [PLANTED] }],
      [
        "metadata: expected an object of texts in printable ASCII, by names of lower-case letters, digits and -",
        { metadata: { [PLANTED]: PLANTED } },
      ],
      ["extension: expected 1 to 10 lower-case letters or digits", { extension: `.${PLANTED}` }],
      ["minBytes: expected maxBytes or less, the token's and that of the settings", { minBytes: 5, maxBytes: 4 }],
      ["minBytes: expected maxBytes or less, the token's and that of the settings", { minBytes: 5_368_709_121 }],
    ] as const
  ).map(([fault, limits]): [string, unknown] => [
    `authorizer.tokens.0.${fault}`,
    { ...bearer, tokens: [{ ...bearer.tokens[0], ...limits }] },
  ]),
  [
    "authorizer.claims.maxBytes: expected the name of a claim: 1 to 128 printable characters",
    { ...jwt, claims: { maxBytes: 5 } },
  ],
  [AGE, { ...jwt, maxAgeSeconds: 0 }],
  [AGE, { ...jwt, maxAgeSeconds: 31_536_001 }],
  [AGE, { ...jwt, maxAgeSeconds: PLANTED }],
  [TYP, { ...jwt, typ: "" }],
  [TYP, { ...jwt, typ: `a ${PLANTED}` }],
  [TYP, { ...jwt, typ: 7 }],
  [FORM, "bearer"],
  [FORM, PLANTED],
  [FORM, []],
  [`authorizer.type: missing, ${TYPE}`, { tokens: bearer.tokens }],
  [`authorizer.type: ${TYPE}`, { type: PLANTED }],
  [`authorizer.type: ${TYPE}`, { type: null }],
  [`authorizer.type: ${TYPE}`, { type: "Bearer", tokens: bearer.tokens }],
  ["authorizer.tokens: unknown field", { type: "none", tokens: bearer.tokens }],
  ["authorizer.tokens: missing, expected a list of tokens", { type: "bearer" }],
  ["authorizer.tokens: expected a list of tokens", { type: "bearer", tokens: PLANTED }],
  ["authorizer.tokens: expected at least one token", { type: "bearer", tokens: [] }],
  ["authorizer.tokens: expected every name once", { type: "bearer", tokens: [...bearer.tokens, ...bearer.tokens] }],
  [
    "authorizer.tokens.0: expected an object with name, sha256 and perhaps uploads, downloads and limits",
    { type: "bearer", tokens: [SHA256] },
  ],
  [TOKEN_NAME, { type: "bearer", tokens: [{ name: `${PLANTED} x`, sha256: SHA256 }] }],
  [TOKEN_NAME, { type: "bearer", tokens: [{ name: "x".repeat(65), sha256: SHA256 }] }],
  [DIGEST, { type: "bearer", tokens: [{ name: "ci", sha256: PLANTED }] }],
  [DIGEST, { type: "bearer", tokens: [{ name: "ci", sha256: SHA256.toUpperCase() }] }],
  [DIGEST.replace("expected", "missing, expected"), { type: "bearer", tokens: [{ name: "ci" }] }],
  ["authorizer.tokens.0.token: unknown field", { type: "bearer", tokens: [{ ...bearer.tokens[0], token: PLANTED }] }],
  ["authorizer.jwks: missing, expected a JSON Web Key Set", { ...jwt, jwks: undefined }],
  ["authorizer.jwks: expected a JSON Web Key Set", { ...jwt, jwks: PLANTED }],
  ["authorizer.jwks.keys: missing, expected a list of JSON Web Keys", { ...jwt, jwks: {} }],
  ["authorizer.jwks.keys: expected at least one JSON Web Key", { ...jwt, jwks: { keys: [] } }],
  ["authorizer.jwks.keys.0: expected a JSON Web Key", { ...jwt, jwks: { keys: [PLANTED] } }],
  ["authorizer.issuer: missing, expected the iss of the tokens: 1 to 512 characters", { ...jwt, issuer: undefined }],
  ["authorizer.audience: expected the aud of the tokens: 1 to 512 characters", { ...jwt, audience: "" }],
  ["authorizer.algorithms: expected at least one algorithm", { ...jwt, algorithms: [] }],
  [ALGORITHM, { ...jwt, algorithms: ["none"] }],
  [ALGORITHM, { ...jwt, algorithms: [PLANTED] }],
  [TOLERANCE, { ...jwt, clockToleranceSeconds: 301 }],
  [TOLERANCE, { ...jwt, clockToleranceSeconds: -1 }],
  ["authorizer.claims: expected an object of names of claims", { ...jwt, claims: [PLANTED] }],
  [
    "authorizer.claims.uploads: expected the name of a claim: 1 to 128 printable characters",
    { ...jwt, claims: { uploads: "" } },
  ],
  [
    "authorizer.claims.downloads: expected the name of a claim: 1 to 128 printable characters",
    { ...jwt, claims: { downloads: `${PLANTED} two` } },
  ],
  [
    "authorizer.tokens.0.downloads: expected a list of folders",
    { type: "bearer", tokens: [{ ...bearer.tokens[0], downloads: `${PLANTED}/` }] },
  ],
  [
    `authorizer.tokens.0.downloads.1: expected ${folders.words}`,
    { type: "bearer", tokens: [{ ...bearer.tokens[0], downloads: ["a/", PLANTED] }] },
  ],
  ["authorizer.scope: expected a word of 1 to 128 printable characters", { ...jwt, scope: `${PLANTED} two` }],
];

test.each(wrong)("%s", (fault, authorizer) => {
  expect(faultsOf(authorizer)).toEqual([fault]);
});

describe("refuses unusable keys with the settings, not at the first token:", () => {
  const rsa = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicEc = ec.publicKey.export({ format: "jwk" });
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" });
  const oct = { kty: "oct", k: SECRET };
  const NONE_FITS = "authorizer.jwks: expected a key for HS256 or RS256 or ES256 or EdDSA";
  const OWN_KID = "authorizer.jwks: expected a kid of its own on every key, since there are several";

  const unusable: [what: string, keys: object[], fault: string][] = [
    [
      "a short secret",
      [{ kty: "oct", k: "c2hvcnQ" }],
      "authorizer.jwks.keys.0: expected k to be 32 bytes or more in base64url",
    ],
    ["no secret", [{ kty: "oct" }], "authorizer.jwks.keys.0: expected k to be 32 bytes or more in base64url"],
    [
      "a secret in plain base64",
      [{ kty: "oct", k: `${"+".repeat(43)}=` }],
      "authorizer.jwks.keys.0: expected k to be 32 bytes or more in base64url",
    ],
    [
      "a private key",
      [ec.privateKey.export({ format: "jwk" })],
      "authorizer.jwks.keys.0: expected a public key, without its private part",
    ],
    ["half a key", [{ ...publicEc, y: undefined }], "authorizer.jwks.keys.0: expected a public key for ES256"],
    [
      "a point off the curve",
      [{ ...publicEc, y: publicEc["x"] }],
      "authorizer.jwks.keys.0: expected a public key for ES256",
    ],
    [
      "a weak RSA key",
      [rsa(1024).publicKey.export({ format: "jwk" })],
      "authorizer.jwks.keys.0: expected 2048 bits or more",
    ],
    [
      "the second of two",
      [
        { ...oct, kid: "a" },
        { kty: "OKP", crv: "Ed25519", x: PLANTED, kid: "b" },
      ],
      "authorizer.jwks.keys.1: expected a public key for EdDSA",
    ],
    ["a kid that is no text", [{ ...oct, kid: 7 }], "authorizer.jwks.keys.0: expected kid to be a text"],
    ["another curve only", [p384], NONE_FITS],
    ["a key for encryption only", [{ ...publicEc, use: "enc" }], NONE_FITS],
    ["a key for signing only", [{ ...publicEc, key_ops: ["sign"] }], NONE_FITS],
    ["a key of another algorithm only", [{ ...oct, alg: "HS512" }], NONE_FITS],
    ["a key of no known type", [{ kty: PLANTED }], NONE_FITS],
    [
      "two keys of one kid",
      [
        { ...oct, kid: "a" },
        { ...publicEc, kid: "a" },
      ],
      OWN_KID,
    ],
    ["two keys without a kid", [oct, publicEc], OWN_KID],
  ];
  test.each(unusable)("%s", (_what, keys, fault) => {
    expect(faultsOf({ ...jwt, jwks: { keys: JSON.parse(JSON.stringify(keys)) } })).toEqual([fault]);
  });

  test("but keys for other uses may be listed with a usable one", () => {
    expect(
      faultsOf({ ...jwt, jwks: { keys: [p384, { ...publicEc, use: "enc" }, oct, { kty: "RSA", alg: "RS512" }] } }),
    ).toEqual([]);
  });

  test("a key of an algorithm that is not allowed does not count", () => {
    expect(faultsOf({ ...jwt, algorithms: ["RS256"] })).toEqual(["authorizer.jwks: expected a key for RS256"]);
  });
});
