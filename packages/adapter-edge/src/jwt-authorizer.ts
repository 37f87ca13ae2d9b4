import { type Authorizer, bearerToken, PresignOnceError } from "@presign-once/core";
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from "jose";

/** Which JSON Web Tokens may ask for URLs. */
export interface JwtRules {
  /** The keys that sign them, inline: nothing is fetched. Symmetric ones have `kty` `oct`. */
  readonly jwks: JSONWebKeySet;
  /** The `iss` that a token must name. */
  readonly issuer: string;
  /** The `aud` that a token must name. */
  readonly audience: string;
  /** Algorithms that are taken; a key is used only with those that fit its type. */
  readonly algorithms: readonly string[];
  /** How far clocks may differ, in seconds. */
  readonly clockToleranceSeconds: number;
  /** A word that must stand in the token's `scope`; a token without it is known but not allowed. */
  readonly scope?: string | undefined;
}

const CHALLENGE = 'Bearer realm="presign-once"';

/**
 * Creates an authorizer for JSON Web Tokens.
 *
 * A token must be signed by one of the keys, name issuer and audience, and have an `exp` that has not passed.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: the JWKS cannot be used
 * @see https://www.rfc-editor.org/rfc/rfc8725 JSON Web Token Best Current Practices
 */
export function createJwtAuthorizer(rules: JwtRules): Authorizer {
  const keys = readKeys(rules.jwks);
  const { issuer, audience, clockToleranceSeconds: clockTolerance, scope } = rules;
  const options = { issuer, audience, clockTolerance, algorithms: [...rules.algorithms], requiredClaims: ["exp"] };

  return {
    async authorize(headers) {
      const token = bearerToken(headers);
      if (token === undefined) return { status: "unauthenticated", challenge: CHALLENGE };
      try {
        const { payload } = await jwtVerify(token, keys, options);
        const scopes = typeof payload["scope"] === "string" ? payload["scope"].split(" ") : [];
        const subject = typeof payload.sub === "string" ? { subject: payload.sub } : {};
        return scope === undefined || scopes.includes(scope)
          ? { status: "allowed", ...subject }
          : { status: "forbidden", ...subject };
      } catch (error) {
        if (error instanceof errors.JOSEError) return { status: "unauthenticated", challenge: `${CHALLENGE}, error="invalid_token"` };
        throw error;
      }
    },
  };
}

function readKeys(jwks: JSONWebKeySet): ReturnType<typeof createLocalJWKSet> {
  try {
    return createLocalJWKSet(jwks);
  } catch {
    throw new PresignOnceError("CONFIG_INVALID", "authorizer.jwks: expected a JSON Web Key Set: an object with a list of keys");
  }
}
