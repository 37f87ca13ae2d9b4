import type { RecordedStack } from "../record-stack.ts";
import { type Variant, variants } from "../variants.ts";

/** Something that holds of every stack, or of those with certain arguments. */
export interface Property {
  /** A sentence. */
  readonly name: string;
  readonly of: readonly Variant[];
  /** For what only one of the stacks has. Default: all of them have it. */
  readonly only?: "sst";
  /** Throws where it does not hold. */
  readonly check: (stack: RecordedStack, variant: Variant) => void;
}

/** For what holds whatever the arguments are. */
export const ALL_VARIANTS = Object.keys(variants) as readonly Variant[];
