import { type Claimant, SAME_CLIENT } from "@presign-once/core";

import {
  claim,
  deletion,
  download,
  type IndexFactory,
  type IssuedLink,
  type IssuedUpload,
  issueLink,
  issueUpload,
  oneForAll,
  registration,
  revocation,
  type UploadFlaw,
  wholeClaim,
  wholeUpload,
} from "./actors.ts";
import { type Behaviour, studyBehaviour } from "./behaviour.ts";
import { type Exploration, explore } from "./explore.ts";
import { type Actor, startActor } from "./running-actor.ts";
import type { State, World } from "./scheduler.ts";
import { createSimulatedS3, type S3Model, type SimulatedS3, type Store } from "./simulated-s3.ts";
import { judge, judgeDownloads, judgeRetries, type Verdict, type Violation } from "./verdict.ts";

/** What to explore. */
export interface Scenario {
  readonly createIndex: IndexFactory;
  readonly model: S3Model;
  /** How many claimants there are: A, B, C. */
  readonly claimants: 1 | 2 | 3;
  /** Whether one fault may happen in a schedule. */
  readonly faults: boolean;
  /** How often a claimant has time for another attempt; default 2. */
  readonly pauses?: number;
  /** A claimant begins only when those before it have ended or crashed. */
  readonly oneByOne?: boolean;
  /** All claimants call themselves by one name, as they never may. */
  readonly reused?: boolean;
  /** The issuer registers the URL once more meanwhile. */
  readonly registersAgain?: boolean;
  /** An operator revokes the URL meanwhile. */
  readonly revokes?: boolean;
  /**
   * The URL allows retries: A and B are requests of one client, C is an attacker, and all of them are uploads from end to end.
   * `deleted`: in sequence A, then the owner's deletion of the object, then B.
   */
  readonly retries?: "granted" | "deleted";
  /** What is wrong with such an upload; default: nothing. */
  readonly uploadFlaw?: UploadFlaw;
  /**
   * The URL is a link for one download: A and B come with one pass, as one client does, and C with another.
   * `one-request`: not even the first client may come again.
   */
  readonly downloads?: "one-client" | "one-request";
  /** All passes make one claimant, as they never may. */
  readonly passesAlike?: boolean;
  /** Claims are made by `createClaimer` of whole requests, not of the index alone. */
  readonly whole?: boolean;
}

/** The start of a scenario: the URL is registered and not claimed. */
export interface Prepared {
  readonly world: World;
  readonly store: Store;
  readonly programs: readonly Actor[];
}

/** Explores scenarios, and remembers from one to the next what it learnt of the code under test. */
export interface Laboratory {
  prepare(scenario: Scenario): Promise<Prepared>;
  /** @param stopAt  end as soon as this was found: no shorter schedule shows it */
  explore(scenario: Scenario, stopAt?: Violation): Promise<Exploration>;
  /** How often code under test was run, each time from its start. */
  runs(): number;
}

/** How often a claimant has time for another attempt, unless a scenario says otherwise: enough for any one fault. */
const PAUSES = 2;
const REGISTRAR = "R";
const REVOKER = "V";
const OWNER = "O";

/** Creates a laboratory. */
export async function createLaboratory(): Promise<Laboratory> {
  const plainUpload = await issueUpload();
  const retriedUpload = await issueUpload(SAME_CLIENT);
  const links = { "one-client": await issueLink(), "one-request": await issueLink("none") };
  const known = new Map<IndexFactory, Map<string, Promise<Behaviour>>>();
  const studied: Behaviour[] = [];

  async function study(
    actor: Actor,
    { createIndex, pauses = PAUSES, reused, whole, retries, uploadFlaw, downloads, passesAlike }: Scenario,
  ): Promise<Behaviour> {
    const behaviours = known.get(createIndex) ?? new Map<string, Promise<Behaviour>>();
    known.set(createIndex, behaviours);
    const key = [actor.name, pauses, reused, whole, retries, uploadFlaw, downloads, passesAlike].join();
    const behaviour = behaviours.get(key) ?? studyBehaviour(actor, pauses);
    behaviours.set(key, behaviour);
    if (!studied.includes(await behaviour)) studied.push(await behaviour);
    return await behaviour;
  }

  async function prepare(scenario: Scenario): Promise<Prepared> {
    const { createIndex, model, faults, oneByOne = false, registersAgain = false, revokes = false } = scenario;
    const s3 = createSimulatedS3(model);
    const upload = uploadOf(scenario);
    const store = await runAlone(s3, [], registration("I", createIndex, upload));
    const programs = (["A", "B", "C"] as const)
      .slice(0, scenario.claimants)
      .map((name) => claimOf(name, scenario, upload));
    if (scenario.retries === "deleted") programs.splice(1, 0, deletion(OWNER, upload));
    if (revokes) programs.push(revocation(REVOKER, createIndex, upload));
    if (registersAgain) programs.push(registration(REGISTRAR, createIndex, upload));
    const actors: Behaviour[] = [];
    for (const program of programs) actors.push(await study(program, scenario));
    return { world: { s3, actors, faults, oneByOne }, store, programs };
  }

  function uploadOf({ retries, downloads }: Scenario): IssuedUpload | IssuedLink {
    if (downloads !== undefined) return links[downloads];
    return retries === undefined ? plainUpload : retriedUpload;
  }

  return {
    prepare,
    async explore(scenario, stopAt) {
      const { world, store } = await prepare(scenario);
      const { s3, actors } = world;
      if (scenario.retries !== undefined) {
        const names = actors.map(({ name }) => name);
        const { key } = uploadOf(scenario);
        return await explore(world, store, (state) => judgeRetries(state, names, key), stopAt);
      }
      if (scenario.downloads !== undefined) {
        const names = actors.map(({ name }) => name);
        const onlyOneRequest = scenario.downloads === "one-request";
        return await explore(world, store, (state) => judgeDownloads(state, names, onlyOneRequest), stopAt);
      }
      const upload = uploadOf(scenario);
      const unhurried = { ...scenario, pauses: PAUSES };
      const fresh = await study(claimOf("F", unhurried, upload), unhurried);
      const names = actors.map(({ name }) => name);
      const roles = {
        claimants: names.filter((name) => name !== REGISTRAR && name !== REVOKER),
        revoker: names.find((name) => name === REVOKER),
      };
      const freshWins = new Map<Store, boolean>();
      const verdictOn = async (state: State): Promise<Verdict> => {
        let wins = freshWins.get(state.store);
        if (wins === undefined) freshWins.set(state.store, (wins = await winsAlone(s3, state.store, fresh)));
        return judge(state, roles, wins, scenario.pauses === 0);
      };
      return await explore(world, store, verdictOn, stopAt);
    },
    runs: () => studied.reduce((sum, { runs }) => sum + runs(), 0),
  };
}

function claimOf(
  name: "A" | "B" | "C" | "F",
  { createIndex, reused, whole, retries, uploadFlaw, passesAlike }: Scenario,
  upload: IssuedUpload | IssuedLink,
): Actor {
  if ("passes" in upload) {
    const request = name === "C" ? upload.passes.second : upload.passes.first;
    return download(name, createIndex, request, passesAlike === true ? oneForAll : undefined);
  }
  if (retries !== undefined) {
    const by = name === "C" ? { claimant: "c".repeat(32) as Claimant } : { secret: "s".repeat(22) };
    return wholeUpload(name, createIndex, upload, by, uploadFlaw);
  }
  const id = (reused === true && name !== "F" ? "a" : name.toLowerCase()).repeat(32) as Claimant;
  return whole === true ? wholeClaim(name, createIndex, upload, id) : claim(name, createIndex, upload, id);
}

/** Lets one actor do all that it wants, and returns what the bucket then holds. */
async function runAlone(s3: SimulatedS3, store: Store, actor: Actor): Promise<Store> {
  const running = await startActor(actor, 0);
  let held = store;
  for (let [sent] = running.view().waiting; sent !== undefined; [sent] = running.view().waiting) {
    const served = s3.serve(held, sent.request);
    held = served.store;
    await running.answer(sent.id, served.answer);
  }
  const status = running.view().ending?.status;
  if (status !== "registered") throw new Error(`the URL was not registered: ${status}`);
  return held;
}

/** Tells whether a claimant that is alone with a bucket passes. */
async function winsAlone(s3: SimulatedS3, store: Store, { start, after }: Behaviour): Promise<boolean> {
  let held = store;
  let moment = start;
  for (let [sent] = moment.waiting; sent !== undefined; [sent] = moment.waiting) {
    const served = s3.serve(held, sent.request);
    held = served.store;
    moment = await after(moment, sent, served.answer);
  }
  return moment.ending?.status === "claimed";
}
