import * as z from "zod/mini";

import { expected, text } from "./config-fields.ts";

const ALGORITHMS = ["HS256", "RS256", "ES256", "EdDSA"] as const;

/** Who may ask for URLs: the `authorizer` field of the settings. `none`, everybody, must be asked for by name. */
export const authorizerSchema = z.union(
  [
    z.literal("none"),
    z.strictObject({
      type: z.literal("bearer"),
      /** Digests of the tokens, so that the settings do not give them away. */
      tokens: z
        .array(
          z.strictObject(
            {
              name: text("1 to 64 letters, digits, . - or _", /^[A-Za-z0-9._-]{1,64}$/),
              sha256: text("64 lower-case hex digits", /^[0-9a-f]{64}$/),
            },
            expected("an object with name and sha256"),
          ),
          expected("a list of tokens"),
        )
        .check(
          z.minLength(1, expected("at least one token")),
          z.refine((tokens) => new Set(tokens.map(({ name }) => name)).size === tokens.length, expected("every name once")),
        ),
    }),
    z.strictObject({
      type: z.literal("jwt"),
      /** The keys, inline: nothing is fetched. */
      jwks: z.looseObject(
        { keys: z.array(z.looseObject({ kty: text("a key type", /^[A-Za-z]{2,8}$/) })).check(z.minLength(1)) },
        expected("a JSON Web Key Set"),
      ),
      issuer: text("the iss of the tokens", /^.{1,512}$/),
      audience: text("the aud of the tokens", /^.{1,512}$/),
      algorithms: z._default(
        z.array(z.enum(ALGORITHMS, expected(ALGORITHMS.join(", ")))).check(z.minLength(1, expected("at least one algorithm"))),
        [...ALGORITHMS],
      ),
      clockToleranceSeconds: z._default(
        z.number(expected("seconds from 0 to 300")).check(z.minimum(0, expected("seconds from 0 to 300")), z.maximum(300, expected("seconds from 0 to 300"))),
        5,
      ),
      /** A word that the token's scope must have; without it the token is known but not allowed. */
      scope: z.optional(text("a word without spaces", /^[!-~]{1,128}$/)),
    }),
  ],
  expected('"none", or an object of type bearer or jwt'),
);

/** The settings of an authorizer, complete. */
export type AuthorizerConfig = z.output<typeof authorizerSchema>;
