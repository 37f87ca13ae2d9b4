/**
 * Every global beyond ECMAScript that `core` may use: Web Crypto, the text encoder and URL, found in Node, workerd, Deno, Bun
 * and browsers alike. A name that is missing here does not compile, which keeps `core` portable.
 */

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class URL {
  static canParse(url: string): boolean;
  constructor(url: string);
  readonly origin: string;
}

interface CryptoKey {
  readonly type: string;
}

interface SubtleCrypto {
  digest(algorithm: "SHA-256", data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  importKey(
    format: "raw",
    key: Uint8Array<ArrayBuffer>,
    algorithm: { name: "HMAC"; hash: "SHA-256" },
    extractable: false,
    usages: readonly "sign"[],
  ): Promise<CryptoKey>;
  sign(algorithm: "HMAC", key: CryptoKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
}

declare const crypto: {
  readonly subtle: SubtleCrypto;
  getRandomValues(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  randomUUID(): string;
};
