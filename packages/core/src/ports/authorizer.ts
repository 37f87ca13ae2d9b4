import type { HeaderField } from "./header-field.ts";

/**
 * Decides who may ask for URLs.
 *
 * An implementation must decide from the headers of the request alone, and must answer `unauthenticated` whenever it is
 * in doubt. It may throw for faults of its own; nothing is issued then, nor for an answer of another form.
 *
 * @example
 * const office: Authorizer = {
 *   async authorize(headers) {
 *     const key = headers.find(([name]) => name === "x-office-key")?.[1];
 *     return key === undefined ? { status: "unauthenticated", challenge: "Office" } : lookUp(key);
 *   },
 * };
 */
export interface Authorizer {
  /** @param headers  every header field of the request, names in lower case */
  authorize(headers: readonly HeaderField[]): Promise<Authorization>;
}

/**
 * - `allowed`: issue. `subject` names who asked, for the log. `uploads`: the folders that this caller's objects go to, each
 *   followed by `/`, below those of the settings: `tenant-7/`; default: none. `downloads`: the folders, likewise below those of
 *   the settings, whose objects this caller may hand out links for; default: none may be handed out; `""`: all.
 * - `unauthenticated`: the caller is unknown; 401 with `challenge` as `WWW-Authenticate`.
 * - `forbidden`: the caller is known, and may not; 403.
 */
export type Authorization =
  | {
      readonly status: "allowed";
      readonly subject?: string;
      readonly uploads?: string;
      readonly downloads?: readonly string[];
    }
  | { readonly status: "unauthenticated"; readonly challenge: string }
  | { readonly status: "forbidden"; readonly subject?: string };

/** Allows every caller that reaches the endpoint: for demonstrations, and for endpoints that are protected otherwise. */
export const everybody: Authorizer = { authorize: async () => ({ status: "allowed" }) };

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
