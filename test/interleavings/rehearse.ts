import { type Moment, seen } from "./behaviour.ts";
import { type Actor, startActor } from "./running-actor.ts";
import type { S3Answer } from "./s3-exchange.ts";
import { choices, firstState, isOver, type State, take, type World } from "./scheduler.ts";
import type { Store } from "./simulated-s3.ts";

/** One answer of a schedule, and what its actor must look like after it. */
interface Line {
  readonly actor: number;
  readonly request: number;
  readonly answer: S3Answer;
  readonly expected: Moment;
}

/**
 * Runs every schedule of a world in full: all actors at once, each suspended at its requests, one answer at a time.
 *
 * `explore` runs each actor separately and merges schedules that reach the same state. This function does neither. After
 * every answer it compares the running actor with the prediction. It is too slow for large worlds, and shows on small ones
 * that exploring loses nothing.
 *
 * @param programs  the actors whose behaviours the world has, in the same order
 * @param pauses    as their behaviours were studied with
 * @returns         the number of schedules
 * @throws          at the first difference
 */
export async function rehearse(world: World, store: Store, programs: readonly Actor[], pauses = 2): Promise<bigint> {
  let schedules = 0n;

  async function goOn(state: State, script: readonly Line[]): Promise<void> {
    if (isOver(state)) {
      await perform(programs, script, pauses);
      schedules++;
    }
    for (const choice of choices(world, state)) {
      const { state: after, answer } = await take(world, state, choice);
      const { actor, flight } = choice;
      const expected = actor === undefined ? undefined : after.actors[actor]?.moment;
      if (actor === undefined || flight === undefined || answer === undefined || expected === undefined)
        await goOn(after, script);
      else await goOn(after, [...script, { actor, request: flight.sent.id, answer, expected }]);
    }
  }

  await goOn(firstState(world, store), []);
  return schedules;
}

async function perform(programs: readonly Actor[], script: readonly Line[], pauses: number): Promise<void> {
  const running = await Promise.all(programs.map((program) => startActor(program, pauses)));
  for (const [step, { actor, request, answer, expected }] of script.entries()) {
    await running[actor]?.answer(request, answer);
    const view = running[actor]?.view();
    if (view === undefined || seen(view) !== seen(expected))
      throw new Error(`step ${step + 1} went otherwise than foretold: ${view && seen(view)}, not ${seen(expected)}`);
  }
}
