import {
  type AcceptedRelay,
  type Clock,
  createRelayClaimer,
  type EdgeKeys,
  forms,
  type Ids,
  type NotAdmitted,
  randomIds,
  RELAY_METHODS,
  type RetryRules,
  type SignatureHash,
  type SignatureIndex,
  type SinkOutcome,
  systemClock,
  type UploadSink,
} from "@presign-once/core";
import {
  describeDecision,
  describeFault,
  describeRelayed,
  errorAnswer,
  errorForm,
  type HttpAnswer,
  refusalAnswer,
  storedAnswer,
  wireError,
  type WireError,
} from "@presign-once/core/http";

import { attempt, type CommonOptions, invalid, readCommon } from "./common-options.ts";
import type { FetchHandler } from "./fetch-handler.ts";
import { headerFields, toResponse } from "./http-shapes.ts";
import { createProofGate } from "./proof-gate.ts";
import { receiveBody, type ReceivedBody } from "./received-body.ts";
import { type NotAdmittedReason, type RelayFailure, wireErrorOfFailure } from "./relay-answers.ts";
import { type BodyReader, takeBody } from "./take-body.ts";

/** A week: the longest life of a URL, and less than the longest timer of a runtime. */
const MAX_UPLOAD_SECONDS = 604_800;

/** How far an upload is. */
export interface RelayProgress {
  readonly requestId: string;
  /** Names the grant: `presign-once-id` of the object's metadata. */
  readonly id: string;
  readonly key: string;
  /** Bytes that were taken from the client; those in the store are fewer, by the sink's memory at most. */
  readonly loadedBytes: number;
  /** Bytes in all; `undefined` where the length was not declared. */
  readonly totalBytes: number | undefined;
}

/** What a relay is made of. */
export interface RelayOptions extends CommonOptions {
  readonly index: SignatureIndex;
  /** The same as the issuer's. */
  readonly keys: EdgeKeys;
  readonly sink: UploadSink;
  /** Where the relay is mounted, with a `/` at both ends, the same as the issuer's; default `/u/`. */
  readonly path?: string | undefined;
  /** Told of each chunk that came; not waited for. What it throws, or rejects with, is dropped. */
  readonly onProgress?: ((progress: RelayProgress) => void) | undefined;
  /** Longest silence of a client in the middle of an upload, in seconds, up to 3,600; default 60. */
  readonly idleSeconds?: number | undefined;
  /**
   * Lowest rate of an upload, in bytes a second, on the average of each minute in which the relay waited for the client;
   * default 1,000. 0: any, so that clients that send a byte now and then may hold the memory of an upload for its whole time.
   */
  readonly minBytesPerSecond?: number | undefined;
  /** Longest time of an upload, in seconds; default 86,400, one day. */
  readonly maxUploadSeconds?: number | undefined;
  /** Most uploads at once, each of which takes the sink's memory; beyond them 503, and nothing is claimed. Default 64. */
  readonly maxConcurrentUploads?: number | undefined;
  /**
   * How a client may try again whose URL was granted retries; default: no client may. The sink must require new keys. Before
   * the first such client may claim, its `proveOneObject` must say `proven`; until then retries are neither granted nor taken.
   * With `provenToKeepOne` of your own, that is asked instead: for a store that was tried before.
   */
  readonly retries?: RetryRules | undefined;
  /** Default: the runtime's. */
  readonly clock?: Clock | undefined;
  /** Default: random. */
  readonly ids?: Ids | undefined;
}

/**
 * Creates a handler that takes one upload for each URL and streams it into the sink.
 *
 * A PUT or POST to `<path><token>` is claimed once; what can be refused is refused before, without reading the body and
 * without using the URL up. From then on the URL is used up, whatever becomes of the body: one that breaks off or is not
 * what was granted leaves no object. Every request is a line in the log, and every upload another when it ends.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected
 * @example
 * const handler = createRelayHandler({ index, keys, sink });
 */
export function createRelayHandler(options: RelayOptions): FetchHandler {
  const {
    index,
    keys,
    sink,
    path = "/u/",
    onProgress,
    idleSeconds = 60,
    minBytesPerSecond = 1_000,
    maxUploadSeconds = 86_400,
    maxConcurrentUploads = 64,
    clock = systemClock,
    ids = randomIds,
  } = options;
  if (typeof index?.claim !== "function") throw invalid("index", "a SignatureIndex");
  if (typeof keys?.verifyTag !== "function")
    throw invalid("keys", "EdgeKeys: see createEdgeKeys of @presign-once/core");
  if (typeof sink?.store !== "function") throw invalid("sink", "an UploadSink");
  if (!forms.mountPath.is(path)) throw invalid("path", forms.mountPath.words);
  if (onProgress !== undefined && typeof onProgress !== "function") throw invalid("onProgress", "a function");
  if (!(idleSeconds > 0 && idleSeconds <= 3_600)) throw invalid("idleSeconds", "a number over 0, up to 3600");
  if (!(minBytesPerSecond >= 0 && minBytesPerSecond < Infinity))
    throw invalid("minBytesPerSecond", "a number, 0 or more");
  if (!(maxUploadSeconds > 0 && maxUploadSeconds <= MAX_UPLOAD_SECONDS))
    throw invalid("maxUploadSeconds", `a number over 0, up to ${MAX_UPLOAD_SECONDS}`);
  if (!Number.isInteger(maxConcurrentUploads) || maxConcurrentUploads < 1)
    throw invalid("maxConcurrentUploads", "a whole number of 1 or more");
  const { cors, writeLine, requestIdOf } = readCommon(options);
  const retries = readRetries(options);
  let uploads = 0;
  const claimer = createRelayClaimer({ index, keys, clock, ids, limits: sink, retries });

  return async (request, context) => {
    const requestId = requestIdOf(request);
    const headers = headerFields(request);
    const { method } = request;
    if (method === "OPTIONS") return toResponse(cors.preflight(headers, requestId, RELAY_METHODS));
    const allowed = cors.headers(headers);
    const form = errorForm(headers);
    const refuse = (error: WireError): HttpAnswer => errorAnswer(error, requestId, allowed, form);

    let body: BodyReader | undefined;
    let isAdmitted = false;
    const dismiss = (): void => {
      body?.releaseLock();
      if (isAdmitted) uploads--;
    };
    let decision;
    try {
      decision = await claimer.claim<RelayNotAdmitted>({ method, token: tokenOf(request, path), headers }, (hash) => {
        if (uploads >= maxConcurrentUploads) return { status: "not-admitted", reason: "busy", hash };
        if (request.signal.aborted) return { status: "not-admitted", reason: "client-gone", hash };
        const taken = takeBody(request);
        if ("fault" in taken) return { status: "not-admitted", reason: "body-taken", hash, cause: taken.fault };
        body = taken.reader;
        isAdmitted = true;
        uploads++;
        return undefined;
      });
    } catch (fault) {
      dismiss();
      writeLine(describeFault("relay", requestId, fault));
      return toResponse(refuse(wireError("undecided")));
    }
    writeLine(describeDecision(decision, requestId, "relay"));
    if (decision.status !== "accepted") dismiss();
    if (decision.status === "not-admitted") return toResponse(refuse(wireError(decision.reason)));
    if (decision.status === "refused")
      return toResponse(refusalAnswer(decision, requestId, allowed, { form, methods: RELAY_METHODS }));

    const storing = store({ body, signal: request.signal }, decision, requestId).finally(() => uploads--);
    context?.waitUntil?.(storing);
    const end = await storing;
    return toResponse(
      end.failure === undefined ? storedAnswer(end.etag, allowed) : refuse(wireErrorOfFailure(end.failure, decision)),
    );
  };

  /** Streams the body of an accepted upload into the sink. Never throws. */
  async function store(
    { body: reader, signal }: { readonly body: BodyReader | undefined; readonly signal: AbortSignal },
    accepted: AcceptedRelay,
    requestId: string,
  ): Promise<RelayEnd> {
    const { id, hash, upload, maxBytes, sha256 } = accepted;
    const { key, declaredBytes } = upload;
    const begun = clock.now().getTime();
    const body = receiveBody(reader, {
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
    const { failure = "stored", leftBehind = false, cause } = end;
    const ms = clock.now().getTime() - begun;
    writeLine(describeRelayed(failure, requestId, { id, hash, bytes: body.bytes, ms, leftBehind, cause }));
    return end;
  }
}

/** An upload that could claim its URL, and cannot be taken now. */
interface RelayNotAdmitted extends NotAdmitted {
  readonly reason: NotAdmittedReason;
  readonly hash: SignatureHash;
  readonly cause?: unknown;
}

/** How an accepted upload ended. */
interface RelayEnd {
  /** Absent when it was stored. */
  readonly failure?: RelayFailure;
  readonly etag?: string | undefined;
  readonly leftBehind?: boolean;
  readonly cause?: unknown;
}

function endOf(outcome: SinkOutcome, { isWhole, fault }: ReceivedBody): RelayEnd {
  switch (outcome.status) {
    case "stored":
      // A sink that stores what did not come to its end breaks its contract; the client must not be told that all is well.
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

/** What stands after the path of the relay; nothing where the path is another one. */
function tokenOf(request: Request, path: string): string {
  const { href, origin } = new URL(request.url); // with the ? of an empty query, which `search` leaves out
  const target = href.slice(origin.length);
  return target.startsWith(path) ? target.slice(path.length) : "";
}

/** Checks the option `retries`, and sees to it that the store is tried before anyone relies on it. */
export function readRetries(options: RelayOptions): RetryRules | undefined {
  const { retries, sink, clock = systemClock } = options;
  if (retries === undefined) return undefined;
  checkRetries(retries, sink);
  const { writeLine } = readCommon(options);
  return { provenToKeepOne: createProofGate({ sink, clock, writeLine }), ...retries };
}

function checkRetries({ history, leaseSeconds }: RetryRules, { requiresNew, proveOneObject }: UploadSink): void {
  if (typeof history?.wasStored !== "function") throw invalid("retries.history", "an UploadHistory");
  if (!(leaseSeconds > 0)) throw invalid("retries.leaseSeconds", "a number over 0");
  if (typeof proveOneObject !== "function") throw invalid("sink", "one with proveOneObject, for retries");
  if (!requiresNew) throw invalid("sink", "one that requires new keys, for retries: see requireNew");
}
