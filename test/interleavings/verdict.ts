import type { FaultKind } from "./fault.ts";
import type { State } from "./scheduler.ts";
import type { Store } from "./simulated-s3.ts";

/** Possible violations at the end of a schedule, the most serious first. */
export const violations = [
  "two uploads pass",
  "two objects come of one URL",
  "two clients pass",
  "passes, although it was revoked",
  "no upload passes, and the URL stays unused",
  "used up, but no failed request owns it",
  "used up, and its owner was not told",
  "was told that nothing was written, but something was or may yet be",
  "was refused for its own claim, or for one that no client owns",
  "was told that an issued URL is unknown",
  "was told that an unrevoked URL is revoked",
  "threw",
] as const;

/** The name of a violation. */
export type Violation = (typeof violations)[number];

/** Names of the participants. */
export interface Roles {
  readonly claimants: readonly string[];
  readonly revoker?: string | undefined;
}

/** How one schedule ended. */
export interface Verdict {
  readonly winners: number;
  readonly violation: Violation | undefined;
}

/** Faults after which a write may have taken effect without the knowledge of its claimant. */
const HIDDEN: ReadonlySet<FaultKind> = new Set(["crash", "lost-answer", "late-write", "error-after", "error-late"]);

/**
 * Judges a state in which all actors have ended or crashed.
 *
 * An actor that does not crash, and has time to retry after a fault, must not leave the URL unused: either an upload passed,
 * or the URL is used up.
 *
 * A URL is *used up* when no upload passed and a fresh claimant, after all others, does not pass either. Only a claimant that
 * failed may cause this: it crashed, or the answer of its write was lost or late. If it did not crash, it must have been told
 * that its write may have landed.
 *
 * A revocation is like a claim by which no upload passes: if it took effect, none may pass, and the others may be told so.
 *
 * @param roles      the participants, in the order of the actors: the claimants, then the one that revokes
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
    "no upload passes, and the URL stays unused":
      winners === 0 &&
      freshWins &&
      claimants.some((_, i) => endings[i] !== undefined && !(hurried && fault?.actor === i)),
    "used up, but no failed request owns it":
      usedUp && !isRevoked && !(isFaulty && (hurried || HIDDEN.has(fault.kind))),
    "used up, and its owner was not told": usedUp && ownEnding !== undefined && !toldIt,
    "was told that nothing was written, but something was or may yet be": endings.some(
      (ending, i) => ending?.mayHaveLanded === false && wrote(nameOf(i)),
    ),
    "was refused for its own claim, or for one that no client owns": endings.some(
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
 * Judges a state in which all actors have ended or crashed, for a URL with retries: A and B are one client, C is an attacker.
 *
 * For any number of attempts and deletions, at most one object results from the URL, and uploads of at most one client are
 * passed on. Without a fault, there is one object.
 *
 * @param names  of the actors, in their order
 * @param key    of the object
 */
export function judgeRetries({ actors, fault, store }: State, names: readonly string[], key: string): Verdict {
  const passed = passedIn(actors, names);
  const objects = store.filter((version) => version.key === key && version.visible && version.deleted !== true).length;
  const found: Partial<Record<Violation, boolean>> = {
    "two objects come of one URL": objects > 1,
    "two clients pass": passed.includes("C") && passed.length > 1,
    "no upload passes, and the URL stays unused": fault === undefined && objects === 0,
    threw: actors.some(({ moment }) => moment.ending?.status === "threw"),
  };
  return { winners: passed.length, violation: violations.find((violation) => found[violation] === true) };
}

/**
 * Judges a state in which all actors have ended or crashed, for a link for one download: A and B are one client, C another.
 *
 * At most one client gets the file, without a fault one does; where only one request may, at most one does.
 *
 * @param names  of the actors, in their order
 */
export function judgeDownloads({ actors, fault }: State, names: readonly string[], onlyOneRequest: boolean): Verdict {
  const passed = passedIn(actors, names);
  const found: Partial<Record<Violation, boolean>> = {
    "two uploads pass": onlyOneRequest && passed.length > 1,
    "two clients pass": passed.includes("C") && passed.length > 1,
    "no upload passes, and the URL stays unused": fault === undefined && passed.length === 0,
    threw: actors.some(({ moment }) => moment.ending?.status === "threw"),
  };
  return { winners: passed.length, violation: violations.find((violation) => found[violation] === true) };
}

function passedIn(actors: State["actors"], names: readonly string[]): readonly string[] {
  return names.filter((_, i) => actors[i]?.crashed === false && actors[i].moment.ending?.status === "claimed");
}

/** The participant that wrote the first version. */
function ownerOf(store: Store, names: readonly string[]): string | undefined {
  return store.find(({ by, visible }) => visible && names.includes(by))?.by;
}
