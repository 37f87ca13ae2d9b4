import type { Claimant } from "../ports/claimant.ts";
import { identifyUrl, type OperatorDeps, type UnfitUrl, type UrlFacts } from "./identify-url.ts";

/**
 * - `revoked`: no upload passes with it from now on; also where it was revoked before.
 * - `already-claimed`: too late; `claim` has claimant and time, if the index reported them.
 * - `unknown`: the index has no entry for it, and nothing was written.
 * - `unverified`: the index says revoked from now on, but without a tag that names it it is unknown whether it is the
 *   index that decides about this URL: one that has no entries for unused URLs takes a revocation of any.
 * - `indeterminate`: unknown; it may be revoked. Ask again.
 */
export type UrlRevocation =
  | UnfitUrl
  | (UrlFacts &
      (
        | { readonly status: "revoked" | "unknown" | "unverified" }
        | {
            readonly status: "already-claimed";
            readonly claim: { readonly claimant: Claimant; readonly at: Date } | undefined;
          }
        | { readonly status: "indeterminate"; readonly cause: unknown }
      ));

/**
 * Takes a URL away unused, for good.
 *
 * Atomic with every claim: either one upload passed, or none ever will. Idempotent. An expired URL can be revoked too.
 *
 * @param url  whole; never part of what is returned
 */
export async function revokeUrl(url: string, deps: OperatorDeps): Promise<UrlRevocation> {
  const identified = await identifyUrl(url, deps);
  if (identified.status !== "identified") return identified;
  const { hash, namesIndex } = identified;
  const revocation = await deps.index.revoke(hash);
  switch (revocation.status) {
    case "revoked":
      return { ...identified, status: deps.recordsIssued || namesIndex ? "revoked" : "unverified" };
    case "unknown":
    case "indeterminate":
      return { ...identified, ...revocation };
    case "already-claimed": {
      const told = await deps.index.inspect(hash);
      const claim = told.status === "claimed" ? { claimant: told.claimant, at: told.at } : undefined;
      return { ...identified, status: "already-claimed", claim };
    }
  }
}
