import {
  type ClaimOutcome,
  createEdgeKeys,
  everybody,
  type RegisterOutcome,
  type SignatureIndex,
  type UploadSink,
} from "@presign-once/core";
import {
  createInMemoryIndex,
  createInMemorySink,
  createManualClock,
  createSequentialIds,
  type InMemoryObjects,
  type ManualClock,
} from "@presign-once/core/testing";

import { createRelay, type FetchHandler, type RelayProgress, type RelayWithIssuerOptions } from "../src/index.ts";

/** Where clients reach the relay of these tests. */
export const RELAY = "https://relay.example";
/** The secret of its key: nothing that is answered or logged may hold it. */
const SECRET = Buffer.alloc(32, "planted");
/** The one origin that may read answers. */
export const ORIGIN = "https://app.example";

/** A grant as `/url` returns it. */
export interface GrantJson {
  readonly id: string;
  readonly url: string;
  readonly method: "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string;
  readonly expiresAt: string;
  readonly retries?: "same-client";
}

/** A whole relay in memory, with everything that it did to the outside. */
export interface InMemoryRelay {
  readonly handle: FetchHandler;
  /** Asks for a grant; the query begins after `?`. */
  grant(query?: string): Promise<GrantJson>;
  /** Sends an upload; default: a PUT of `hello`. */
  upload(url: string, init?: RequestInit & { readonly duplex?: "half" }): Promise<Response>;
  readonly objects: InMemoryObjects;
  /** Log lines, parsed. */
  readonly lines: Readonly<Record<string, unknown>>[];
  /** Everything that was written, as it was. */
  readonly text: () => string;
  /** How many claims the index got, and how many uploads the sink. */
  readonly asked: { claims: number; stores: number };
  readonly progress: RelayProgress[];
  readonly clock: ManualClock;
}

/** Creates an {@link InMemoryRelay}; `claim`, `register` and `store` replace what the ports do. */
export function createInMemoryRelay(
  options: Partial<RelayWithIssuerOptions> & {
    readonly claim?: () => ClaimOutcome | Promise<ClaimOutcome>;
    readonly register?: () => RegisterOutcome;
    readonly store?: UploadSink["store"];
    readonly sinkBytes?: number;
    readonly requireNew?: boolean;
  } = {},
): InMemoryRelay {
  const { claim, register, store, sinkBytes = 1_000_000, requireNew = false, ...given } = options;
  const objects: InMemoryObjects = new Map();
  const written: string[] = [];
  const asked = { claims: 0, stores: 0 };
  const progress: RelayProgress[] = [];
  const clock = createManualClock();
  const memory = createInMemoryIndex(undefined, undefined, clock);
  const index: SignatureIndex = {
    ...memory,
    register: async (hash, entry) => register?.() ?? memory.register(hash, entry),
    async claim(hash, claimant) {
      asked.claims++;
      return claim?.() ?? memory.claim(hash, claimant);
    },
  };
  const room = createInMemorySink({ objects, maxBytes: sinkBytes, requireNew });
  const sink: UploadSink = {
    ...room,
    async store(upload, body) {
      asked.stores++;
      return (store ?? room.store)(upload, body);
    },
  };
  const handle = createRelay({
    ...{ index, sink, clock, ids: createSequentialIds(), authorizer: everybody, corsOrigins: [ORIGIN] },
    keys: createEdgeKeys([{ id: "k1", secret: SECRET }]),
    writeLine: (line) => void written.push(line),
    onProgress: (step) => void progress.push(step),
    ...given,
  });
  return {
    ...{ handle, objects, asked, progress, clock },
    get lines() {
      return written.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    text: () => written.join("\n"),
    async grant(query = "") {
      const base = given.basePath ?? "";
      const accept = { accept: "application/json" };
      const answer = await handle(new Request(`${RELAY}${base}/url?${query}`, { headers: accept }));
      if (answer.status !== 200) throw new Error(`no grant: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as GrantJson;
    },
    upload(url, init = {}) {
      const withLength = init.body === undefined ? { body: "hello", headers: { "content-length": "5" } } : {};
      return handle(new Request(url, { method: "PUT", ...withLength, ...init } as RequestInit));
    },
  };
}

/** A body of unknown length, in chunks. */
export function streamOf(pieces: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>): ReadableStream {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) yield typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
  }
  const iterator = bytes();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The code of an error answer. */
export async function codeOf(answer: Response): Promise<string | undefined> {
  return /<Code>(\w+)<\/Code>/.exec(await answer.clone().text())?.[1];
}
