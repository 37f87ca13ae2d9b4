import {
  type Authorizer,
  bearerToken,
  type CallerLimits,
  type Clock,
  PresignOnceError,
  systemClock,
} from "@presign-once/core";
import { folders } from "@presign-once/core/forms";
import { readCallerLimits } from "@presign-once/core/http";
import { type JsonWebKeySet, type JwtAlgorithm, type JwtKey, readJwtKeys } from "@presign-once/settings";
import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";

/** Which JSON Web Tokens may ask for URLs. */
export interface JwtRules {
  /** The keys that sign them, inline: nothing is fetched. Symmetric ones have `kty` `oct`. */
  readonly jwks: JsonWebKeySet;
  /** The `iss` that a token must name. */
  readonly issuer: string;
  /** The `aud` that a token must name. */
  readonly audience: string;
  /** Algorithms that are taken; a key is used only with the one that fits its type. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** How far clocks may differ, in seconds. */
  readonly clockToleranceSeconds: number;
  /** The `typ` that a token's header must have, such as `at+jwt`; without it the type is not looked at. */
  readonly typ?: string | undefined;
  /** How long after its `iat` a token is taken at most, in seconds, whatever its `exp`; without it `exp` alone counts. */
  readonly maxAgeSeconds?: number | undefined;
  /** A word that must stand in the token's `scope`; a token without it is known but not allowed. */
  readonly scope?: string | undefined;
  /** Whether a token must name its `sub`; one without it is not allowed. Default false. */
  readonly needsSubject?: boolean | undefined;
  /** Names of claims that say more of the caller; a token without one of them, or with another form, is not allowed. */
  readonly claims?: JwtClaims | undefined;
}

/** Names of claims: of one for each limit of the caller, and of two more. */
export interface JwtClaims extends Readonly<Partial<Record<keyof CallerLimits, string | undefined>>> {
  /** The folders that its objects go to, with or without a `/` at the end: see `Authorization`. */
  readonly uploads?: string | undefined;
  /** The folders whose objects it may hand out links for, likewise; one, or a list. */
  readonly downloads?: string | undefined;
}

const CHALLENGE = 'Bearer realm="presign-once"';

/**
 * Creates an authorizer for JSON Web Tokens.
 *
 * A token must be signed by one of the keys, name issuer and audience, and have an `exp` that has not passed; where there
 * are several keys of its algorithm, it must name its own. The `sub` goes into the log.
 *
 * @param clock  default: the system's
 * @throws {PresignOnceError} `CONFIG_INVALID`: the keys cannot be used
 * @see https://www.rfc-editor.org/rfc/rfc8725 JSON Web Token Best Current Practices
 */
export function createJwtAuthorizer(rules: JwtRules, clock: Clock = systemClock): Authorizer {
  const keyOf = pickFrom(readKeys(rules));
  const { issuer, audience, clockToleranceSeconds: clockTolerance, scope, typ, maxAgeSeconds, claims } = rules;
  const { needsSubject = false } = rules;
  const options = {
    ...{ issuer, audience, clockTolerance, algorithms: [...rules.algorithms], requiredClaims: ["exp"] },
    ...(typ === undefined ? {} : { typ }),
    ...(maxAgeSeconds === undefined ? {} : { maxTokenAge: maxAgeSeconds }),
  };

  return {
    async authorize({ headers }) {
      const token = bearerToken(headers);
      if (token === undefined) return { status: "unauthenticated", challenge: CHALLENGE };
      try {
        const { payload } = await jwtVerify(token, keyOf, { ...options, currentDate: clock.now() });
        const scopes = typeof payload["scope"] === "string" ? payload["scope"].split(" ") : [];
        const subject = typeof payload.sub === "string" && payload.sub !== "" ? { subject: payload.sub } : {};
        const told = readClaims(payload, claims);
        const isNamed = !needsSubject || "subject" in subject;
        const isAllowed = isNamed && (scope === undefined || scopes.includes(scope));
        return isAllowed && told !== undefined
          ? { status: "allowed", ...subject, ...told }
          : { status: "forbidden", ...subject };
      } catch (error) {
        if (error instanceof errors.JOSEError)
          return { status: "unauthenticated", challenge: `${CHALLENGE}, error="invalid_token"` };
        throw error;
      }
    },
  };
}

/** What the claims say that the settings name; `undefined` where one of them is missing, or has another form. */
function readClaims(
  payload: Readonly<Record<string, unknown>>,
  { uploads, downloads, ...names }: JwtClaims = {},
): (CallerLimits & { uploads?: string; downloads?: readonly string[] }) | undefined {
  const places = {
    ...(uploads === undefined ? {} : { uploads: readFolder(payload[uploads]) }),
    ...(downloads === undefined ? {} : { downloads: readFolders(payload[downloads]) }),
  };
  const values = Object.fromEntries(
    Object.entries(names).flatMap(([limit, claim]) => (claim === undefined ? [] : [[limit, payload[claim]] as const])),
  );
  const read = readCallerLimits(values);
  const areAllThere = Object.values(values).every((value) => value !== undefined);
  return "limits" in read && areAllThere && areKnown(places) ? { ...read.limits, ...places } : undefined;
}

/** One folder, with or without a `/` at its end; `undefined` for anything else. */
function readFolder(claim: unknown): string | undefined {
  if (typeof claim !== "string" || claim === "") return undefined;
  const folder = claim.endsWith("/") ? claim : `${claim}/`;
  return folders.is(folder) ? folder : undefined;
}

/** One folder, or a list. */
function readFolders(claim: unknown): readonly string[] | undefined {
  const read = (Array.isArray(claim) ? claim : [claim]).map(readFolder);
  return read.every((folder) => folder !== undefined) ? read : undefined;
}

/** Whether every claim that the settings name was there, and of its form. */
function areKnown<Places extends object>(
  places: Places,
): places is { [Name in keyof Places]: Exclude<Places[Name], undefined> } {
  return Object.values(places).every((place) => place !== undefined);
}

function readKeys({ jwks, algorithms }: JwtRules): readonly JwtKey[] {
  const keys = readJwtKeys(jwks, algorithms);
  if ("fault" in keys)
    throw new PresignOnceError("CONFIG_INVALID", `${["authorizer.jwks", ...keys.path].join(".")}: ${keys.fault}`);
  return keys;
}

/**
 * The key that a token names, or the only one of its algorithm for a token that names none: with several, no key is
 * tried after the other, since a token is checked with one key or not at all.
 */
function pickFrom(keys: readonly JwtKey[]): JWTVerifyGetKey {
  return async ({ alg, kid }) => {
    const [only, ...more] = keys.filter(
      ({ algorithm, kid: own }) => algorithm === alg && (kid === undefined || kid === own),
    );
    if (only === undefined || more.length > 0) throw new errors.JWKSNoMatchingKey();
    return only.key;
  };
}
