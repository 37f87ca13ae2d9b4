import type { FaultKind } from "./fault.ts";
import type { Ending } from "./running-actor.ts";
import type { S3Answer } from "./s3-exchange.ts";
import { type Choice, choices, firstState, isOver, keyOf, type State, take, type World } from "./scheduler.ts";
import type { Store } from "./simulated-s3.ts";
import type { Verdict, Violation } from "./verdict.ts";

/** One step of a schedule. */
export interface Step {
  readonly choice: Choice;
  readonly answer: S3Answer | undefined;
  /** What the actor was told, if this step ended it. */
  readonly ending: Ending | undefined;
}

/** A schedule that ended wrongly: one of the shortest, and of these one that changes least between actors. */
export interface CounterExample {
  readonly violation: Violation;
  readonly steps: readonly Step[];
}

/** How the schedules with one kind of fault, or without any, ended. */
export interface Tally {
  schedules: bigint;
  survived: bigint;
  /** Schedules by how many uploads passed. */
  readonly byWinners: Map<number, bigint>;
  /** Schedules by what was wrong. */
  readonly byViolation: Map<Violation, bigint>;
}

/** What exploring every schedule found. */
export interface Exploration {
  readonly tallies: ReadonlyMap<FaultKind | "none", Tally>;
  readonly states: number;
  readonly counterExamples: ReadonlyMap<Violation, CounterExample>;
}

interface Trail {
  readonly step: Step;
  readonly before: Trail | undefined;
  readonly switches: number;
}

interface Reached {
  readonly state: State;
  paths: bigint;
  trail: Trail | undefined;
}

/**
 * Goes through every schedule of a world: every order of its steps, with every placement of at most one fault.
 *
 * Schedules that differ only in how they came to a state go on from it together, and are counted, not sampled: states are
 * visited in order of the number of steps that lead to them, each with the exact number of schedules that do. That loses
 * nothing, since two states with one key have the same future: the key holds the store, the requests under way, the fault
 * that happened, and for each actor the answers that it got, which decide what its code does next (see `studyBehaviour`).
 * Every schedule ends, since every request and every pause uses something up.
 *
 * A schedule ends when every actor has ended or crashed. A write still under way may then land or not: each counts as a
 * schedule of its own.
 *
 * @param verdictOn  judges a state in which all actors have ended
 * @param stopAt     end as soon as this was found: no shorter schedule shows it
 */
export async function explore(
  world: World,
  store: Store,
  verdictOn: (state: State) => Promise<Verdict> | Verdict,
  stopAt?: Violation,
): Promise<Exploration> {
  const tallies = new Map<FaultKind | "none", Tally>();
  const counterExamples = new Map<Violation, CounterExample>();
  const first = firstState(world, store);
  let layer = new Map<string, Reached>([[keyOf(first), { state: first, paths: 1n, trail: undefined }]]);
  let states = 0;
  while (layer.size > 0 && (stopAt === undefined || !counterExamples.has(stopAt))) {
    const next = new Map<string, Reached>();
    const shortest = new Map<Violation, Trail | undefined>();
    states += layer.size;
    for (const { state, paths, trail } of layer.values()) {
      if (isOver(state)) {
        const verdict = await verdictOn(state);
        count(tallies, state.fault?.kind ?? "none", paths, verdict);
        const { violation } = verdict;
        if (violation !== undefined && !counterExamples.has(violation)) {
          const best = shortest.has(violation) ? calmer(shortest.get(violation), trail) : trail;
          shortest.set(violation, best);
        }
      }
      for (const choice of choices(world, state)) {
        const taking = take(world, state, choice);
        const { state: after, answer } = taking instanceof Promise ? await taking : taking;
        const key = keyOf(after);
        const reached = next.get(key);
        const switches = (trail?.switches ?? 0) + (isSwitch(trail, choice) ? 1 : 0);
        if (reached !== undefined) reached.paths += paths;
        if (reached !== undefined && switches >= (reached.trail?.switches ?? 0)) continue;
        const ending = choice.actor === undefined ? undefined : after.actors[choice.actor]?.moment.ending;
        const longer = { step: { choice, answer, ending }, before: trail, switches };
        if (reached === undefined) next.set(key, { state: after, paths, trail: longer });
        else reached.trail = longer;
      }
    }
    for (const [violation, trail] of shortest) counterExamples.set(violation, { violation, steps: stepsOf(trail) });
    layer = next;
  }
  return { tallies, states, counterExamples };
}

function count(
  tallies: Map<FaultKind | "none", Tally>,
  fault: FaultKind | "none",
  paths: bigint,
  verdict: Verdict,
): void {
  const tally = tallies.get(fault) ?? { schedules: 0n, survived: 0n, byWinners: new Map(), byViolation: new Map() };
  const { winners, violation } = verdict;
  tallies.set(fault, tally);
  tally.schedules += paths;
  tally.byWinners.set(winners, (tally.byWinners.get(winners) ?? 0n) + paths);
  if (violation === undefined) tally.survived += paths;
  else tally.byViolation.set(violation, (tally.byViolation.get(violation) ?? 0n) + paths);
}

function isSwitch(trail: Trail | undefined, choice: Choice): boolean {
  return trail !== undefined && trail.step.choice.actor !== choice.actor;
}

function calmer(one: Trail | undefined, other: Trail | undefined): Trail | undefined {
  return (other?.switches ?? 0) < (one?.switches ?? 0) ? other : one;
}

function stepsOf(trail: Trail | undefined): Step[] {
  const steps: Step[] = [];
  for (let at = trail; at !== undefined; at = at.before) steps.unshift(at.step);
  return steps;
}
