export { scopeOf, type ScopedIndex, type SignedFor } from "./scope-of.ts";
export { type Strategy, strategies, strategyNames } from "./strategies.ts";
