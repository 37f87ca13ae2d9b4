import {
  type Clock,
  type EdgeKeys,
  type Ids,
  randomIds,
  type RetryRules,
  type SignatureIndex,
  systemClock,
  type UploadSink,
} from "@presign-once/core";
import * as forms from "@presign-once/core/forms";

import { type Common, type CommonOptions, invalid, readCommon } from "./common-options.ts";
import { createProofGate } from "./proof-gate.ts";
import { type CheckedHooks, readHooks, type RelayHooks } from "./relay-hooks.ts";

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
export interface RelayOptions extends CommonOptions, RelayHooks {
  readonly index: SignatureIndex;
  /** The same as the issuer's. */
  readonly keys: EdgeKeys;
  readonly sink: UploadSink;
  /** Where the relay is mounted, with a `/` at both ends, the same as the issuer's; default `/u/`. */
  readonly path?: string | undefined;
  /** Folders of the objects, each followed by `/`, the same as the issuer's; default `uploads/`. */
  readonly keyPrefix?: string | undefined;
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

/** {@link RelayOptions}, checked and complete. */
export interface Relay extends Common {
  readonly index: SignatureIndex;
  readonly keys: EdgeKeys;
  readonly sink: UploadSink;
  readonly path: string;
  readonly keyPrefix: string;
  readonly onProgress: RelayOptions["onProgress"];
  readonly hooks: CheckedHooks;
  readonly idleSeconds: number;
  readonly minBytesPerSecond: number;
  readonly maxUploadSeconds: number;
  readonly maxConcurrentUploads: number;
  readonly retries: RetryRules | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Checks {@link RelayOptions}. @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected */
export function readRelayOptions(options: RelayOptions): Relay {
  const {
    index,
    keys,
    sink,
    path = "/u/",
    keyPrefix = "uploads/",
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
  if (!forms.folders.is(keyPrefix)) throw invalid("keyPrefix", forms.folders.words);
  if (onProgress !== undefined && typeof onProgress !== "function") throw invalid("onProgress", "a function");
  if (!(idleSeconds > 0 && idleSeconds <= 3_600)) throw invalid("idleSeconds", "a number over 0, up to 3600");
  if (!(minBytesPerSecond >= 0 && minBytesPerSecond < Infinity))
    throw invalid("minBytesPerSecond", "a number, 0 or more");
  if (!(maxUploadSeconds > 0 && maxUploadSeconds <= MAX_UPLOAD_SECONDS))
    throw invalid("maxUploadSeconds", `a number over 0, up to ${MAX_UPLOAD_SECONDS}`);
  if (!Number.isInteger(maxConcurrentUploads) || maxConcurrentUploads < 1)
    throw invalid("maxConcurrentUploads", "a whole number of 1 or more");
  const common = readCommon(options);
  return {
    ...common,
    hooks: readHooks(options, common.tellError),
    ...{ index, keys, sink, path, keyPrefix, onProgress, clock, ids, retries: readRetries(options) },
    ...{ idleSeconds, minBytesPerSecond, maxUploadSeconds, maxConcurrentUploads },
  };
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
