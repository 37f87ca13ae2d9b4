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
import { startStrictS3 } from "../support/fronts/s3/strict-s3.ts";
import { type Answer, type SentRequest, startViewer } from "./viewer.ts";

/**
 * The whole product on one machine: an S3 server, a front that makes it as strict as S3, a network that can be made to fail, the
 * built functions, the edge, and the side of CloudFront that viewers see.
 */
export interface Stack {
  readonly local: Local;
  /** The network between edge and S3; everything that reaches S3 is in its log. */
  readonly network: FaultProxy;
  /** Everything the functions have logged. */
  readonly log: readonly string[];
  /** Straight to the S3 server, for looking into the bucket. */
  readonly s3: S3Client;
  readonly bucket: string;
  /** Asks `/url` for a URL, which names the local edge: HTTP/1.1, for bytes on a socket. */
  issue(): Promise<string>;
  /** Sends a request to a URL, as a {@link startViewer viewer} does. */
  send(url: string, request?: SentRequest): Promise<Answer>;
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

/** Starts a {@link Stack} on a bucket that exists. */
export async function startStack(
  server: S3Server,
  bucket: string,
  options: Pick<LocalOptions, "strategy" | "config" | "concurrency" | "skipProbe"> = {},
): Promise<Stack> {
  const disturbed = new Map<string, (request: ProxiedRequest) => Fault>();
  let others: (request: ProxiedRequest) => Fault = () => ({ kind: "pass" });
  const strict = await startStrictS3({ store: server });
  const network = await startFaultProxy({
    upstream: strict.endpoint,
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
  const viewer = await startViewer(local.baseUrl);
  const s3 = createS3Client(server);
  return {
    local,
    network,
    log,
    s3,
    bucket,
    async issue() {
      const answer = await fetch(`${local.baseUrl}/url`);
      if (answer.status !== 200) throw new Error(`no URL was issued: ${answer.status} ${await answer.text()}`);
      return answer.text();
    },
    send: viewer.send,
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
      await viewer.stop();
      await local.stop();
      await network.stop();
      await strict.stop();
      s3.destroy();
    },
  };
}

/** The name of a URL's index entry. */
async function hashOf(url: string): Promise<SignatureHash> {
  const { pathname, search } = new URL(url);
  return hashCanonicalRequest(canonicalRequest("PUT", pathname, canonicalQuery(parseQuery(search.slice(1)) ?? [])));
}
