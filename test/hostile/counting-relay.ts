import { createServer } from "node:http";

import { createRelay } from "@presign-once/adapter-fetch";
import { createNodeListener } from "@presign-once/adapter-fetch/node";
import { createEdgeKeys } from "@presign-once/core";
import { createInMemorySink, createInMemorySource, type InMemoryObjects } from "@presign-once/core/testing";

import { listen } from "../servers/loopback.ts";
import { countClaims } from "./counting-edge.ts";
import { type RawAnswer, sendBytes } from "./raw-exchange.ts";
import { bytesOf, draftOf, type UploadDraft } from "./upload-draft.ts";

/** What a link gives. */
export const FILE = "the file";

/** A relay with downloads on a socket, over an index and a store in memory, and everything that it did to the outside. */
export interface CountingRelay {
  /** Issues a link, or an upload. */
  issue(query?: string): Promise<string>;
  /** The link with a fresh pass. */
  press(url: string): Promise<string>;
  /** Sends a draft, byte by byte as it is. */
  send(draft: UploadDraft): Promise<RawAnswer>;
  /** Requested claims, and those that won. */
  readonly claims: { readonly asked: number; readonly won: number };
  /** How many files were asked of the store, and how many uploads brought to it. */
  readonly store: { opens: number; stores: number };
  readonly lines: string[];
  /** Texts that only the relay may know. */
  readonly secrets: readonly string[];
  stop(): void;
}

/** Starts a {@link CountingRelay} on a free port of 127.0.0.1. */
export async function startCountingRelay(): Promise<CountingRelay> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const { index, claims } = countClaims();
  const object = { bytes: new TextEncoder().encode(FILE), headers: [], metadata: {} };
  const objects: InMemoryObjects = new Map([["uploads/a b.pdf", object]]);
  const [sink, source] = [createInMemorySink({ objects }), createInMemorySource(objects)];
  const store = { opens: 0, stores: 0 };
  const lines: string[] = [];
  const writeLine = (line: string): void => void lines.push(line);
  const relay = createRelay({
    ...{ index, writeLine, keys: createEdgeKeys([{ id: "k1", secret }]) },
    authorizer: { authorize: async () => ({ status: "allowed", downloads: [""] }) },
    sink: { ...sink, store: (upload, body) => (store.stores++, sink.store(upload, body)) },
    downloads: { source: { open: (request) => (store.opens++, source.open(request)) } },
  });
  const baseUrl = "https://relay.example";
  const server = createServer(createNodeListener(relay, { baseUrl, writeLine }));
  const port = await listen(server);
  const ask = (url: string, init: RequestInit = {}) => relay(new Request(url, init));
  return {
    ...{ claims, store, lines, secrets: [Buffer.from(secret).toString("base64url")] },
    issue: async (
      query = `download=${encodeURIComponent("uploads/a b.pdf")}&filename=${encodeURIComponent("é <b>.pdf")}`,
    ) => (await ask(`${baseUrl}/url?${query}`)).text(),
    press: async (url) => new URL((await ask(url, { method: "POST" })).headers.get("location") ?? "", url).href,
    send: (draft) => sendBytes(port, bytesOf(draft), undefined, [draft.method]),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A GET of a URL. */
export function getOf(url: string): UploadDraft {
  return { ...draftOf(url, ""), method: "GET" };
}
