import { PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "vitest";

import { exchange } from "../../../servers/plain-client.ts";
import type { S3Server } from "../../../servers/s3-server.ts";
import { s3Client } from "../../../servers/sign.ts";
import { type StrictS3, startStrictS3 } from "./strict-s3.ts";
import { startStubStore } from "./stub-store.ts";

/** When every URL is signed, unless the clock of a test goes with the machine's. */
export const SIGNED_AT = new Date("2026-01-02T03:04:05Z");
/** The object of every URL. */
export const OBJECT = { Bucket: "b", Key: "uploads/x" };

/** A front with a store that takes everything, and the AWS SDK to sign for it. */
export interface Trial {
  readonly front: StrictS3;
  readonly objects: ReadonlyMap<string, Buffer>;
  /** The time at S3, in milliseconds. */
  nowMs: number;
  /** A presigned PUT, as the AWS SDK makes it, that signs these headers and `host`. */
  presign(
    object?: Partial<PutObjectCommandInput>,
    terms?: { signed?: string[]; expiresIn?: number; server?: Partial<S3Server> },
  ): Promise<string>;
  /** What the front says to `hello` at a URL; that the store has not seen it if that is a refusal, is expected. */
  put(url: string, headers?: Record<string, string>): Promise<{ answer: string; xml: string }>;
  stop(): Promise<void>;
}

/** Starts a {@link Trial}. */
export async function startTrial(): Promise<Trial> {
  const store = await startStubStore();
  const trial: Trial = {
    front: await startStrictS3({ store, now: () => trial.nowMs }),
    objects: store.objects,
    nowMs: SIGNED_AT.getTime(),
    async presign(object = {}, { signed = [], expiresIn = 60, server = {} } = {}) {
      const s3 = s3Client({ ...trial.front, ...server });
      return getSignedUrl(s3, new PutObjectCommand({ ...OBJECT, ...object }), {
        expiresIn,
        signingDate: SIGNED_AT,
        unhoistableHeaders: new Set(signed),
        signableHeaders: new Set(["host", ...signed]),
      });
    },
    async put(url, headers = {}) {
      const before = new Map(store.objects);
      const { status, body } = await exchange("PUT", url, { body: "hello", headers });
      const xml = body.toString();
      const code = /<Code>(\w+)<\/Code>/.exec(xml)?.[1];
      if (code !== undefined) expect(store.objects).toEqual(before);
      return { answer: code === undefined ? String(status) : `${status} ${code}`, xml };
    },
    async stop() {
      await trial.front.stop();
      await store.stop();
    },
  };
  return trial;
}
