import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createS3DownloadSource, createS3UploadClient, type S3Access } from "@presign-once/adapter-s3";
import { type SourceLaw, sourceLaws } from "@presign-once/core/testing";
import { onTestFinished, test, vi } from "vitest";

import { startFaultProxy } from "../servers/fault-proxy.ts";
import type { Fault } from "../servers/fault.ts";

/** More than the sockets between a proxy and its client hold. */
const MANY_BYTES = 24 * 1024 ** 2;

/** Makes each law of the source a test of the S3 source on a live server, behind a network that can fail. */
export function bindSourceLaws(place: () => { readonly access: S3Access; readonly bucket: string }): void {
  test.each(sourceLaws.map((law): [string, SourceLaw] => [law.name, law]))(
    "%s",
    { timeout: 60_000 },
    async (_, law) => {
      const { access, bucket } = place();
      const connect = (endpoint = access.endpoint) => {
        const s3 = createS3UploadClient({ ...access, endpoint });
        onTestFinished(() => s3.destroy());
        return s3;
      };
      const network = async (faultOf: (n: number) => Fault) => {
        const proxy = await startFaultProxy({ upstream: access.endpoint ?? "", decide: ({ n }) => faultOf(n) });
        onTestFinished(() => proxy.stop());
        return { proxy, s3: connect(proxy.endpoint) };
      };
      const sound = await network(() => ({ kind: "pass" }));
      const unavailable = await network((n) =>
        n % 2 === 0
          ? { kind: "reset", leg: "request" }
          : { kind: "status", leg: "request", status: 503, code: "SlowDown" },
      );
      const silent = await network(() => ({ kind: "hang", leg: "request" }));
      const breakingOff = await network(() => ({ kind: "truncate", part: "body" }));
      const count = () => sound.proxy.inProgress + silent.proxy.inProgress;
      const direct = connect();

      await law.check({
        open(fault) {
          if (fault === "refusing") return createS3DownloadSource({ s3: sound.s3, bucket: "no-such-bucket" });
          const { s3 } = fault === undefined ? sound : { unavailable, silent, "breaking-off": breakingOff }[fault];
          return createS3DownloadSource({ s3, bucket });
        },
        store: async (Key, Body) =>
          (await direct.send(new PutObjectCommand({ Bucket: bucket, Key, Body }))).ETag ?? "none",
        sizes: [0, 5, MANY_BYTES],
        inProgress: () =>
          vi.waitFor(() => (count() === 0 ? 0 : Promise.reject(new Error())), { timeout: 1_000 }).catch(count),
        async reached() {
          await vi.waitUntil(() => silent.proxy.inProgress > 0);
        },
      });
    },
  );
}
