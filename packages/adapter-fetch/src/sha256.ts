import { sha256 } from "@noble/hashes/sha2.js";

/** Computes a SHA-256 as bytes come; Web Crypto cannot. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  /** The digest of everything, in base64. */
  base64(): string;
}

/** Node's own, where the runtime has it: Node, Deno, Bun, and workerd with `nodejs_compat`. */
interface NativeCrypto {
  createHash(algorithm: "sha256"): { update(bytes: Uint8Array): unknown; digest(encoding: "base64"): string };
}

/**
 * Starts a SHA-256.
 *
 * In the runtime's own code where there is any, ten times as fast as in JavaScript: measured on Node 24, 1,000 MB/s and
 * 95 MB/s.
 */
export function startSha256(native: NativeCrypto | undefined = nativeCrypto()): RunningDigest {
  if (native !== undefined) {
    const hash = native.createHash("sha256");
    return { update: (bytes) => void hash.update(bytes), base64: () => hash.digest("base64") };
  }
  const hash = sha256.create();
  return {
    update: (bytes) => void hash.update(bytes),
    base64: () => btoa(String.fromCharCode(...hash.digest())),
  };
}

/** Asked for at run time, so that no bundler has to find it. */
function nativeCrypto(): NativeCrypto | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.("node:crypto") as NativeCrypto | undefined;
}
