/**
 * Whether a store was seen to keep one object of several uploads of one key that overlap, each of which asks for a new key.
 *
 * - `proven`: in every try. Retries by the same client may be offered there.
 * - `broken`: in one try it did not; `seen` says what was, in a sentence without a name or a URL.
 * - `undecided`: it could not be tried, for example because a right is missing. Ask again.
 */
export type OneObjectOutcome =
  | { readonly status: "proven" }
  | { readonly status: "broken"; readonly seen: string }
  | { readonly status: "undecided"; readonly cause: unknown };
