export { scopeOf } from "./scope-of.ts";
export { type Strategy, strategies, strategyNames } from "./strategies.ts";
