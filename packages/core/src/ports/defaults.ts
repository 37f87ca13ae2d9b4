import { type Clock, systemClock } from "./clock.ts";
import { type Ids, randomIds } from "./ids.ts";

/** The ports that everybody has: a test gives its own. */
export interface Surroundings {
  /** Default: the runtime's. */
  readonly clock?: Clock | undefined;
  /** Default: random. */
  readonly ids?: Ids | undefined;
}

/** Fills in the ports that were not given. */
export function withDefaults<T extends Surroundings>(given: T): T & { readonly clock: Clock; readonly ids: Ids } {
  return { ...given, clock: given.clock ?? systemClock, ids: given.ids ?? randomIds };
}
