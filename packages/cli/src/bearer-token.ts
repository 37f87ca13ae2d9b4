import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;

/** A token, and what the settings hold of it. */
export interface BearerToken {
  /** To be handed out; nothing that is kept lets it be found again. */
  readonly token: string;
  /** SHA-256 of the token in hex, for `authorizer.tokens`. */
  readonly sha256: string;
}

/** Creates a token that cannot be guessed: 32 random bytes in base64url, 43 characters. */
export function createBearerToken(): BearerToken {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  return { token, sha256: createHash("sha256").update(token).digest("hex") };
}
