import type { S3Client } from "@aws-sdk/client-s3";

/** A relay that listens. */
export interface RunningRelay {
  /** Without a `/` at its end. */
  readonly url: string;
  /** Lines that it has written so far. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** A relay and the store behind it. */
export interface RelayPlace {
  readonly relay: RunningRelay;
  /** Straight to the store. */
  readonly s3: S3Client;
  readonly bucket: string;
  /** Unfinished pieces under a key, as the store itself knows them. */
  leftovers(key: string): Promise<number>;
  stop(): Promise<void>;
}
