import type { Clock, OneObjectOutcome, UploadSink } from "@presign-once/core";
import { describeProof } from "@presign-once/core/http";

import type { Common } from "./common-options.ts";

/** How long an undecided answer is kept, in milliseconds: a flood of requests must not try again each time. */
const UNDECIDED_MS = 10_000;
/**
 * Longest wait for a try that another request has begun, in milliseconds. In Workers it ends with that request, and then
 * never answers.
 */
const MAX_WAIT_MS = 25_000;

/**
 * Creates a check whether a sink's store keeps one object of a key. It runs at the first request, because neither a
 * synchronous factory nor a Worker's start can run it, and is remembered once it is proven or broken. Requests that arrive
 * meanwhile wait for the same check. Each check is a line of the log, and
 * `onError` is told of one that is not proven.
 */
export function createProofGate(deps: {
  readonly sink: UploadSink;
  readonly clock: Clock;
  readonly writeLine: Common["writeLine"];
}): () => Promise<OneObjectOutcome> {
  let known: OneObjectOutcome | undefined;
  let knownUntil = Infinity;
  let trying: Promise<OneObjectOutcome> | undefined;

  async function tryIt(): Promise<OneObjectOutcome> {
    const outcome = await askSink(deps.sink);
    deps.writeLine(describeProof(outcome), {
      requestId: undefined,
      reason: `retries-${outcome.status}`,
      cause:
        outcome.status === "broken"
          ? new Error(outcome.seen)
          : outcome.status === "undecided"
            ? outcome.cause
            : undefined,
    });
    known = outcome;
    knownUntil = outcome.status === "undecided" ? deps.clock.now().getTime() + UNDECIDED_MS : Infinity;
    return outcome;
  }

  return async () => {
    if (known !== undefined && deps.clock.now().getTime() < knownUntil) return known;
    const mine = (trying ??= tryIt());
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<OneObjectOutcome>((resolve) => {
      timer = setTimeout(() => resolve({ status: "undecided", cause: new Error("the try did not end") }), MAX_WAIT_MS);
    });
    const outcome = await Promise.race([mine, late]);
    clearTimeout(timer);
    if (trying === mine) trying = undefined;
    return outcome;
  };
}

async function askSink(sink: UploadSink): Promise<OneObjectOutcome> {
  try {
    return await sink.proveOneObject();
  } catch (cause) {
    return { status: "undecided", cause };
  }
}
