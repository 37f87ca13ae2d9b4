import { randomBytes } from "node:crypto";

import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createLeanIndexS3, createS3DownloadSource, createS3UploadClient } from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { type Strategy, strategies } from "@presign-once/adapter-s3/strategies";
import { createBearerAuthorizer } from "@presign-once/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type BearerTokens, describeDownloads, type DownloadPlace, LISTED_ORIGIN } from "../e2e/downloads-suite.ts";
import { startFaultProxy } from "../servers/fault-proxy.ts";
import type { Fault } from "../servers/fault.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { startStrictS3 } from "../support/fronts/s3/strict-s3.ts";
import type { RunningRelay } from "./relay-place.ts";
import { serveRelay } from "./served-relay.ts";

/** A relay, and the network behind it. */
interface RelayDownloads extends DownloadPlace {
  /** How many requests the store is answering. */
  inProgress(): number;
  /** What happens from now on to requests for files; at first nothing. */
  disturb(fault: Fault): void;
}

/** Where a relay is to run: an S3 server, a bucket in it, and the bearers who may ask for links. */
export interface RelayStore {
  readonly server: S3Server;
  readonly bucket: string;
  readonly tokens: BearerTokens;
}

/** What not every platform does; default: it does. */
export interface RelayPlatform {
  /** Tells a handler that has not answered yet that its client has left. */
  readonly tellsOfLeaving?: boolean;
  /** Closes the connection of a request that is ended, also where an earlier request used it. */
  readonly closesUsedConnections?: boolean;
}

/**
 * Every guarantee of downloads, and what a relay adds: the bytes pass through it.
 *
 * @param name   of platform and store
 * @param start  starts the store, with an empty bucket
 * @param run    starts the relay, as `describeDownloads` says
 * @param platform  what it cannot do
 */
export function describeRelayDownloads(
  name: string,
  start: () => Promise<Pick<RelayStore, "server" | "bucket">>,
  run: (store: RelayStore) => Promise<RunningRelay>,
  { tellsOfLeaving = true, closesUsedConnections = true }: RelayPlatform = {},
): void {
  const startAll = async (tokens: BearerTokens): Promise<RelayDownloads> => {
    const { server, bucket } = await start();
    const strict = await startStrictS3({ store: server });
    let fault: Fault = { kind: "pass" };
    const network = await startFaultProxy({
      upstream: strict.endpoint,
      decide: ({ method, path }) => (method === "GET" && path.includes("/uploads/") ? fault : { kind: "pass" }),
    });
    const relay = await run({ server: { ...server, endpoint: network.endpoint }, bucket, tokens });
    const s3 = createS3UploadClient(server);
    return {
      ...{ url: relay.url, log: relay.log, s3, bucket },
      storeRequests: () => network.requests.length,
      inProgress: () => network.inProgress,
      disturb: (next) => void (fault = next),
      async stop() {
        await relay.stop();
        s3.destroy();
        for (const one of [network, strict, server]) await one.stop();
      },
    };
  };

  describeDownloads(name, startAll);

  describe(`a file on its way: ${name}`, { timeout: 60_000 }, () => {
    const BODY = randomBytes(24_000_000); // more than all sockets on its way hold
    const TOKEN = randomBytes(32).toString("base64url");
    let place: RelayDownloads;
    beforeAll(async () => {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", Buffer.from(TOKEN)));
      place = await startAll([{ name: "all", sha256: Buffer.from(digest).toString("hex"), downloads: [""] }]);
    }, 120_000);
    afterAll(() => place?.stop(), 60_000);

    const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

    async function link(): Promise<string> {
      const Key = `uploads/${randomBytes(8).toString("hex")} \u00e9.bin`;
      await place.s3.send(new PutObjectCommand({ Bucket: place.bucket, Key, Body: BODY }));
      const asked = `${place.url}/url?download=${encodeURIComponent(Key)}`;
      return (await fetch(asked, { headers: { authorization: `Bearer ${TOKEN}` } })).text();
    }

    async function press(url: string): Promise<string> {
      const answer = await fetch(url, { method: "POST", body: "", redirect: "manual" });
      expect(answer.status).toBe(303);
      return new URL(answer.headers.get("location") ?? "", url).href;
    }

    test("a client that leaves ends the request to the store, and goes on with the same pass where it broke off; no other does", async () => {
      const url = await link();
      const pass = await press(url);
      const gone = new AbortController();
      const first = await fetch(pass, { signal: gone.signal, headers: { range: "bytes=9-" } });
      expect(first.status).toBe(200); // the whole file at first
      const etag = first.headers.get("etag") ?? "";
      await first.body?.getReader().read();
      expect(place.inProgress()).toBe(1);
      gone.abort();
      await expect.poll(() => place.inProgress()).toBe(0);
      await expect.poll(() => place.log.at(-1)).toContain("broken-off");

      const rest = await fetch(pass, { headers: { range: "bytes=23000000-", "if-range": etag } });
      expect([rest.status, rest.headers.get("content-range")]).toEqual([206, "bytes 23000000-23999999/24000000"]);
      expect(BODY.subarray(23_000_000).equals(await bytesOf(rest))).toBe(true);
      const other = await fetch(pass, { headers: { range: "bytes=23000000-", "if-range": '"other"' } });
      expect([other.status, BODY.equals(await bytesOf(other))]).toEqual([200, true]);
      expect((await fetch(pass, { headers: { range: "bytes=24000000-" } })).status).toBe(416);
      expect((await fetch(await press(url))).status).toBe(410);
    });

    test.runIf(tellsOfLeaving)(
      "a client that leaves before the store answers ends the request, and may come again",
      async () => {
        const pass = await press(await link());
        place.disturb({ kind: "hang", leg: "request" });
        const gone = new AbortController();
        const left = fetch(pass, { signal: gone.signal }).catch(() => "left");
        await expect.poll(() => place.inProgress()).toBe(1);
        gone.abort();
        expect(await left).toBe("left");
        if (closesUsedConnections) await expect.poll(() => place.inProgress()).toBe(0);
        await expect.poll(() => place.log.at(-1)).toContain("broken-off");
        place.disturb({ kind: "pass" });
        expect(BODY.equals(await bytesOf(await fetch(pass)))).toBe(true);
      },
    );

    test("a file that the store breaks off never ends like a whole one, and goes on", async () => {
      const pass = await press(await link());
      place.disturb({ kind: "truncate", part: "body" });
      const cut = await fetch(pass);
      expect(cut.status).toBe(200);
      const seen = await bytesOf(cut).then(
        ({ length }) => length,
        () => "broken off",
      );
      expect(seen).toBe("broken off");
      await expect.poll(() => place.log.at(-1)).toContain("store-failed");
      place.disturb({ kind: "pass" });
      expect(BODY.equals(await bytesOf(await fetch(pass)))).toBe(true);
    });
  });
}

/** Runs a relay of this process, by Hono's adapter for Node. */
export async function runInProcess(strategy: Strategy, { server, bucket, tokens }: RelayStore): Promise<RunningRelay> {
  const s3 = createS3UploadClient(server);
  const relay = await serveRelay({
    index: strategies[strategy].create({ s3: createLeanIndexS3(server), bucket }),
    sink: createS3UploadSink({ s3, bucket }),
    downloads: { source: createS3DownloadSource({ s3, bucket }), leaseSeconds: 60 },
    authorizer: createBearerAuthorizer(tokens),
    corsOrigins: [LISTED_ORIGIN],
  });
  return {
    ...relay,
    async stop() {
      await relay.stop();
      s3.destroy();
    },
  };
}
