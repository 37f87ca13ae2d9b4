export { type Strategy, strategies, strategyNames } from "./strategies.ts";
