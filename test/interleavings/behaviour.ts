import { createNumbering } from "./numbering.ts";
import { type Actor, type Ending, type Sent, startActor, type View } from "./running-actor.ts";
import type { S3Answer } from "./s3-exchange.ts";

const numberOf = createNumbering<S3Answer>();

/** A point in an actor's run: it waits for these answers, or it has ended. */
export interface Moment extends View {
  /** The same for two histories after which the actor behaves alike. */
  readonly id: number;
}

/** Everything that an actor may do, found out as far as anybody has asked. */
export interface Behaviour {
  readonly name: string;
  readonly start: Moment;
  /** What comes after an answer; a promise at the first request for it. */
  after(moment: Moment, sent: Sent, answer: S3Answer): Moment | Promise<Moment>;
  /** How often the actor's code was run, each time from its start. */
  runs(): number;
}

interface Event {
  readonly sent: Sent;
  readonly answer: S3Answer;
  readonly text: string;
}

interface KnownMoment extends Moment {
  /** Every order of answers that leads here. */
  readonly histories: Event[][];
  readonly next: Map<number, { readonly event: Event; readonly moment: KnownMoment }>;
  /** The answers in rounds: what came since the actor last did something, in any order. */
  readonly closedRounds: string;
  readonly openRound: readonly string[];
}

/**
 * Finds out what an actor does, by running its real code on scripted answers, from the start for every new script.
 *
 * Code that is suspended in JavaScript cannot be copied, but it need not be: an actor shares nothing with the others but
 * S3, so what it does next is a function of the answers that it got, and one run for each history of answers tells it
 * for every schedule in which that history occurs. (`rehearse` checks that claim on whole schedules.)
 *
 * Answers to parallel requests come in any order. Two histories that differ only in the order of answers between which
 * the actor did nothing share one moment, or three claimants with three parallel requests each would be out of reach.
 * That this changes nothing is not assumed: a moment keeps *every* history that leads to it, each step from it is run
 * after all of them, and one that made a difference is an error.
 *
 * @param pauses  how often `deadline.pause()` grants another attempt
 */
export async function studyBehaviour(actor: Actor, pauses: number): Promise<Behaviour> {
  const moments = new Map<string, KnownMoment>();
  let runs = 0;

  async function perform(history: readonly Event[]): Promise<View> {
    runs++;
    const running = await startActor(actor, pauses);
    for (const { sent, answer } of history) await running.answer(sent.id, answer);
    return running.view();
  }

  async function performAll(histories: readonly Event[][]): Promise<View> {
    let agreed: View | undefined;
    for (const history of histories) {
      const view = await perform(history);
      if (agreed !== undefined && seen(view) !== seen(agreed))
        throw new Error(`${actor.name} tells the order of answers apart: ${history.map(({ text }) => text).join(" ")}`);
      agreed = view;
    }
    if (agreed === undefined) throw new Error("no history leads here");
    return agreed;
  }

  /** Takes in histories that turned out to lead to a known moment, and runs everything known of it after them too. */
  async function adopt(moment: KnownMoment, histories: readonly Event[][]): Promise<void> {
    moment.histories.push(...histories);
    for (const { event, moment: next } of moment.next.values()) {
      const longer = histories.map((history) => [...history, event]);
      if (seen(await performAll(longer)) !== seen(next))
        throw new Error(`${actor.name} tells the order of answers apart before ${event.text}`);
      await adopt(next, longer);
    }
  }

  async function learn(from: KnownMoment, sent: Sent, answer: S3Answer): Promise<KnownMoment> {
    const event: Event = { sent, answer, text: `${sent.id}:${JSON.stringify(answer)}` };
    const histories = from.histories.map((history) => [...history, event]);
    const view = await performAll(histories);
    const round = [...from.openRound, event.text].sort();
    const silent = view.ending === undefined && view.waiting.length === from.waiting.length - 1;
    const rounds = silent
      ? { closedRounds: from.closedRounds, openRound: round }
      : { closedRounds: `${from.closedRounds}${round.join(" ")} / `, openRound: [] };
    const key = `${rounds.closedRounds}${rounds.openRound.join(" ")} = ${seen(view)}`;
    let moment = moments.get(key);
    if (moment === undefined) {
      moment = { ...view, id: moments.size + 1, histories, next: new Map(), ...rounds };
      moments.set(key, moment);
    } else {
      await adopt(moment, histories);
    }
    from.next.set(stepOf(sent, answer), { event, moment });
    return moment;
  }

  const start: KnownMoment = {
    ...(await perform([])),
    id: 0,
    histories: [[]],
    next: new Map(),
    closedRounds: "",
    openRound: [],
  };
  return {
    name: actor.name,
    start,
    after(moment, sent, answer) {
      const from = moment as KnownMoment;
      return from.next.get(stepOf(sent, answer))?.moment ?? learn(from, sent, answer);
    },
    runs: () => runs,
  };
}

/** A text of all that can be seen of an actor. */
export function seen({ waiting, ending }: { waiting: readonly Sent[]; ending: Ending | undefined }): string {
  return JSON.stringify([waiting, ending]);
}

const MAX_REQUESTS = 1_000;

function stepOf(sent: Sent, answer: S3Answer): number {
  return numberOf(answer) * MAX_REQUESTS + sent.id;
}
