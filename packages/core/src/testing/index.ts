export { createInMemoryIndex, createInMemoryStore, type InMemoryEntry, type InMemoryStore } from "./in-memory-index.ts";
export { createInMemoryPresigner } from "./in-memory-presigner.ts";
export type { IndexHarness, IndexLaw, StoreFault } from "./index-law.ts";
export { indexLaws } from "./index-laws.ts";
export { createManualClock, type ManualClock } from "./manual-clock.ts";
export { createSequentialIds } from "./sequential-ids.ts";
