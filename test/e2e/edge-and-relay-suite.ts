import { randomBytes } from "node:crypto";

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createLeanIndexS3, createS3DownloadSource, createS3UploadClient } from "@presign-once/adapter-s3";
import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
import { scopeOf, strategies, type Strategy } from "@presign-once/adapter-s3/strategies";
import { createEdgeKeys } from "@presign-once/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { newKey } from "../origin-lock/known-keys.ts";
import type { RunningRelay } from "../relay/relay-place.ts";
import { type Answer, send } from "../relay/send.ts";
import { serveRelay } from "../relay/served-relay.ts";
import type { Place } from "./place.ts";
import type { IssuedGrant } from "./request-grant.ts";
import { type Stack, startStack } from "./stack.ts";
import { ticketScopeOf } from "./ticket-scope.ts";

const LIFE_SECONDS = 3_600;

/**
 * An edge and two relays with one edge key, one index and one bucket: the scope of the keys decides whether a ticket of the edge
 * means anything at a relay.
 *
 * @param name   of the server and strategy
 * @param start  starts the S3 server, with an empty bucket
 */
export function describeEdgeAndRelay(
  name: string,
  start: () => Promise<Place & { readonly options: { readonly strategy: Strategy } }>,
): void {
  describe(`an edge and a relay on ${name}`, () => {
    let place: Awaited<ReturnType<typeof start>>;
    let stack: Stack;
    /** Where tickets are issued and used: the edge, a relay with the scope of the edge, and one with that of its documents. */
    let edge: string;
    let relay: string;
    let other: string;
    const undo: (() => unknown)[] = [];

    beforeAll(async () => {
      place = await start();
      const { server, bucket, options } = place;
      const key = newKey("shared");
      const config = { signing: "at-use" as const, maxExpiresInSeconds: LIFE_SECONDS, keys: [key] };
      stack = await startStack(server, bucket, { ...options, config, concurrency: 4 });
      const s3 = createS3UploadClient(server);
      undo.push(() => s3.destroy());
      const relayOf = async (scope: string): Promise<RunningRelay> => {
        const running = await serveRelay({
          keys: createEdgeKeys([{ id: key.id, secret: Buffer.from(key.secret, "base64url") }], { scope }),
          index: strategies[options.strategy].create({ s3: createLeanIndexS3(server), bucket }),
          sink: createS3UploadSink({ s3, bucket }),
          downloads: { source: createS3DownloadSource({ s3, bucket }) },
          authorizer: { authorize: async () => ({ status: "allowed", downloads: [""] }) },
        });
        undo.push(() => running.stop());
        return running;
      };
      edge = stack.local.baseUrl;
      const { strategy } = options;
      relay = (await relayOf(ticketScopeOf(stack, { server, strategy, maxExpiresInSeconds: LIFE_SECONDS }))).url;
      other = (await relayOf(scopeOf({ strategy, bucket }))).url;
    }, 180_000);
    afterAll(async () => {
      for (const step of undo.reverse()) await step();
      await stack?.stop();
      await place?.stop();
    }, 60_000);

    async function linkOf(issuer: string, body: string): Promise<string> {
      const Key = `uploads/${randomBytes(8).toString("hex")}.bin`;
      await stack.s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key, Body: body }));
      const answer = await fetch(`${issuer}/url?download=${Key}`);
      expect(answer.status).toBe(200);
      return answer.text();
    }
    async function grantOf(issuer: string): Promise<IssuedGrant> {
      return (await (await fetch(`${issuer}/url`, { headers: { accept: "application/json" } })).json()) as IssuedGrant;
    }
    async function press(url: string): Promise<string> {
      const answer = await fetch(url, { method: "POST", body: "", redirect: "manual" });
      expect(answer.status).toBe(303);
      return new URL(answer.headers.get("location") ?? "", url).href;
    }
    const upload = ({ url, headers }: IssuedGrant, body: string): Promise<Answer> =>
      send(url, { headers: { ...headers, "content-length": String(body.length) }, body: [Buffer.from(body)] });
    /** The same link, grant or pass, at another place. */
    const at = (origin: string, url: string): string => origin + url.slice(new URL(url).origin.length);

    test("of 32 passes of one link at both, made at either, one downloads", async () => {
      for (const issuer of [edge, relay]) {
        const url = await linkOf(issuer, "the file");
        const made = await Promise.all(Array.from({ length: 32 }, (_, n) => press(at(n % 4 < 2 ? edge : relay, url))));
        const answers = await Promise.all(made.map((pass, n) => fetch(at(n % 2 === 0 ? edge : relay, pass))));
        const files = answers.filter(({ status }) => status === 200);
        expect(await Promise.all(files.map((file) => file.text()))).toEqual(["the file"]);
        expect(answers.filter(({ status }) => status === 410)).toHaveLength(31);
      }
    });

    test("a link that was used at one is used at the other, and its client may go on there", async () => {
      for (const [first, second] of [
        [edge, relay],
        [relay, edge],
      ] as const) {
        const url = await linkOf(first, "the file");
        const pass = await press(url);
        expect(await (await fetch(pass)).text()).toBe("the file");
        expect((await fetch(at(second, url))).status).toBe(410);
        expect((await fetch(await press(at(second, url)))).status).toBe(410);
        const rest = await fetch(at(second, pass), { headers: { range: "bytes=4-" } });
        expect([rest.status, await rest.text()]).toEqual([206, "file"]);
      }
    });

    test("of 32 uploads with one ticket at both, one is stored", async () => {
      for (const issuer of [edge, relay]) {
        const grant = await grantOf(issuer);
        const bodies = Array.from({ length: 32 }, (_, n) => `writer ${n}`);
        const answers = await Promise.all(
          bodies.map((body, n) => upload({ ...grant, url: at(n % 2 === 0 ? edge : relay, grant.url) }, body)),
        );
        const winners = bodies.filter((_, n) => answers[n]?.status === 200);
        const { Body } = await stack.s3.send(new GetObjectCommand({ Bucket: stack.bucket, Key: grant.key }));
        expect([await Body?.transformToString()]).toEqual(winners);
        expect(answers.filter(({ code }) => code === "UrlAlreadyUsed")).toHaveLength(31);
      }
    });

    test("with scopes of their own neither takes what the other has issued, and nothing is used up", async () => {
      for (const [issuer, stranger] of [
        [edge, other],
        [other, edge],
      ] as const) {
        const url = await linkOf(issuer, "the file");
        const pass = await press(url);
        const grant = await grantOf(issuer);
        const before = stack.network.requests.length;
        for (const [asked, method] of [
          [url, "GET"],
          [url, "HEAD"],
          [url, "POST"],
          [pass, "GET"],
        ] as const)
          expect([method, (await fetch(at(stranger, asked), { method, redirect: "manual" })).status]).toEqual([
            method,
            403,
          ]);
        expect(await upload({ ...grant, url: at(stranger, grant.url) }, "x")).toMatchObject({ code: "UrlUnknown" });
        expect(stack.network.requests.length).toBe(before);
        expect(await (await fetch(pass)).text()).toBe("the file");
        expect((await upload(grant, "x")).status).toBe(200);
      }
    });
  });
}
