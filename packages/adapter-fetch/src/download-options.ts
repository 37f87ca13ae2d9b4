import {
  type Clock,
  DOWNLOAD_PATH,
  type DownloadSource,
  type EdgeKeys,
  type Ids,
  MAX_TTL_SECONDS,
  randomIds,
  type SignatureIndex,
  systemClock,
} from "@presign-once/core";
import * as forms from "@presign-once/core/forms";

import { type Common, type CommonOptions, invalid, readCommon } from "./common-options.ts";

/** One day: a link that is open for longer is one that several clients may share. */
const MAX_LEASE_SECONDS = 86_400;

/** Where files come from, and for how long. */
export interface DownloadRules {
  readonly source: DownloadSource;
  /** How long the client that was first may come again, until its link ends, in seconds, up to 86,400; default 3,600. */
  readonly leaseSeconds?: number | undefined;
}

/** What a handler of downloads is made of. */
export interface DownloadOptions extends CommonOptions, DownloadRules {
  readonly index: SignatureIndex;
  /** The same as the issuer's. */
  readonly keys: EdgeKeys;
  /** Where it is mounted, with a `/` at both ends, the same as the issuer's; default `/d/`. */
  readonly path?: string | undefined;
  /** Folders of the objects, each followed by `/`, the same as the issuer's; default `uploads/`. */
  readonly keyPrefix?: string | undefined;
  /** Default: the runtime's. */
  readonly clock?: Clock | undefined;
  /** Default: random. */
  readonly ids?: Ids | undefined;
}

/** {@link DownloadOptions}, checked and complete. */
interface Downloads extends Common {
  readonly index: SignatureIndex;
  readonly keys: EdgeKeys;
  readonly source: DownloadSource;
  readonly leaseSeconds: number;
  readonly path: string;
  readonly terms: { readonly keyPrefix: string; readonly maxLifeSeconds: number };
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Checks {@link DownloadOptions}. @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected */
export function readDownloadOptions(options: DownloadOptions): Downloads {
  const { index, keys, source, leaseSeconds = 3_600, path = DOWNLOAD_PATH, keyPrefix = "uploads/" } = options;
  const { clock = systemClock, ids = randomIds } = options;
  if (typeof index?.claim !== "function") throw invalid("index", "a SignatureIndex");
  if (typeof keys?.verifyTag !== "function")
    throw invalid("keys", "EdgeKeys: see createEdgeKeys of @presign-once/core");
  if (typeof source?.open !== "function") throw invalid("source", "a DownloadSource");
  if (!Number.isInteger(leaseSeconds) || leaseSeconds < 1 || leaseSeconds > MAX_LEASE_SECONDS)
    throw invalid("leaseSeconds", `a whole number from 1 to ${MAX_LEASE_SECONDS}`);
  if (!forms.mountPath.is(path)) throw invalid("path", forms.mountPath.words);
  if (!forms.folders.is(keyPrefix)) throw invalid("keyPrefix", forms.folders.words);
  const terms = { keyPrefix, maxLifeSeconds: MAX_TTL_SECONDS };
  return { ...readCommon(options), index, keys, source, leaseSeconds, path, terms, clock, ids };
}
