import type { SignatureIndex } from "@presign-once/core";

import { createConditionalIndex } from "./conditional-index.ts";
import type { IndexPlace } from "./index-place.ts";
import { createSealedIndex } from "./sealed-index.ts";
import { createVersioningIndex } from "./versioning-index.ts";

/**
 * Every way of claiming that this package has, by the name that configurations use.
 *
 * `conditional-unquoted` is `conditional` for servers that understand only an `If-Match` without quotes (Ceph RGW 16).
 */
export const strategies = {
  conditional: createConditionalIndex,
  "conditional-unquoted": (place: IndexPlace) => createConditionalIndex({ ...place, unquotedEtag: true }),
  sealed: createSealedIndex,
  versioning: createVersioningIndex,
} satisfies Record<string, (place: IndexPlace) => SignatureIndex>;

/** The name of a strategy. */
export type Strategy = keyof typeof strategies;

/** Every strategy's name. */
export const strategyNames = Object.keys(strategies) as Strategy[];
