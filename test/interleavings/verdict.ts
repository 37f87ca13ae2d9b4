import type { FaultKind } from "./fault.ts";
import type { State } from "./scheduler.ts";
import type { Store } from "./simulated-s3.ts";

/** What may be wrong with how a schedule ended, the gravest first. */
export const violations = [
  "two uploads pass",
  "two objects come of one URL",
  "two clients pass",
  "passes, although it was revoked",
  "nobody passes, and the URL lies unused",
  "used up, and nobody who failed has it",
  "used up, and its owner was not told",
  "was told that nothing was written, but something was or may yet be",
  "was refused its own claim, or one that nobody has",
  "was told that an issued URL is unknown",
  "was told that an unrevoked URL is revoked",
  "threw",
] as const;

/** The name of something wrong. */
export type Violation = (typeof violations)[number];

/** Names of those who take part. */
export interface Roles {
  readonly claimants: readonly string[];
  readonly revoker?: string | undefined;
}

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
 * A revocation is like a claim by which nobody passes: where it took effect, nobody may, and everybody else may be told so.
 *
 * @param roles      who takes part, in the order of the actors: those whose `claimed` lets an upload pass, then whoever
 *                   revokes
 * @param freshWins  what a fresh claimant would get now
 * @param hurried    there was no time for a second attempt, so that any failed request may leave a claim undecided
 */
export function judge(state: State, roles: Roles, freshWins: boolean, hurried: boolean): Verdict {
  const { actors, fault, ghosts, store } = state;
  const { claimants, revoker } = roles;
  const names = revoker === undefined ? claimants : [...claimants, revoker];
  const owner = ownerOf(store, names);
  const endings = actors.map(({ moment, crashed }) => (crashed ? undefined : moment.ending));
  const nameOf = (i: number) => names[i];
  const isRevoked = revoker !== undefined && owner === revoker;
  const winners = endings.filter((ending) => ending?.status === "claimed").length;
  const usedUp = winners === 0 && !freshWins;
  const isFaulty = fault !== undefined && nameOf(fault.actor) === owner;
  const ownEnding = endings[names.indexOf(owner ?? "")];
  const toldItMayHaveLanded = isRevoked ? ownEnding?.status === "indeterminate" : ownEnding?.mayHaveLanded === true;
  const toldIt = toldItMayHaveLanded || ownEnding?.status === "revoked";

  const wrote = (name: string | undefined) =>
    [...store, ...ghosts.map(({ sent }) => sent.request)].some(({ by }) => by === name);
  const found: Record<Violation, boolean> = {
    "two uploads pass": winners > 1,
    "two objects come of one URL": false,
    "two clients pass": false,
    "passes, although it was revoked": winners > 0 && endings.some((ending) => ending?.status === "revoked"),
    "nobody passes, and the URL lies unused":
      winners === 0 &&
      freshWins &&
      claimants.some((_, i) => endings[i] !== undefined && !(hurried && fault?.actor === i)),
    "used up, and nobody who failed has it": usedUp && !isRevoked && !(isFaulty && (hurried || HIDDEN.has(fault.kind))),
    "used up, and its owner was not told": usedUp && ownEnding !== undefined && !toldIt,
    "was told that nothing was written, but something was or may yet be": endings.some(
      (ending, i) => ending?.mayHaveLanded === false && wrote(nameOf(i)),
    ),
    "was refused its own claim, or one that nobody has": endings.some(
      (ending, i) => ending?.status === "already-claimed" && (owner === undefined || owner === nameOf(i)),
    ),
    "was told that an issued URL is unknown": endings.some((ending) => ending?.status === "unknown"),
    "was told that an unrevoked URL is revoked":
      !isRevoked && claimants.some((_, i) => endings[i]?.status === "revoked"),
    threw: endings.some((ending) => ending?.status === "threw"),
  };
  return { winners, violation: violations.find((violation) => found[violation]) };
}

/**
 * Judges a state in which everybody has ended or crashed, for a URL that was granted retries: A and B are one client, C is a
 * stranger.
 *
 * However often the client tries, and whatever is deleted, at most one object ever comes of the URL, and uploads of one
 * client at most are passed on. When nobody fails, there is one.
 *
 * @param names  of the actors, in their order
 * @param key    of the object
 */
export function judgeRetries({ actors, fault, store }: State, names: readonly string[], key: string): Verdict {
  const passed = names.filter((_, i) => actors[i]?.crashed === false && actors[i].moment.ending?.status === "claimed");
  const objects = store.filter((version) => version.key === key && version.visible && version.deleted !== true).length;
  const found: Partial<Record<Violation, boolean>> = {
    "two objects come of one URL": objects > 1,
    "two clients pass": passed.includes("C") && passed.length > 1,
    "nobody passes, and the URL lies unused": fault === undefined && objects === 0,
    threw: actors.some(({ moment }) => moment.ending?.status === "threw"),
  };
  return { winners: passed.length, violation: violations.find((violation) => found[violation] === true) };
}

/** Whose version is the first of those that claimants and the revoker wrote. */
function ownerOf(store: Store, names: readonly string[]): string | undefined {
  return store.find(({ by, visible }) => visible && names.includes(by))?.by;
}
