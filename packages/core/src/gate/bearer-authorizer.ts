import { equalInConstantTime } from "../bytes/bytes.ts";
import { type Authorizer, bearerToken, type CallerLimits } from "../ports/authorizer.ts";
import { type Digests, webDigests } from "../ports/digests.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { folders, sha256Hex, tokenName } from "../url/forms.ts";
import { readCallerLimits } from "./caller-limits.ts";

/** One token that may ask for URLs, known by its digest only, so that the settings do not give it away. */
export interface BearerTokenDigest extends CallerLimits {
  /** Who holds it, for the log: 1 to 64 letters, digits, `.`, `-` or `_`. */
  readonly name: string;
  /** SHA-256 of the token, 64 lower-case hex digits. */
  readonly sha256: string;
  /** Folders that the holder's objects go to, each followed by `/`; default: none below the issuer's. */
  readonly uploads?: string | undefined;
  /** Folders whose objects the holder may hand out links for, below the issuer's; `""`: all. Default: none. */
  readonly downloads?: readonly string[] | undefined;
}

const CHALLENGE = 'Bearer realm="presign-once"';

/**
 * Creates an authorizer for bearer tokens.
 *
 * Tokens must be random and long, such as 32 bytes in base64url: what is compared is their digest, in a time that does
 * not depend on how much of it is right or on which token it is. To rotate, add the new token, hand it out, and remove
 * the old one.
 *
 * @param tokens           at least one, with distinct names
 * @param options.digests  default: Web Crypto's
 * @throws {PresignOnceError} `CONFIG_INVALID`: no token, a repeated name, or a name or digest of another form
 */
export function createBearerAuthorizer(
  tokens: readonly BearerTokenDigest[],
  { digests = webDigests }: { readonly digests?: Digests } = {},
): Authorizer {
  if (tokens.length === 0) throw new PresignOnceError("CONFIG_INVALID", "tokens: expected at least one");
  if (new Set(tokens.map(({ name }) => name)).size !== tokens.length)
    throw new PresignOnceError("CONFIG_INVALID", "tokens: expected every name once");
  for (const token of tokens) {
    const { name, sha256, uploads = "", downloads = [] } = token;
    if (!tokenName.is(name))
      throw new PresignOnceError("CONFIG_INVALID", `tokens: expected names of ${tokenName.words}`);
    if (!sha256Hex.is(sha256))
      throw new PresignOnceError("CONFIG_INVALID", `tokens: expected sha256 of ${name} to be ${sha256Hex.words}`);
    const limits = readCallerLimits(token);
    if ("fault" in limits)
      throw new PresignOnceError("CONFIG_INVALID", `tokens: expected ${limits.fault} of ${name} to be ${limits.form}`);
    if (!folders.is(uploads))
      throw new PresignOnceError("CONFIG_INVALID", `tokens: expected uploads of ${name} to be ${folders.words}`);
    if (!downloads.every(folders.is))
      throw new PresignOnceError(
        "CONFIG_INVALID",
        `tokens: expected downloads of ${name} to be a list of ${folders.words}`,
      );
  }

  return {
    async authorize({ headers }) {
      const token = bearerToken(headers);
      if (token === undefined) return { status: "unauthenticated", challenge: CHALLENGE };
      const digest = await digests.sha256(token);
      const [match] = tokens.filter(({ sha256 }) => equalInConstantTime(sha256, digest)); // all are looked at
      if (match === undefined) return { status: "unauthenticated", challenge: `${CHALLENGE}, error="invalid_token"` };
      const { name, sha256: _, ...more } = match;
      const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
      return { status: "allowed", subject: name, ...given };
    },
  };
}
