import {
  type Authorizer,
  createClaimer,
  createDownloader,
  createDownloadIssuer,
  createEdgeKeys,
  createIssuer,
  everybody,
  MAX_PUT_BYTES,
  type ClaimOutcome,
  type DownloadRequest,
  type RegisterOutcome,
  type SignatureHash,
} from "@presign-once/core";
import { createCors, type GrantLimits } from "@presign-once/core/http";
import {
  createInMemoryHistory,
  type InMemoryUploads,
  createInMemoryIndex,
  createInMemoryPresigner,
  createInMemoryStore,
  createManualClock,
  createSequentialIds,
  type InMemoryStore,
  type ManualClock,
} from "@presign-once/core/testing";

import { SECRET } from "../../../test/support/edge-settings.ts";
import { type Sent, viewerEvent } from "../../../test/support/viewer-event.ts";
import type { GeneratedResponse, ViewerRequest } from "../src/cloudfront/cloudfront.ts";
import { createIssueHandler } from "../src/functions/issue-handler.ts";
import { createVerifyHandler } from "../src/functions/verify-handler.ts";

/** Where clients reach the edge of these tests. */
export const EDGE = "https://d111111abcdef8.cloudfront.net";
/** The one origin that is allowed to read answers. */
export const ORIGIN = "https://app.example";

/** Both handlers over one index in memory, with everything that they did to the outside. */
export interface InMemoryEdge {
  /** Sends a request to the function behind `/url`; default: `GET /url`. */
  askForUrl(sent?: Partial<Sent>): Promise<ViewerRequest | GeneratedResponse>;
  /** An issued URL; `query` are the requested parameters. */
  issued(query?: string): Promise<string>;
  /** A link for one download. */
  linked(request?: Partial<DownloadRequest>): Promise<string>;
  /** Sends a request to the function in front of the bucket; default: an upload. */
  upload(sent: Sent): Promise<ViewerRequest | GeneratedResponse>;
  /** Every log line of both functions. */
  readonly lines: string[];
  /** Every call of the index and the presigner, in order. */
  readonly calls: ("presign" | "register" | "claim")[];
  readonly store: InMemoryStore;
  readonly clock: ManualClock;
}

/** Creates both handlers as `composition.ts` does, but in memory; `register` and `claim` replace the index's answers. */
export function createInMemoryEdge(
  options: {
    readonly origins?: readonly string[];
    readonly baseUrl?: string;
    readonly ifNoneMatch?: boolean;
    readonly authorizer?: Authorizer;
    readonly limits?: Partial<GrantLimits>;
    readonly register?: () => RegisterOutcome;
    readonly claim?: () => ClaimOutcome;
    /** Keys with a stored object; without it no client may retry. */
    readonly stored?: InMemoryUploads;
  } = {},
): InMemoryEdge {
  const calls: InMemoryEdge["calls"] = [];
  const lines: string[] = [];
  const store = createInMemoryStore();
  const clock = createManualClock();
  const ids = createSequentialIds();
  const keys = createEdgeKeys([{ id: "k1", secret: Buffer.from(SECRET, "base64url") }]);
  const cors = createCors({ origins: options.origins ?? [ORIGIN] });
  const writeLine = (line: string): number => lines.push(line);

  const real = createInMemoryIndex(store, undefined, clock);
  const index: typeof real = {
    ...real,
    async register(hash, entry) {
      calls.push("register");
      return options.register?.() ?? real.register(hash, entry);
    },
    async claim(hash: SignatureHash, claimant) {
      calls.push("claim");
      return options.claim?.() ?? real.claim(hash, claimant);
    },
  };
  const signs = createInMemoryPresigner();
  const presigner: typeof signs = {
    async presign(request) {
      calls.push("presign");
      return signs.presign(request);
    },
  };

  const { baseUrl, ifNoneMatch = false, authorizer = everybody } = options;
  const limits = {
    expiresInSeconds: 900,
    maxExpiresInSeconds: 3_600,
    maxBytes: MAX_PUT_BYTES,
    retries: options.stored !== undefined,
    ...options.limits,
  };
  const issuer = createIssuer({ presigner, index, keys, clock, ids, ifNoneMatch });
  const issue = createIssueHandler({ issuer, authorizer, cors, writeLine, limits, baseUrl });
  const retries =
    options.stored === undefined ? undefined : { history: createInMemoryHistory(options.stored), leaseSeconds: 300 };
  const claimer = createClaimer({ index, keys, clock, ids, retries });
  const terms = { keyPrefix: "uploads/", maxLifeSeconds: 3_600 };
  const downloader = createDownloader({ index, keys, clock, ids, presigner, terms, leaseSeconds: 300 });
  const verify = createVerifyHandler({ claimer, downloader, cors, writeLine });

  return {
    lines,
    calls,
    store,
    clock,
    askForUrl: async (sent = {}) => issue(viewerEvent({ method: "GET", url: `${EDGE}/url`, ...sent })),
    async linked(request = {}) {
      const links = createDownloadIssuer({ index: real, keys, clock, ids });
      const outcome = await links.issue({ baseUrl: EDGE, expiresInSeconds: 900, key: "uploads/a.pdf", ...request });
      if (outcome.status !== "issued") throw new Error("no link was issued");
      return outcome.grant.url;
    },
    upload: async (sent) => verify(viewerEvent(sent)),
    async issued(query = "") {
      const answer = await issue(viewerEvent({ method: "GET", url: `${EDGE}/url${query}` }));
      if (!("status" in answer) || answer.status !== "200") throw new Error("no URL was issued");
      return answer.body;
    },
  };
}
