import type { GeneratedResponse, ViewerRequest } from "@presign-once/adapter-edge";
import { createS3Client, createS3Presigner } from "@presign-once/adapter-s3";
import {
  createClaimer,
  createDownloader,
  createDownloadIssuer,
  createEdgeKeys,
  randomIds,
  systemClock,
} from "@presign-once/core";
import { createCors } from "@presign-once/core/http";

import { createVerifyHandler } from "../../packages/adapter-edge/src/functions/verify-handler.ts";
import {
  ALLOWED_ORIGIN,
  type CountingEdge,
  countClaims,
  CREDENTIALS,
  draftEvent,
  originFault,
  REGION,
} from "./counting-edge.ts";
import { draftOf } from "./upload-draft.ts";

/** The verify handler with downloads over an index in memory, and everything that it did to the outside. */
export interface CountingDownloads extends Pick<CountingEdge, "call" | "claims" | "lines" | "secrets"> {
  /** Issues a link. */
  issue(): Promise<string>;
  /** The link with a fresh pass. */
  press(url: string): Promise<string>;
  /** What S3 would say to what the handler passed on: `answered`, or S3's code. */
  origin(request: ViewerRequest): string;
}

/** Creates a {@link CountingDownloads}; requests are signed as for AWS, and none leaves the process. */
export function createCountingDownloads(): CountingDownloads {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const keys = createEdgeKeys([{ id: "k1", secret }]);
  const { index, claims } = countClaims();
  const lines: string[] = [];
  const s3 = createS3Client({ region: REGION, credentials: CREDENTIALS });
  const presigner = createS3Presigner({ s3, bucket: "uploads" });
  const common = { index, keys, clock: systemClock, ids: randomIds };
  const terms = { keyPrefix: "uploads/", maxLifeSeconds: 900 };
  const issuer = createDownloadIssuer(common);
  const call = createVerifyHandler({
    claimer: createClaimer({ ...common, tickets: { keys, presigner, terms, maxBytes: 1_000 } }),
    downloader: createDownloader({ ...common, presigner, terms, leaseSeconds: 300 }),
    cors: createCors({ origins: [ALLOWED_ORIGIN] }),
    writeLine: (line) => lines.push(line),
  });
  return {
    ...{ call, claims, lines },
    secrets: [Buffer.from(secret).toString("base64url"), CREDENTIALS.secretAccessKey],
    origin: (request) => originFault(request)?.code ?? "answered",
    async issue() {
      const asked = {
        baseUrl: "https://edge.example",
        expiresInSeconds: 900,
        key: "uploads/a b.pdf",
        fileName: "é <b>.pdf",
      };
      const outcome = await issuer.issue(asked);
      if (outcome.status !== "issued") throw new Error(outcome.status);
      return outcome.grant.url;
    },
    async press(url) {
      const answer: ViewerRequest | GeneratedResponse = await call(draftEvent({ ...draftOf(url, ""), method: "POST" }));
      return new URL(answer.headers["location"]?.[0]?.value ?? "", url).href;
    },
  };
}
