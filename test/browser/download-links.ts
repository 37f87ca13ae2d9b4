import { createHash, randomBytes } from "node:crypto";

import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Local, startLocal } from "@presign-once/local-edge";
import { afterAll, beforeAll } from "vitest";

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
    s3 = new S3Client({ ...local.s3, forcePathStyle: true });
  });
  afterAll(async () => {
    s3?.destroy();
    await local?.stop();
  });
  return {
    get local() {
      return local;
    },
    passedOn,
    async linkTo(Body, parameters = {}) {
      const Key = `uploads/${randomBytes(8).toString("hex")}.html`;
      await s3.send(new PutObjectCommand({ Bucket: local.bucket, Key, Body, ContentType: "text/html" }));
      const query = new URLSearchParams({ download: Key, ...parameters }).toString();
      const answer = await fetch(`${local.edgeUrl}/url?${query}`, { headers: { authorization: `Bearer ${token}` } });
      if (!answer.ok) throw new Error(`no link was issued: ${answer.status}`);
      return answer.text();
    },
  };
}
