export { scopeOf } from "./scope-of.ts";
export { defaultStrategy, type Strategy, strategies, strategyNames } from "./strategies.ts";
