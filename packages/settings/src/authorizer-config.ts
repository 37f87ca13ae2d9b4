import * as forms from "@presign-once/core/forms";
import * as z from "zod/mini";

import { callerLimit, expected, formed, oneOf, text, wholeNumber } from "./config-fields.ts";
import { JWT_ALGORITHMS, readJwtKeys } from "./jwt-keys.ts";

/** How far clocks may differ, where nothing is said. */
const DEFAULT_CLOCK_TOLERANCE_SECONDS = 5;
/** A year: beyond it a bound is none. */
const MAX_TOKEN_AGE_SECONDS = 31_536_000;

const none = z.strictObject({ type: z.literal("none") });

/** What the uploads of one caller may be. */
const limits = {
  maxBytes: callerLimit("maxBytes"),
  minBytes: callerLimit("minBytes"),
  contentTypes: callerLimit("contentTypes"),
  expiresInSeconds: callerLimit("expiresInSeconds"),
  extension: callerLimit("extension"),
  metadata: callerLimit("metadata"),
};

const bearer = z.strictObject({
  type: z.literal("bearer"),
  /** Digests of the tokens, so that the settings do not give them away. */
  tokens: z
    .array(
      z.strictObject(
        {
          name: formed(forms.tokenName),
          sha256: formed(forms.sha256Hex),
          /** Folders that the holder's objects go to. */
          uploads: z.optional(formed(forms.folders)),
          /** Folders whose objects the holder may hand out links for. */
          downloads: z.optional(z.array(formed(forms.folders), expected("a list of folders"))),
          ...limits,
        },
        expected("an object with name, sha256 and perhaps uploads, downloads and limits"),
      ),
      expected("a list of tokens"),
    )
    .check(
      z.minLength(1, expected("at least one token")),
      z.refine((tokens) => new Set(tokens.map(({ name }) => name)).size === tokens.length, expected("every name once")),
    ),
});

const claimName = z.optional(text("the name of a claim: 1 to 128 printable characters", /^[!-~]{1,128}$/));
const claims = {
  ...{ uploads: claimName, downloads: claimName, maxBytes: claimName, minBytes: claimName, contentTypes: claimName },
  ...{ expiresInSeconds: claimName, extension: claimName, metadata: claimName },
};

const jwt = z
  .strictObject({
    type: z.literal("jwt"),
    /** The keys, inline: nothing is fetched. */
    jwks: z.looseObject(
      {
        keys: z
          .array(z.record(z.string(), z.unknown(), expected("a JSON Web Key")), expected("a list of JSON Web Keys"))
          .check(z.minLength(1, { ...expected("at least one JSON Web Key"), abort: true })),
      },
      expected("a JSON Web Key Set"),
    ),
    issuer: text("the iss of the tokens: 1 to 512 characters", /^.{1,512}$/),
    audience: text("the aud of the tokens: 1 to 512 characters", /^.{1,512}$/),
    algorithms: z._default(
      z
        .array(z.enum(JWT_ALGORITHMS, expected(oneOf(JWT_ALGORITHMS))), expected("a list of algorithms"))
        .check(z.minLength(1, { ...expected("at least one algorithm"), abort: true })),
      [...JWT_ALGORITHMS],
    ),
    clockToleranceSeconds: z._default(wholeNumber("seconds", 0, 300), DEFAULT_CLOCK_TOLERANCE_SECONDS),
    /** The type of the tokens, where the issuer makes several that could be taken for each other. */
    typ: z.optional(text("the typ of the tokens, such as at+jwt: 1 to 64 characters", /^[!-~]{1,64}$/)),
    /** Limits tokens with a distant `exp`. */
    maxAgeSeconds: z.optional(wholeNumber("seconds", 1, MAX_TOKEN_AGE_SECONDS)),
    /** A word that the token's scope must have; without it the token is known but not allowed. */
    scope: z.optional(text("a word of 1 to 128 printable characters", /^[!-~]{1,128}$/)),
    /** Names of claims that say more of the caller. */
    claims: z.optional(z.strictObject(claims, expected("an object of names of claims"))),
  })
  .check(({ value, issues }) => {
    const keys = readJwtKeys(value.jwks, value.algorithms);
    if ("fault" in keys)
      issues.push({ code: "custom", message: keys.fault, path: ["jwks", ...keys.path], input: null });
  });

/** Decided by code of the operator's own: see `composeIssue`. */
const custom = z.strictObject({ type: z.literal("custom") });

const byType = z.discriminatedUnion("type", [none, bearer, jwt, custom], {
  error: ({ code, input }) => {
    if (code !== "invalid_union")
      return expected('"none", or an object of type bearer, jwt or custom').error({ input });
    return expected("none, bearer, jwt or custom").error({ input: (input as { type?: unknown }).type });
  },
});

/** The settings of an authorizer, complete. */
export type AuthorizerConfig = z.output<typeof byType>;

/** The settings of an authorizer as they are written down; `"none"` is short for `{ "type": "none" }`. */
export type AuthorizerConfigInput = "none" | z.input<typeof byType>;

/** Who may ask for URLs: the `authorizer` field of the settings. `none` allows every caller, and must be chosen by name. */
export const authorizerSchema = z.pipe(
  z.custom<AuthorizerConfigInput>(() => true),
  z.pipe(
    z.transform((settings: AuthorizerConfigInput) => (settings === "none" ? { type: "none" as const } : settings)),
    byType,
  ),
);
