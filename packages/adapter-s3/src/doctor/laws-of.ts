import { type IndexLaw, indexLaws } from "@presign-once/core/testing";

import { strategies, type Strategy } from "../strategies/strategies.ts";

/** The laws that bind a strategy: one that records nothing at issue cannot know what was never registered. */
export function lawsOf(strategy: Strategy): readonly IndexLaw[] {
  return indexLaws.filter(({ needsRegistration = false }) => strategies[strategy].recordsIssued || !needsRegistration);
}
