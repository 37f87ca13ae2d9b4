import type { AcceptedRelay, SinkOutcome } from "@presign-once/core";
import { describeRelayed } from "@presign-once/core/http";

import { attempt } from "./common-options.ts";
import { receiveBody, type ReceivedBody } from "./received-body.ts";
import type { RelayFailure } from "./relay-answers.ts";
import { describeStored } from "./relay-hooks.ts";
import type { Relay } from "./relay-options.ts";
import type { UploadPlace } from "./upload-places.ts";

/** How an accepted upload ended. */
interface RelayEnd {
  /** Absent when it was stored. */
  readonly failure?: RelayFailure;
  readonly etag?: string | undefined;
  readonly leftBehind?: boolean;
  readonly cause?: unknown;
}

/**
 * Streams the body of an accepted upload into the sink, and writes the line of its end. Never throws.
 *
 * The place is freed before the operator's hooks are called: one that never settles holds no place.
 *
 * @param request.place   its body is released in the end; `undefined`: an empty body
 * @param request.signal  fires when the client has gone
 */
export async function storeUpload(
  relay: Relay,
  request: { readonly place: UploadPlace; readonly signal: AbortSignal; readonly requestId: string },
  accepted: AcceptedRelay,
): Promise<RelayEnd> {
  const { sink, clock, writeLine, onProgress, hooks, idleSeconds, minBytesPerSecond, maxUploadSeconds } = relay;
  const { place, signal, requestId } = request;
  const { id, hash, upload, maxBytes, sha256 } = accepted;
  const { key, declaredBytes } = upload;
  const begun = clock.now().getTime();
  const body = receiveBody(place.body, {
    ...{ maxBytes, declaredBytes, sha256, signal, idleMs: idleSeconds * 1000 },
    ...{ minBytesPerSecond, maxMs: maxUploadSeconds * 1000 },
    onBytes: (loadedBytes) =>
      attempt(() => onProgress?.({ requestId, id, key, loadedBytes, totalBytes: declaredBytes })),
  });
  let end: RelayEnd;
  try {
    end = endOf(await sink.store(upload, body.chunks), body);
  } catch (cause) {
    end = { failure: "store-undecided", cause };
  }
  body.close();
  place.leave();
  const { failure = "stored", leftBehind = false, cause } = end;
  const ms = clock.now().getTime() - begun;
  writeLine(describeRelayed(failure, requestId, { id, hash, bytes: body.bytes, ms, leftBehind, cause }));
  if (failure === "stored")
    await hooks.stored(describeStored(accepted, { requestId, bytes: body.bytes, etag: end.etag }));
  else hooks.notStored({ requestId, reason: failure, hash, id, cause });
  return end;
}

function endOf(outcome: SinkOutcome, { isWhole, fault }: ReceivedBody): RelayEnd {
  switch (outcome.status) {
    case "stored":
      // A sink that stores an incomplete body breaks its contract; the client must not get a success.
      return isWhole
        ? { etag: outcome.etag }
        : { failure: "store-undecided", cause: new Error("stored, but not whole") };
    case "occupied":
      return { failure: "occupied", leftBehind: outcome.leftBehind };
    case "failed": {
      const { mayBeStored, leftBehind, cause } = outcome;
      if (fault !== undefined && !mayBeStored) return { failure: fault, leftBehind };
      return { failure: mayBeStored ? "store-undecided" : "store-failed", leftBehind, cause };
    }
  }
}
