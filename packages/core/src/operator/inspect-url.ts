import type { Claimant } from "../ports/claimant.ts";
import type { InspectOutcome } from "../ports/signature-index.ts";
import { isAhead } from "../url/url-life.ts";
import { identifyUrl, type OperatorDeps, type UnfitUrl, type UrlFacts } from "./identify-url.ts";

/**
 * - `issued`: the next valid upload is passed on.
 * - `claimed`: used up, by whom and since when by the store's clock; stays so when the URL expires. Where the grant allows
 *   retries, this claimant alone may try again for a while.
 * - `revoked`: since when by the store's clock; stays so likewise.
 * - `not-yet-valid`: signed by a clock that is ahead of the operator's, by more than the edge allows: refused for now.
 * - `expired`: its time ran out unused, as far as the index still knows.
 * - `unknown`: the index has no entry for it: never registered there, or the entry is gone.
 * - `unverified`: no entry, in an index that has none for unused URLs, and no tag that names this index: an issued URL, or
 *   one that was forged; or, where its tag was verified, one that another index may decide about.
 * - `indeterminate`: the index did not answer for certain.
 */
export type UrlInspection =
  | UnfitUrl
  | (UrlFacts &
      (
        | { readonly status: "issued" | "not-yet-valid" | "expired" | "unknown" | "unverified" }
        | { readonly status: "claimed"; readonly claimant: Claimant; readonly at: Date }
        | { readonly status: "revoked"; readonly at: Date }
        | { readonly status: "indeterminate"; readonly cause: unknown }
      ));

/**
 * Tells what has become of a URL.
 *
 * Reads only: does not change the state of the URL. The answer may be out of date at once.
 *
 * @param url  whole; a secret as long as it is unused, and never part of what is returned
 */
export async function inspectUrl(url: string, deps: OperatorDeps): Promise<UrlInspection> {
  const identified = await identifyUrl(url, deps);
  if (identified.status !== "identified") return identified;
  return { ...identified, ...stateOf(await deps.index.inspect(identified.hash), identified, deps) };
}

function stateOf(
  told: InspectOutcome,
  { isExpired, issuedAt, namesIndex }: UrlFacts,
  { recordsIssued, clock }: OperatorDeps,
): InspectOutcome | { readonly status: "expired" | "not-yet-valid" | "unverified" } {
  if (told.status !== "issued") return told;
  if (!recordsIssued && !namesIndex) return { status: "unverified" };
  if (isExpired) return { status: "expired" };
  return isAhead(issuedAt, clock.now()) ? { status: "not-yet-valid" } : told;
}
