import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";

/** Signature algorithms of JSON Web Tokens that settings can name. */
export const JWT_ALGORITHMS = ["HS256", "RS256", "ES256", "EdDSA"] as const;
/** One of {@link JWT_ALGORITHMS}. */
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

/** JSON Web Keys, as settings hold them: not looked at yet. */
export interface JsonWebKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** A key that may verify tokens, with the one algorithm that it is for. */
export interface JwtKey {
  readonly algorithm: JwtAlgorithm;
  readonly kid: string | undefined;
  readonly key: KeyObject;
}

/** A set that cannot be used; `path` leads to the key within the set, and `fault` repeats nothing of it. */
export interface JwtKeysFault {
  readonly fault: string;
  readonly path: readonly (string | number)[];
}

/** Type and curve of the keys of each algorithm: what keeps a public key from being taken for a secret. */
const KEY_FORMS: Readonly<Record<JwtAlgorithm, { readonly kty: string; readonly crv?: string }>> = {
  HS256: { kty: "oct" },
  RS256: { kty: "RSA" },
  ES256: { kty: "EC", crv: "P-256" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
};
const MIN_SECRET_BYTES = 32;
const MIN_MODULUS_BITS = 2_048;

/**
 * Reads the keys of a set that are for one of the algorithms; others, which identity providers publish in addition, are
 * passed over.
 *
 * A key that could be picked but not used is a fault now, not at the first token.
 *
 * @returns the keys, at least one, or the first fault
 * @see https://www.rfc-editor.org/rfc/rfc7517
 */
export function readJwtKeys(set: JsonWebKeySet, algorithms: readonly JwtAlgorithm[]): readonly JwtKey[] | JwtKeysFault {
  const keys: JwtKey[] = [];
  for (const [position, jwk] of set.keys.entries()) {
    const path = ["keys", position];
    const algorithm = algorithms.find((name) => isFor(jwk, name));
    if (algorithm === undefined) continue;
    const kid = jwk["kid"];
    if (kid !== undefined && typeof kid !== "string") return { fault: "expected kid to be a text", path };
    const key = readKey(jwk, algorithm);
    if (typeof key === "string") return { fault: key, path };
    keys.push({ algorithm, kid, key });
  }
  if (keys.length === 0) return { fault: `expected a key for ${algorithms.join(" or ")}`, path: [] };
  if (keys.length > 1 && new Set(keys.map(({ kid }) => kid ?? "")).size < keys.length)
    return { fault: "expected a kid of its own on every key, since there are several", path: [] };
  return keys;
}

function isFor(jwk: Readonly<Record<string, unknown>>, algorithm: JwtAlgorithm): boolean {
  const { kty, crv } = KEY_FORMS[algorithm];
  const { alg = algorithm, use = "sig", key_ops: operations = ["verify"] } = jwk;
  return (
    jwk["kty"] === kty &&
    (crv === undefined || jwk["crv"] === crv) &&
    alg === algorithm &&
    use === "sig" &&
    Array.isArray(operations) &&
    operations.includes("verify")
  );
}

/** The key, or what is expected of it. */
function readKey(jwk: Readonly<Record<string, unknown>>, algorithm: JwtAlgorithm): KeyObject | string {
  if (algorithm === "HS256") {
    const { k } = jwk;
    const secret = Buffer.from(typeof k === "string" && /^[A-Za-z0-9_-]+$/.test(k) ? k : "", "base64url");
    if (secret.length < MIN_SECRET_BYTES) return `expected k to be ${MIN_SECRET_BYTES} bytes or more in base64url`;
    return createSecretKey(secret);
  }
  if ("d" in jwk) return "expected a public key, without its private part";
  try {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? MIN_MODULUS_BITS;
    return bits < MIN_MODULUS_BITS ? `expected ${MIN_MODULUS_BITS} bits or more` : key;
  } catch {
    return `expected a public key for ${algorithm}`; // without the cause, which may quote the key
  }
}
