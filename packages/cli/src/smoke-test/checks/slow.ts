import { randomBytes } from "node:crypto";

import { CheckFailed } from "../check.ts";
import { type Deployment, expectRefused, expectStored, type HttpCheck, PASSED } from "../deployment-session.ts";
import { isRefusal } from "../explain-answer.ts";
import { CUT, type HttpBody } from "../http-message.ts";

/** Lengths of time and of bodies; smaller in tests. */
export interface Pace {
  /** Life of a URL that is used late. */
  readonly lifeSeconds: number;
  /** When it is used. */
  readonly lateSeconds: number;
  /** How long an upload takes that is slower than CloudFront waits for anything else. */
  readonly uploadSeconds: number;
  readonly largeBytes: number;
}

/** What is asked of a deployment. CloudFront waits up to 60 s for an origin, and an upload may take longer. */
const PACE: Pace = { lifeSeconds: 60, lateSeconds: 45, uploadSeconds: 65, largeBytes: 101 * 1_024 ** 2 };

/** About how long the slow checks wait, in seconds, without the time that the large upload takes. */
export function slowSeconds({ lifeSeconds, uploadSeconds }: Pace = PACE): number {
  return lifeSeconds + 1 + uploadSeconds;
}

const PIECE_BYTES = 64 * 1_024;

/** What takes minutes. */
export function slowChecks(pace: Pace = PACE): readonly HttpCheck[] {
  return [
    {
      name: "last-minute",
      title: "a URL is good to its end, and no longer",
      async run(session) {
        const parameters = { "expires-in": String(pace.lifeSeconds) };
        const [used, left] = [await session.ask(parameters), await session.ask(parameters)];
        await session.deployment.wait(pace.lateSeconds);
        expectStored(await session.upload(used.grant, randomBytes(PIECE_BYTES)));
        await session.deployment.wait(pace.lifeSeconds + 1 - pace.lateSeconds);
        expectRefused(await session.upload(left.grant, randomBytes(PIECE_BYTES)), "expired", "pin-ignored");
        return PASSED;
      },
    },

    {
      name: "throttled",
      title: `an upload that takes ${pace.uploadSeconds} s is stored`,
      async run(session) {
        const { grant } = await session.ask();
        expectStored(await session.upload(grant, trickle(pace.uploadSeconds, session.deployment.wait)));
        return PASSED;
      },
    },

    {
      name: "large",
      title: `an upload of ${Math.floor(pace.largeBytes / 1_024 ** 2)} MB is stored`,
      async run(session) {
        const { grant } = await session.ask();
        const { request, answer } = await session.upload(grant, zeros(pace.largeBytes));
        expectStored({ request, answer });
        return { status: "passed", note: `${(answer.ms / 1_000).toFixed(1)} s` };
      },
    },

    {
      name: "broken-off",
      title: "an upload that broke off uses the URL up, or leaves it as it was",
      async run(session) {
        const { grant } = await session.ask();
        const half = { ...zeros(2 * PIECE_BYTES), cutAfterBytes: PIECE_BYTES };
        await session.upload(grant, half).catch(ignoreCut);
        const again = await session.upload(grant, randomBytes(PIECE_BYTES));
        if (isRefusal(again.answer, "already-claimed")) return { status: "passed", note: "it was used up" };
        expectStored(again);
        return { status: "passed", note: "it was still unused" };
      },
    },
  ];
}

/** One piece a second. */
function trickle(seconds: number, wait: Deployment["wait"]): HttpBody {
  const piece = Buffer.alloc(1_024);
  return {
    lengthBytes: (seconds + 1) * piece.length,
    async *pieces() {
      yield piece;
      for (let passed = 0; passed < seconds; passed += 1) {
        await wait(1);
        yield piece;
      }
    },
  };
}

function zeros(lengthBytes: number): HttpBody {
  const piece = Buffer.alloc(PIECE_BYTES);
  return {
    lengthBytes,
    *pieces() {
      for (let left = lengthBytes; left > 0; left -= piece.length) yield piece.subarray(0, left);
    },
  };
}

function ignoreCut(error: unknown): void {
  const cause = error instanceof CheckFailed ? error.cause : error;
  if (!(cause instanceof Error && "code" in cause && cause.code === CUT)) throw error;
}
