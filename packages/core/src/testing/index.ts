export { createInMemoryIndex, createInMemoryStore, type InMemoryEntry, type InMemoryStore } from "./in-memory-index.ts";
export { createInMemorySink, type InMemoryObject, type InMemoryObjects } from "./in-memory-sink.ts";
export { createInMemoryPresigner } from "./in-memory-presigner.ts";
export type { IndexHarness, IndexLaw, StoreFault } from "./index-law.ts";
export { indexLaws } from "./index-laws.ts";
export { createManualClock, type ManualClock } from "./manual-clock.ts";
export { createSequentialIds } from "./sequential-ids.ts";
export { type SinkHarness, type SinkLaw, sinkLaws, type SinkObject } from "./sink-laws.ts";
