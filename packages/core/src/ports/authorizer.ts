import type { HeaderField } from "./header-field.ts";

/**
 * Decides who may ask for URLs.
 *
 * An implementation must decide from the request alone, and must answer `unauthenticated` whenever it is in doubt. It may throw for faults of its own; nothing is issued then, nor for an answer of another form or that contradicts itself or the settings: both are faults, 500.
 *
 * @example
 * const office: Authorizer = {
 *   async authorize({ headers }) {
 *     const key = headers.find(([name]) => name === "x-office-key")?.[1];
 *     return key === undefined ? { status: "unauthenticated", challenge: "Office" } : lookUp(key);
 *   },
 * };
 */
export interface Authorizer {
  authorize(request: AuthorizerRequest): Promise<Authorization>;
}

/** A request for a URL, before anything of it was checked. */
export interface AuthorizerRequest {
  readonly method: string;
  /** Percent-encoded, as received, with `/` first. */
  readonly path: string;
  /** As received, without `?`. What it asks for is checked later. */
  readonly query: string;
  /** Every header field, names in lower case, repeated ones repeated; cookies are in `cookie`: see {@link readCookie}. */
  readonly headers: readonly HeaderField[];
}

/**
 * What the uploads of one caller may be, beside what the settings say: of two limits the narrower one holds. A request may ask
 * for less, never for more.
 */
export interface CallerLimits {
  /** Most bytes that an upload may bring. */
  readonly maxBytes?: number | undefined;
  /** Least bytes that an upload must bring. */
  readonly minBytes?: number | undefined;
  /**
   * Media types that an upload may have: `image/png`, or `image/*`. A request has to name one of them, unless there is only one,
   * without `*`.
   */
  readonly contentTypes?: readonly string[] | undefined;
  /** Longest life of a URL, in seconds. */
  readonly expiresInSeconds?: number | undefined;
  /** What the names of objects end in; a request may name no other. */
  readonly extension?: string | undefined;
  /** Metadata of the objects by name, which no request can change: `{ "uploaded-by": "anna" }`. Printable ASCII. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * - `allowed`: issue. `subject` names who asked, for the log. `uploads`: the folders that this caller's objects go to, each
 *   followed by `/`, below those of the settings: `tenant-7/`; default: none. `downloads`: the folders, likewise below those of
 *   the settings, whose objects this caller may hand out links for; default: none may be handed out; `""`: all. And
 *   {@link CallerLimits}: what its uploads may be.
 * - `unauthenticated`: the caller is unknown; 401 with `challenge` as `WWW-Authenticate`.
 * - `forbidden`: the caller is known, and may not; 403.
 */
export type Authorization =
  | ({
      readonly status: "allowed";
      readonly subject?: string;
      readonly uploads?: string;
      readonly downloads?: readonly string[];
    } & CallerLimits)
  | { readonly status: "unauthenticated"; readonly challenge: string }
  | { readonly status: "forbidden"; readonly subject?: string };

/** Allows every caller that reaches the endpoint: for demonstrations, and for endpoints that are protected otherwise. */
export const everybody: Authorizer = { authorize: async () => ({ status: "allowed" }) };

/**
 * The value of a cookie, as it was sent; `undefined` where there is none of this name, or more than one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.2
 */
export function readCookie(headers: readonly HeaderField[], name: string): string | undefined {
  const pairs = headers.filter(([field]) => field === "cookie").flatMap(([, value]) => value.split(/; */));
  const [only, ...others] = pairs.filter((pair) => pair.startsWith(`${name}=`));
  return others.length > 0 ? undefined : only?.slice(name.length + 1);
}

/**
 * The token of an `Authorization: Bearer` header.
 *
 * @returns `undefined` when there is none, more than one such header, or one of another form
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export function bearerToken(headers: readonly HeaderField[]): string | undefined {
  const values = headers.filter(([name]) => name === "authorization");
  return values.length === 1 ? /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(values[0]?.[1] ?? "")?.[1] : undefined;
}
