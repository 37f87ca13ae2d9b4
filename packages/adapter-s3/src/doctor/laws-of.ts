import { type IndexLaw, indexLaws } from "@presign-once/core/testing";

import type { Strategy } from "../strategies/strategies.ts";

/** The laws that bind a strategy: `sealed` records nothing at issue, so it cannot know what was never registered. */
export function lawsOf(strategy: Strategy): readonly IndexLaw[] {
  return strategy === "sealed" ? indexLaws.filter(({ needsRegistration }) => needsRegistration !== true) : indexLaws;
}
