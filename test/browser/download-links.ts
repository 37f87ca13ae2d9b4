import { createHash, randomBytes } from "node:crypto";

import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Local, startLocal } from "@presign-once/local-edge";
import { afterAll, beforeAll } from "vitest";

import { storeLarge } from "./large-object.ts";

/** A local edge that hands out links for downloads. */
export interface DownloadLinks {
  readonly local: Local;
  /** The `Range` of every request that the edge has passed on so far: each of them got a file. */
  readonly passedOn: (string | undefined)[];
  /**
   * Stores an object as `text/html`, whatever it is, and gets a link for it.
   *
   * @param parameters  of `/url`, beside `download`
   */
  linkTo(body: Buffer | string, parameters?: Readonly<Record<string, string>>): Promise<string>;
  /** Stores an object of so many bytes, and gets a link for it. */
  linkToLarge(bytes: number): Promise<{ readonly url: string; readonly sha256: string }>;
}

/** Starts the edge for the tests of a file. */
export function useDownloadLinks(): DownloadLinks {
  const token = randomBytes(32).toString("base64url");
  const passedOn: (string | undefined)[] = [];
  let local: Local;
  let s3: S3Client;
  beforeAll(async () => {
    const sha256 = createHash("sha256").update(token).digest("hex");
    local = await startLocal({
      onLog: () => {},
      onOriginRequest: ({ headers }) => passedOn.push(headers["range"]?.toString()),
      config: { authorizer: { type: "bearer", tokens: [{ name: "test", sha256, downloads: [""] }] }, downloads: {} },
    });
    s3 = new S3Client({
      ...{ ...local.s3, forcePathStyle: true },
      expectContinueHeader: false, // R2 does not answer it, and the SDK waits for six seconds
    });
  });
  afterAll(async () => {
    s3?.destroy();
    await local?.stop();
  });
  const newKey = () => `uploads/${randomBytes(8).toString("hex")}.html`;
  async function issue(key: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const query = new URLSearchParams({ download: key, ...parameters }).toString();
    const answer = await fetch(`${local.baseUrl}/url?${query}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`no link was issued: ${answer.status}`);
    return answer.text();
  }
  return {
    get local() {
      return local;
    },
    passedOn,
    async linkTo(Body, parameters = {}) {
      const Key = newKey();
      await s3.send(new PutObjectCommand({ Bucket: local.bucket, Key, Body, ContentType: "text/html" }));
      return issue(Key, parameters);
    },
    async linkToLarge(bytes) {
      const Key = newKey();
      const sha256 = await storeLarge(s3, { Bucket: local.bucket, Key }, bytes);
      return { url: await issue(Key), sha256 };
    },
  };
}
