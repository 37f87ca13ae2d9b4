import { installCeph } from "./ceph-install.ts";
import { startCeph } from "./ceph.ts";
import { type GoServer, installGoServer, startGoServer } from "./go-server.ts";
import { startR2 } from "./r2.ts";
import type { S3Server } from "./s3-server.ts";

/** An S3 server that the tests can install and start. */
export interface CataloguedServer {
  /** With its version, for reports. */
  readonly title: string;
  /** Whether it keeps versions, and lets buckets be made. */
  readonly hasVersions: boolean;
  install(announce: (line: string) => void): Promise<void>;
  /** Starts it with no bucket; one without CreateBucket with {@link FIXED_BUCKETS}. */
  start(options?: { readonly port?: number }): Promise<S3Server>;
}

/** Buckets of servers that take their names at the start. */
export const FIXED_BUCKETS = ["index", "uploads"] as const;

const versitygw: GoServer = {
  program: "versitygw",
  module: "github.com/versity/versitygw/cmd/versitygw",
  version: "v1.8.0",
  folders: ["objects", "versions"],
  args: ({ port, folder }) => [
    ...["--port", `127.0.0.1:${port}`, "--region", "us-east-1", "--keep-alive", "--quiet"],
    ...["posix", "--versioning-dir", `${folder}/versions`, `${folder}/objects`],
  ],
  env: ({ accessKeyId, secretAccessKey }) => ({ ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey }),
};

const minio: GoServer = {
  program: "minio",
  module: "github.com/minio/minio",
  version: "v0.0.0-20260212201848-7aac2a2c5b7c",
  folders: ["objects"],
  args: ({ port, folder }) => ["server", "--quiet", "--address", `127.0.0.1:${port}`, `${folder}/objects`],
  env: ({ accessKeyId, secretAccessKey }) => ({
    MINIO_ROOT_USER: accessKeyId,
    MINIO_ROOT_PASSWORD: secretAccessKey,
    MINIO_REGION: "us-east-1",
    MINIO_BROWSER: "off",
    MINIO_UPDATE: "off",
  }),
};

/** Every server by the name that `pnpm s3` and `pnpm test servers` take. */
export const servers = {
  r2: {
    title: "Cloudflare R2 in miniflare",
    hasVersions: false,
    install: async () => {},
    start: () => startR2({ buckets: FIXED_BUCKETS }),
  },
  ceph: { title: "Ceph RGW of Debian", hasVersions: true, install: installCeph, start: startCeph },
  versitygw: ofGo(`versitygw ${versitygw.version.slice(1)}, POSIX`, versitygw),
  minio: ofGo("MinIO 2026-02-12", minio),
} as const satisfies Readonly<Record<string, CataloguedServer>>;

/** The name of a server. */
export type ServerName = keyof typeof servers;

/** Every server's name. */
export const serverNames = Object.keys(servers) as ServerName[];

function ofGo(title: string, server: GoServer): CataloguedServer {
  return {
    title,
    hasVersions: true,
    install: (announce) => installGoServer(server, announce),
    start: (options) => startGoServer(server, options),
  };
}
