declare const claimantBrand: unique symbol;

/**
 * Who claims: 128 bits in lower-case hex, fresh and random for each invocation; or, where the same client may try again,
 * a digest of the hash and the client's secret (`clientClaimant`).
 *
 * Two claims with the same claimant count as one claim made twice, so a claimant must never be reused and never be taken
 * from elsewhere, such as a request id.
 */
export type Claimant = string & { readonly [claimantBrand]: true };

/** Tells whether a text has the form of a {@link Claimant}; for claimants read back from a store. */
export function isClaimant(text: unknown): text is Claimant {
  return typeof text === "string" && /^[0-9a-f]{32}$/.test(text);
}
