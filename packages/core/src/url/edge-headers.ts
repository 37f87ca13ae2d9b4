import type { HeaderField } from "../ports/header-field.ts";
import { type EdgeKeys, LOCK_HEADER, type LockedUrl } from "./edge-keys.ts";
import { GRANT_ID_HEADER, grantIdOf } from "./grant-id.ts";
import { STORAGE_HEADERS } from "./storage-headers.ts";

/** Makes S3 refuse a second object of one key. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
const NEW_KEY_HEADER = "if-none-match";

/** A header that the edge alone adds to an accepted upload; no client may send it, and no grant may bind it. */
interface EdgeHeader {
  readonly name: string;
  /** Whether an issuer signs it into a URL. */
  signedWhen(options: { readonly requireNewKey: boolean }): boolean;
  /** Its value, the same when the URL is signed and when it is used. */
  value(path: string, lock: string): string;
}

/** Every header that only the edge adds to all uploads, besides the {@link STORAGE_HEADERS} of the settings. */
const EDGE_HEADERS: readonly EdgeHeader[] = [
  { name: LOCK_HEADER, signedWhen: () => true, value: (_, lock) => lock },
  { name: GRANT_ID_HEADER, signedWhen: () => true, value: grantIdOf },
  { name: NEW_KEY_HEADER, signedWhen: ({ requireNewKey }) => requireNewKey, value: () => "*" },
];

/** Whether only the edge may add this header. No upload may bring one of {@link STORAGE_HEADERS} either: nothing grants them. */
export function isEdgeHeader(name: string): boolean {
  return EDGE_HEADERS.some((header) => header.name === name);
}

/** Whether S3 refuses a second object of the key of a URL that signs these headers. */
export function requiresNewKey(signedHeaders: readonly string[]): boolean {
  return signedHeaders.includes(NEW_KEY_HEADER);
}

/**
 * The headers that the edge signs and adds to an upload with a ticket, whose signature is made for it alone: S3 refuses a
 * second object of the key.
 */
export function singleUseHeaders(grantId: string, lock: string): readonly HeaderField[] {
  return EDGE_HEADERS.map(({ name, value }) => [name, value(grantId, lock)]);
}

/**
 * The headers that an issuer signs into a URL for the edge to add.
 *
 * @param options.requireNewKey  whether S3 is to refuse a second object of the key
 */
export async function edgeHeadersToSign(
  url: LockedUrl,
  keys: EdgeKeys,
  options: { readonly requireNewKey: boolean },
): Promise<readonly HeaderField[]> {
  const lock = await keys.lock(url);
  return EDGE_HEADERS.filter((header) => header.signedWhen(options)).map(({ name, value }) => [
    name,
    value(url.path, lock),
  ]);
}

/**
 * The headers of {@link STORAGE_HEADERS} that a URL signs, with the values that it shows: another setting since it was issued
 * would break its signature.
 */
export function signedStorageHeaders({ signedHeaders, shown }: SigningUrl): readonly HeaderField[] {
  return signedHeaders.flatMap((name): HeaderField[] => {
    const value = STORAGE_HEADERS.has(name) ? shown.get(name) : undefined;
    return value === undefined ? [] : [[name, value]];
  });
}

/** What a URL says of the headers that it signs. */
interface SigningUrl {
  readonly signedHeaders: readonly string[];
  readonly shown: ReadonlyMap<string, string>;
}

/**
 * The headers that the edge adds to an accepted upload: those that its URL signs, and no others.
 *
 * @param keyId  of the key that tagged the URL, which is not the first key during a key rotation
 */
export async function edgeHeadersToAdd(
  url: LockedUrl & SigningUrl,
  keys: EdgeKeys,
  keyId: string,
): Promise<readonly HeaderField[]> {
  const lock = await keys.lock(url, keyId);
  const added = EDGE_HEADERS.filter(({ name }) => url.signedHeaders.includes(name)).map(
    ({ name, value }): HeaderField => [name, value(url.path, lock)],
  );
  return [...added, ...signedStorageHeaders(url)];
}
