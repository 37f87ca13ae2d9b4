import { createConditionalIndex } from "./conditional-index.ts";
import type { IndexPlace } from "./index-place.ts";
import { createSealedIndex } from "./sealed-index.ts";
import type { S3Index } from "./settled-index.ts";
import { createVersioningIndex } from "./versioning-index.ts";

/** The properties of a strategy, for all code that handles it by name. */
interface StrategyFacts {
  /** Creates the index; asks nothing of S3 yet. */
  create(place: IndexPlace): S3Index;
  /** Whether a hash is recorded when its URL is issued. If not, only the tag distinguishes an issued URL from a forged one. */
  readonly recordsIssued: boolean;
  /** Whether the index needs a bucket with versioning. */
  readonly needsVersions: boolean;
  /** Whether its stores apply conditional writes, which retries by the same client need. */
  readonly allowsRetries: boolean;
}

/**
 * Every strategy by the name that settings use.
 *
 * `versioning` is for servers that ignore conditional writes: there two objects may come of one URL that allows retries.
 */
export const strategies = {
  conditional: {
    create: createConditionalIndex,
    recordsIssued: true,
    needsVersions: false,
    allowsRetries: true,
  },
  sealed: {
    create: createSealedIndex,
    recordsIssued: false,
    needsVersions: false,
    allowsRetries: true,
  },
  versioning: {
    create: createVersioningIndex,
    recordsIssued: true,
    needsVersions: true,
    allowsRetries: false,
  },
} as const satisfies Readonly<Record<string, StrategyFacts>>;

/** The name of a strategy. */
export type Strategy = keyof typeof strategies;

/** The strategy of those who name none. */
export const defaultStrategy: Strategy = "conditional";

/** Every strategy's name. */
export const strategyNames = Object.keys(strategies) as [Strategy, ...Strategy[]];
