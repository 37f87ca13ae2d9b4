import { setImmediate } from "node:timers/promises";

import type { S3Client } from "@aws-sdk/client-s3";
import type { Deadline } from "@presign-once/adapter-s3";
import type { ClaimOutcome, RegisterOutcome, RevokeOutcome } from "@presign-once/core";

import type { S3Answer, S3Request } from "./s3-exchange.ts";
import { readCommand, toSdkAnswer } from "./sdk-shapes.ts";

/** A user of an index: usually a claimant, or an issuer that registers again, or an operator that revokes. */
export interface Actor {
  readonly name: string;
  /** Runs the real code once, on an S3 and a time that are not its own. */
  run(s3: S3Client, newDeadline: () => Deadline): Promise<Outcome>;
}

/** What any of them may be told. */
type Outcome = ClaimOutcome | RegisterOutcome | RevokeOutcome;

/** What an actor was told in the end. */
export interface Ending {
  readonly status: Outcome["status"] | "threw";
  readonly mayHaveLanded?: boolean;
}

/** A request that waits for its answer; `id` counts the requests of one actor. */
export interface Sent {
  readonly id: number;
  readonly request: S3Request;
}

/** What can be seen of an actor from outside. */
export interface View {
  readonly waiting: readonly Sent[];
  readonly ending: Ending | undefined;
}

/** An actor with running code, suspended at its requests. */
export interface RunningActor {
  view(): View;
  /** Answers one request, and lets the code run until it waits again or ends. */
  answer(id: number, answer: S3Answer): Promise<void>;
}

/** How long an actor may take until its first request, in turns of the event loop. */
const MAX_TURNS = 1_000_000;

/**
 * Starts an actor on an S3 that answers only when told to.
 *
 * Deterministic: from its first request on, nothing that the code waits for but `send` may take longer than the
 * microtasks of one turn; requests run without a clock, and a pause ends at once, with `true` the first `pauses` times.
 *
 * @param pauses  how often `deadline.pause()` grants another attempt
 */
export async function startActor(actor: Actor, pauses: number): Promise<RunningActor> {
  const sent: { request: S3Request; settle: ((answer: S3Answer) => void) | undefined }[] = [];
  let ending: Ending | undefined;
  let misuse: Error | undefined;

  const send = (command: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      try {
        const request = readCommand(actor.name, command);
        const settle = (answer: S3Answer) => {
          const sdk = toSdkAnswer(request, answer);
          if ("thrown" in sdk) reject(sdk.thrown);
          else resolve(sdk.returned);
        };
        sent.push({ request, settle });
      } catch (error) {
        misuse ??= error instanceof Error ? error : new Error(String(error)); // the code under test would take it for an answer of S3
      }
    });

  void actor
    .run({ send } as unknown as S3Client, () => countedDeadline(pauses))
    .then(
      (outcome) => (ending = toEnding(outcome)),
      () => (ending = { status: "threw" }),
    );
  // What comes before an actor's first request may be work of other threads: Web Crypto has no other way.
  for (let turn = 0; turn < MAX_TURNS && sent.length === 0 && ending === undefined && misuse === undefined; turn++)
    await setImmediate();

  return {
    view() {
      if (misuse !== undefined) throw misuse;
      const waiting = sent.flatMap(({ request, settle }, id) => (settle === undefined ? [] : [{ id, request }]));
      if (waiting.length === 0 && ending === undefined)
        throw new Error(`${actor.name} waits for something that is not S3`);
      return { waiting, ending };
    },
    async answer(id, answer) {
      const request = sent[id];
      if (request?.settle === undefined) throw new Error(`${actor.name} has no request ${id} that waits`);
      request.settle(answer);
      request.settle = undefined;
      await setImmediate();
    },
  };
}

function countedDeadline(pauses: number): Deadline {
  let left = pauses;
  return {
    run: (request) => request(new AbortController().signal),
    pause: () => Promise.resolve(left-- > 0),
    leavesTime: () => true,
  };
}

function toEnding(outcome: Outcome): Ending {
  return "mayHaveLanded" in outcome
    ? { status: outcome.status, mayHaveLanded: outcome.mayHaveLanded }
    : { status: outcome.status };
}
