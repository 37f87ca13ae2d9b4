import { equalInConstantTime } from "../bytes/bytes.ts";
import { type Digests, webDigests } from "../ports/digests.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { edgeKeyId, sha256Hex } from "./forms.ts";
import { isObjectFolder, isObjectKey } from "./object-key.ts";

/** One secret that the issuing and the verifying side share. */
export interface EdgeKey {
  /** Names the key in the tag: 1 to 32 letters, digits, `-` or `_`. */
  readonly id: string;
  /** 32 random bytes. */
  readonly secret: Uint8Array;
  /** What its URLs may be for; default: everything that the place where they are used allows. */
  readonly allows?: KeyAllowance | undefined;
}

/**
 * Folders whose objects URLs of one edge key may be for, each followed by `/`; `""`: all. What is left out is not allowed at
 * all, nor is any key that some server may read as another one.
 */
export interface KeyAllowance {
  readonly uploads?: readonly string[] | undefined;
  readonly downloads?: readonly string[] | undefined;
}

/** What a URL does to which object. */
export interface UrlUse {
  readonly method: "PUT" | "GET";
  /** Decoded, where it comes from a URL. */
  readonly key: string;
}

/** The fields of a URL that its origin lock is derived from. */
export interface LockedUrl {
  /** Percent-encoded path as the edge receives it. */
  readonly path: string;
  /** `X-Amz-Date` */
  readonly date: string;
  /** `X-Amz-Expires` */
  readonly expires: string;
}

/**
 * Makes and checks what binds a URL to this edge: the tag that distinguishes an issued URL from a forged one without asking the
 * store, and the origin lock that makes the URL useless anywhere but behind the edge.
 */
export interface EdgeKeys {
  /** Tags a canonical request with the first key: `<key id>.<64 hex digits>`. */
  tag(canonicalRequest: string): Promise<string>;
  /**
   * Checks a tag against the key that it names, in constant time.
   *
   * @returns the id of the key, or `undefined` when the tag is malformed, names no key of ours or does not match
   */
  verifyTag(canonicalRequest: string, tag: string): Promise<string | undefined>;
  /**
   * Whether a URL with a tag of this edge key may be for this: see {@link EdgeKey.allows}.
   *
   * @param keyId  default: the first, which signs
   */
  allows(use: UrlUse, keyId?: string): boolean;
  /**
   * Derives the value of the lock header of one URL.
   *
   * @param keyId  the key to derive from; default: the first, which signs
   */
  lock(url: LockedUrl, keyId?: string): Promise<string>;
}

/** The header, signed into every URL and known to the edge alone, without which S3 refuses the request. */
export const LOCK_HEADER = "x-once-lock";

const TAG_LABEL = "presign-once/tag/1\n";
const LOCK_LABEL = "presign-once/lock/1\n";
const SECRET_BYTES = 32;

/** Whether a text has the form of a tag, `<key id>.<64 lower-case hex digits>`: no key verifies one of another form. */
export function isTag(text: string): boolean {
  return splitTag(text) !== undefined;
}

function splitTag(tag: string): { readonly id: string; readonly mac: string } | undefined {
  const dot = tag.indexOf(".");
  const [id, mac] = [tag.slice(0, Math.max(dot, 0)), tag.slice(dot + 1)];
  return edgeKeyId.is(id) && sha256Hex.is(mac) ? { id, mac } : undefined;
}

/**
 * Edge keys from a list of secrets: the first signs, all verify.
 *
 * To rotate and keep every URL usable: add the new key last and deploy; move it to the front and deploy; wait for one URL
 * life; remove the old one.
 *
 * A tag also names the index that decides about its URL: one that was made for another scope does not verify. So a URL
 * that was used up in one index is not free in the next one, whatever that one knows of it.
 *
 * @param keys             at least one, with distinct ids
 * @param options.scope    names the index: its strategy and its place, in one line; default: nothing
 * @param options.digests  default: Web Crypto's
 * @throws {PresignOnceError} `CONFIG_INVALID`: no key, a repeated or malformed id, a secret that is not 32 bytes, an
 *                            allowance that is no lists of folders, a scope of several lines
 */
export function createEdgeKeys(
  keys: readonly EdgeKey[],
  { scope = "", digests = webDigests }: { readonly scope?: string; readonly digests?: Digests } = {},
): EdgeKeys {
  const [first] = keys;
  if (first === undefined) throw new PresignOnceError("CONFIG_INVALID", "keys: expected at least one edge key");
  if (scope.includes("\n")) throw new PresignOnceError("CONFIG_INVALID", "scope: expected one line");
  const tagLabel = `${TAG_LABEL}${scope}\n`;
  const byId = new Map<string, ReturnType<Digests["hmac"]>>();
  for (const { id, secret, allows } of keys) {
    if (!edgeKeyId.is(id))
      throw new PresignOnceError("CONFIG_INVALID", `keys: expected each id to be ${edgeKeyId.words}`);
    if (byId.has(id)) throw new PresignOnceError("CONFIG_INVALID", `keys: the id ${id} stands there twice`);
    if (secret.length !== SECRET_BYTES)
      throw new PresignOnceError(
        "CONFIG_INVALID",
        `keys: expected the secret of ${id} to be ${SECRET_BYTES} bytes long`,
      );
    checkAllowance(id, allows);
    byId.set(id, digests.hmac(secret));
  }

  function hmac(keyId: string, text: string): string | Promise<string> {
    const mac = byId.get(keyId);
    if (mac === undefined) throw new PresignOnceError("ARGUMENT_INVALID", "keyId: no edge key has this id");
    return mac(text);
  }

  return {
    async tag(canonicalRequest) {
      return `${first.id}.${await hmac(first.id, tagLabel + canonicalRequest)}`;
    },
    async verifyTag(canonicalRequest, tag) {
      const { id = "", mac = "" } = splitTag(tag) ?? {};
      const macOf = byId.get(id);
      if (macOf === undefined) return undefined;
      return equalInConstantTime(await macOf(tagLabel + canonicalRequest), mac) ? id : undefined;
    },
    allows({ method, key }, keyId = first.id) {
      const allowance = keys.find(({ id }) => id === keyId)?.allows;
      if (allowance === undefined) return byId.has(keyId);
      const prefixes = method === "PUT" ? allowance.uploads : allowance.downloads;
      return isObjectKey(key) && prefixes?.some((prefix) => key.startsWith(prefix)) === true;
    },
    async lock({ path, date, expires }, keyId = first.id) {
      return hmac(keyId, `${LOCK_LABEL}${path}\n${date}\n${expires}`);
    },
  };
}

function checkAllowance(id: string, allows: KeyAllowance | undefined): void {
  if (allows === undefined) return;
  if (typeof allows !== "object" || allows === null)
    throw new PresignOnceError("CONFIG_INVALID", `keys: expected allows of ${id} to be an object`);
  for (const use of ["uploads", "downloads"] as const) {
    const folders: unknown = allows[use];
    if (folders !== undefined && !(Array.isArray(folders) && folders.every(isObjectFolder)))
      throw new PresignOnceError(
        "CONFIG_INVALID",
        `keys: expected allows.${use} of ${id} to be a list of folders, each followed by /, without empty segments, . and ..`,
      );
  }
}
