import type { S3Server } from "@presign-once/test/servers/s3-server";

/** The S3 server and bucket that contenders work on. */
export interface Place {
  readonly server: Omit<S3Server, "stop">;
  readonly bucket: string;
}

/** Sends one upload to wherever it is decided about; true if it may pass. */
export type Upload = () => Promise<boolean>;

/** Uploads that must be refused before anybody asks S3. */
export const hopeless = ["forged", "expired", "malformed"] as const;

/** A contender that is ready to be measured. */
export interface OpenContender {
  /** Makes a URL, or as much of one as the contender knows, and says how to use it; the first use passes. */
  issue(): Promise<Upload>;
  /** Makes an upload with a URL that is no good; only of contenders that look at URLs. */
  readonly spoil?: Readonly<Record<(typeof hopeless)[number], () => Promise<Upload>>>;
  close(): Promise<void> | void;
}

/** One way of letting a URL be used once, or a part of it, to be measured against the others. */
export interface Contender {
  readonly name: string;
  /**
   * What decides who was first. `none`: nothing but one conditional write; that is a floor. `article`: the algorithm that
   * presign-once began with.
   */
  readonly strategy: "none" | "article" | "conditional" | "versioning" | "sealed";
  /** Whether it is all that an edge function does, the checks of a URL included, or its index alone. */
  readonly whole: boolean;
  /** Whether the targets are meant for it. */
  readonly judged: boolean;
  open(place: Place): Promise<OpenContender> | OpenContender;
}

/** Whether a contender needs a bucket that keeps versions. */
export function needsVersions({ strategy }: Contender): boolean {
  return strategy === "article" || strategy === "versioning";
}
