import { toHex, utf8 } from "../bytes/bytes.ts";

/**
 * SHA-256 and HMAC-SHA256 of texts, as a port: a runtime's own may answer at once where Web Crypto asks another thread.
 *
 * An implementation must take a text as its UTF-8, and return lower-case hex.
 */
export interface Digests {
  /** @see https://csrc.nist.gov/pubs/fips/180-4/upd1/final */
  sha256(text: string): string | Promise<string>;
  /**
   * Prepares one secret.
   *
   * @see https://www.rfc-editor.org/rfc/rfc2104
   */
  hmac(secret: Uint8Array): (text: string) => string | Promise<string>;
}

/** Digests by Web Crypto, which every runtime has. */
export const webDigests: Digests = {
  sha256: async (text) => toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)))),
  hmac(secret) {
    const bytes = new Uint8Array(secret);
    let key: Promise<HmacKey> | undefined;
    return async (text) => {
      key ??= crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", await key, utf8(text))));
    };
  },
};

/** Named by what makes it: runtimes name the type of a key differently. */
type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
