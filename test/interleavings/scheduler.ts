import type { Behaviour, Moment } from "./behaviour.ts";
import { delays, disguises, type FaultKind, faultsOf, isRefusal, refusals } from "./fault.ts";
import { createNumbering } from "./numbering.ts";
import type { Sent } from "./running-actor.ts";
import type { S3Answer, S3Request } from "./s3-exchange.ts";
import type { SimulatedS3, Store } from "./simulated-s3.ts";

const numberOf = createNumbering<Store>();

/** Who takes part, on which S3, and what may go wrong. */
export interface World {
  readonly s3: SimulatedS3;
  readonly actors: readonly Behaviour[];
  /** Whether one fault may happen in a schedule. */
  readonly faults: boolean;
  /** Whether an actor begins only when those before it have ended or crashed. Default false. */
  readonly oneByOne?: boolean;
}

/** A request on its way. */
interface Flight {
  readonly sent: Sent;
  /** What a write got when it arrived. */
  readonly place?: string | undefined;
  /** 2 if the SDK sent it again. */
  readonly attempt: 1 | 2;
}

/** Where an actor stands. */
export interface ActorState {
  readonly moment: Moment;
  readonly flights: readonly Flight[];
  readonly crashed: boolean;
}

/** Everything that decides what may happen next. Never changed in place. */
export interface State {
  readonly store: Store;
  readonly actors: readonly ActorState[];
  /** Writes that their sender no longer waits for. */
  readonly ghosts: readonly Flight[];
  readonly fault?: { readonly kind: FaultKind; readonly actor: number } | undefined;
}

/** One thing that may happen next: to the request of an actor, to a ghost (no actor), or to an actor (no flight). */
export interface Choice {
  readonly actor?: number | undefined;
  readonly flight?: Flight | undefined;
  readonly what: "arrive" | "serve" | FaultKind;
}

/** The state before anybody has done anything, in a bucket that may hold something. */
export function firstState({ actors }: World, store: Store): State {
  return { store, actors: actors.map(({ start }) => moved(undefined, start)), ghosts: [] };
}

/** Tells whether no actor will send a request any more. Ghosts may still land, or not. */
export function isOver(state: State): boolean {
  return state.actors.every(({ moment, crashed }) => crashed || moment.ending !== undefined);
}

/** Everything that may happen next. */
export function choices({ s3, faults, oneByOne = false }: World, state: State): Choice[] {
  const all: Choice[] = [];
  const mayFail = faults && state.fault === undefined;
  for (const [actor, { moment, flights, crashed }] of state.actors.entries()) {
    if (crashed || moment.ending !== undefined) continue;
    for (const flight of flights) {
      const what = nextOf(s3, flight);
      all.push({ actor, flight, what });
      if (!mayFail) continue;
      const stage = what === "arrive" ? "sent" : flight.place === undefined ? "whole" : "arrived";
      for (const kind of faultsOf(flight.sent.request, stage)) all.push({ actor, flight, what: kind });
    }
    if (mayFail) all.push({ actor, what: "crash" });
    if (oneByOne) break;
  }
  for (const flight of state.ghosts) all.push({ flight, what: nextOf(s3, flight) });
  return all;
}

function nextOf(s3: SimulatedS3, { sent, place }: Flight): "arrive" | "serve" {
  return place === undefined && s3.arrivesFirst(sent.request) ? "arrive" : "serve";
}

/** What a choice leads to, and what its actor was answered; a promise where an actor's reaction is not known yet. */
export function take(world: World, state: State, choice: Choice): Taken | Promise<Taken> {
  const { actor, flight, what } = choice;
  if (flight === undefined) return { state: crash(state, actor ?? 0) };
  const { request } = flight.sent;
  const fault = what === "arrive" || what === "serve" || actor === undefined ? state.fault : { kind: what, actor };
  const failed: State = { ...state, fault };
  if (what === "arrive") {
    const arrived = world.s3.arrive(state.store, request);
    if ("answer" in arrived) return answered(world, failed, choice, arrived.answer);
    return { state: replaced({ ...failed, store: arrived.store }, choice, { ...flight, place: arrived.place }) };
  }
  if (isRefusal(what)) return answered(world, failed, choice, refusals[what]);
  if (what === "late-write" || what === "error-late")
    return answered(world, withGhost(failed, flight), choice, delays[what]);
  const { store, answer } = world.s3.serve(state.store, request, flight.place);
  const served: State = { ...failed, store };
  const again: Flight = { sent: flight.sent, attempt: 1 };
  switch (what) {
    case "serve":
      return answered(world, served, choice, flight.attempt === 2 ? secondAttempt(answer) : answer);
    case "lost-answer":
    case "error-after":
      return answered(world, served, choice, disguises[what]);
    case "delivered-twice":
      return answered(world, withGhost(served, again), choice, answer);
    case "retried":
      return { state: replaced(served, choice, { ...again, attempt: 2 }) };
    case "crash":
      throw new Error("a request does not crash");
  }
}

/** What a step led to. */
export interface Taken {
  readonly state: State;
  /** What the actor was answered, if it was. */
  readonly answer?: S3Answer;
}

/** Two states with the same key have the same future. */
export function keyOf(state: State): string {
  const actors = state.actors.map(({ moment, crashed, flights }) => {
    const way = crashed ? "x" : flights.map(wayOf).join("");
    return `${moment.id}${way}`;
  });
  const ghosts = state.ghosts.map((ghost) => `${ghost.sent.request.by}${ghost.sent.id}${wayOf(ghost)}`).sort();
  const fault = state.fault === undefined ? "" : `${state.fault.kind}${state.fault.actor}`;
  return `${actors.join(",")}|${ghosts.join(",")}|${fault}|${numberOf(state.store)}`;
}

function wayOf({ place, attempt }: Flight): string {
  return `${place ?? "-"}${attempt === 2 ? "*" : ""}`;
}

/** Answers the flight of a choice to its actor; a ghost has none. */
function answered(world: World, state: State, { actor, flight }: Choice, answer: S3Answer): Taken | Promise<Taken> {
  if (flight === undefined) throw new Error("there is nothing to answer");
  const behaviour = actor === undefined ? undefined : world.actors[actor];
  const before = actor === undefined ? undefined : state.actors[actor];
  if (behaviour === undefined || before === undefined)
    return { state: { ...state, ghosts: state.ghosts.filter((ghost) => ghost !== flight) } };
  const move = (moment: Moment): Taken => {
    const after = moved(before, moment);
    const actors = state.actors.map((other, i) => (i === actor ? after : other));
    // An actor that has ended waits for nothing: its pending requests are unused reads, or ghosts.
    const left = moment.ending === undefined ? [] : after.flights.filter(isWrite);
    return { state: { ...state, actors, ghosts: [...state.ghosts, ...left] }, answer };
  };
  const moment = behaviour.after(before.moment, flight.sent, answer);
  return moment instanceof Promise ? moment.then(move) : move(moment);
}

function moved(before: ActorState | undefined, moment: Moment): ActorState {
  const flights = moment.waiting.map(
    (sent): Flight => before?.flights.find((flight) => flight.sent.id === sent.id) ?? { sent, attempt: 1 },
  );
  return { moment, flights, crashed: false };
}

/** Puts another flight in the place of a choice's. */
function replaced(state: State, { actor, flight }: Choice, by: Flight): State {
  const swap = (flights: readonly Flight[]) => flights.map((other) => (other === flight ? by : other));
  if (actor === undefined) return { ...state, ghosts: swap(state.ghosts) };
  const actors = state.actors.map((other, i) => (i === actor ? { ...other, flights: swap(other.flights) } : other));
  return { ...state, actors };
}

function withGhost(state: State, flight: Flight): State {
  return { ...state, ghosts: [...state.ghosts, flight] };
}

function crash(state: State, actor: number): State {
  const ghosts = [...state.ghosts, ...(state.actors[actor]?.flights.filter(isWrite) ?? [])];
  const actors = state.actors.map((other, i) => (i === actor ? { ...other, flights: [], crashed: true } : other));
  return { ...state, actors, ghosts, fault: { kind: "crash", actor } };
}

function isWrite({ sent }: { readonly sent: { readonly request: S3Request } }): boolean {
  return sent.request.op === "PUT";
}

function secondAttempt(answer: S3Answer): S3Answer {
  return answer.status === 200 || answer.status === undefined ? answer : { ...answer, attempts: 2 };
}
