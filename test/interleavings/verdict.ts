import type { FaultKind } from "./fault.ts";
import type { State } from "./scheduler.ts";
import type { Store } from "./simulated-s3.ts";

/** What may be wrong with how a schedule ended, the gravest first. */
export const violations = [
  "two uploads pass",
  "nobody passes, and the URL lies unused",
  "used up, and nobody who failed has it",
  "used up, and its owner was not told",
  "was told that nothing was written, but something was or may yet be",
  "was refused its own claim, or one that nobody has",
  "was told that an issued URL is unknown",
  "threw",
] as const;

/** The name of something wrong. */
export type Violation = (typeof violations)[number];

/** How one schedule ended. */
export interface Verdict {
  readonly winners: number;
  readonly violation: Violation | undefined;
}

/** Faults after which a write may have taken effect without its claimant having learnt so. */
const HIDDEN: ReadonlySet<FaultKind> = new Set(["crash", "lost-answer", "late-write", "error-after", "error-late"]);

/**
 * Judges a state in which everybody has ended or crashed.
 *
 * Whoever does not crash, and has time to try again after a fault, must leave no URL lying unused: either somebody passed,
 * or it is used up.
 *
 * A URL is *used up* when nobody passed and a fresh claimant, coming after everybody else, does not pass either. That may
 * happen only to a claimant that failed: it crashed, or the answer of its write was lost or late; and if it is still there
 * to be told anything, it must have been told that its write may have landed.
 *
 * @param claimants  names of those whose `claimed` lets an upload pass
 * @param freshWins  what a fresh claimant would get now
 * @param hurried    there was no time for a second attempt, so that any failed request may leave a claim undecided
 */
export function judge(state: State, claimants: readonly string[], freshWins: boolean, hurried: boolean): Verdict {
  const { actors, fault, ghosts, store } = state;
  const owner = ownerOf(store, claimants);
  const endings = actors.map(({ moment, crashed }) => (crashed ? undefined : moment.ending));
  const nameOf = (i: number) => claimants[i];
  const winners = endings.filter((ending) => ending?.status === "claimed").length;
  const usedUp = winners === 0 && !freshWins;
  const isFaulty = fault !== undefined && nameOf(fault.actor) === owner;
  const ownEnding = endings[claimants.indexOf(owner ?? "")];

  const wrote = (name: string | undefined) =>
    [...store, ...ghosts.map(({ sent }) => sent.request)].some(({ by }) => by === name);
  const found: Record<Violation, boolean> = {
    "two uploads pass": winners > 1,
    "nobody passes, and the URL lies unused":
      winners === 0 &&
      freshWins &&
      claimants.some((_, i) => endings[i] !== undefined && !(hurried && fault?.actor === i)),
    "used up, and nobody who failed has it": usedUp && !(isFaulty && (hurried || HIDDEN.has(fault.kind))),
    "used up, and its owner was not told": usedUp && ownEnding !== undefined && ownEnding.mayHaveLanded !== true,
    "was told that nothing was written, but something was or may yet be": endings.some(
      (ending, i) => ending?.mayHaveLanded === false && wrote(nameOf(i)),
    ),
    "was refused its own claim, or one that nobody has": endings.some(
      (ending, i) => ending?.status === "already-claimed" && (owner === undefined || owner === nameOf(i)),
    ),
    "was told that an issued URL is unknown": endings.some((ending) => ending?.status === "unknown"),
    threw: endings.some((ending) => ending?.status === "threw"),
  };
  return { winners, violation: violations.find((violation) => found[violation]) };
}

/** Whose version is the first of those that claimants wrote. */
function ownerOf(store: Store, claimants: readonly string[]): string | undefined {
  return store.find(({ by, visible }) => visible && claimants.includes(by))?.by;
}
