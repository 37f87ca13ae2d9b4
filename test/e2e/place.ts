import type { LocalOptions } from "@presign-once/local-edge";

import type { S3Server } from "../servers/s3-server.ts";

/** Where to run a suite. */
export interface Place {
  readonly server: S3Server;
  readonly bucket: string;
  readonly options?: Pick<LocalOptions, "strategy" | "config">;
  stop(): Promise<void>;
}
