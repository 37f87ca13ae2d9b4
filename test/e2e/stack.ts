import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { createS3Client } from "@presign-once/adapter-s3";
import {
  canonicalQuery,
  canonicalRequest,
  hashCanonicalRequest,
  parseQuery,
  type SignatureHash,
} from "@presign-once/core";
import { type Local, type LocalOptions, startLocal } from "@presign-once/local-edge";

import { type FaultProxy, type ProxiedRequest, startFaultProxy } from "../servers/fault-proxy.ts";
import type { Fault } from "../servers/fault.ts";
import type { S3Server } from "../servers/s3-server.ts";

/** The whole product on one machine: S3 server, a network that can be made to fail, the built functions, the edge. */
export interface Stack {
  readonly local: Local;
  /** The network between edge and S3; everything that reaches S3 is in its log. */
  readonly network: FaultProxy;
  /** Everything the functions have logged. */
  readonly log: readonly string[];
  /** Straight to the S3 server, for looking into the bucket. */
  readonly s3: S3Client;
  readonly bucket: string;
  /** Asks `/url` for a URL. */
  issue(): Promise<string>;
  /** Sends a request to a URL, by default one PUT of `body`. */
  send(url: string, init?: RequestInit): Promise<Answer>;
  /** The bytes of the object that a URL uploads to; `undefined` when there is none. */
  objectOf(url: string): Promise<Buffer | undefined>;
  /** Decides what the network does to the requests that claim a URL, from now on; default: nothing. */
  disturb(url: string, decide: (request: ProxiedRequest) => Fault): Promise<void>;
  /** Decides what the network does to every request of the functions that is not disturbed by its URL. */
  disturbAll(decide: (request: ProxiedRequest) => Fault): void;
  /** Lets the claims of a URL pass again. */
  calm(url: string): Promise<void>;
  stop(): Promise<void>;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
  /** `<Code>` of an S3-style error; empty when there is none. */
  readonly code: string;
}

/** Starts a {@link Stack} on a bucket that exists. */
export async function startStack(
  server: S3Server,
  bucket: string,
  options: Pick<LocalOptions, "strategy" | "config" | "concurrency" | "skipProbe"> = {},
): Promise<Stack> {
  const disturbed = new Map<string, (request: ProxiedRequest) => Fault>();
  let others: (request: ProxiedRequest) => Fault = () => ({ kind: "pass" });
  const network = await startFaultProxy({
    upstream: server.endpoint,
    decide: (request) => (disturbed.get(request.path.split("/").at(-1) ?? "") ?? others)(request),
  });
  const log: string[] = [];
  const { region, credentials } = server;
  const local = await startLocal({
    ...options,
    bucket,
    s3: { endpoint: network.endpoint, region, credentials },
    onLog: (line) => log.push(line),
  });
  const s3 = createS3Client(server);
  return {
    local,
    network,
    log,
    s3,
    bucket,
    async issue() {
      const answer = await fetch(`${local.edgeUrl}/url`);
      if (answer.status !== 200) throw new Error(`no URL was issued: ${answer.status} ${await answer.text()}`);
      return answer.text();
    },
    async send(url: string, init: RequestInit = {}) {
      const answer = await fetch(url, {
        method: "PUT",
        ...(init.method === undefined ? { body: "hello" } : {}),
        ...init,
      });
      const body = await answer.text();
      return {
        status: answer.status,
        body,
        headers: answer.headers,
        code: /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? "",
      };
    },
    async objectOf(url: string) {
      const Key = new URL(url).pathname.slice(1);
      const { KeyCount = 0 } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: Key }));
      if (KeyCount === 0) return undefined;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async disturb(url, decide) {
      disturbed.set(await hashOf(url), decide);
    },
    disturbAll(decide) {
      others = decide;
    },
    async calm(url) {
      disturbed.delete(await hashOf(url));
    },
    async stop() {
      await local.stop();
      await network.stop();
      s3.destroy();
    },
  };
}

/** The name of a URL's index entry. */
async function hashOf(url: string): Promise<SignatureHash> {
  const { pathname, search } = new URL(url);
  return hashCanonicalRequest(canonicalRequest("PUT", pathname, canonicalQuery(parseQuery(search.slice(1)) ?? [])));
}
