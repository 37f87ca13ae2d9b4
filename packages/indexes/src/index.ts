export { createEntryIndex, type Entry, type EntryStore, type Refusal } from "./entry-index.ts";
export { type TimeLimits } from "./deadline.ts";
