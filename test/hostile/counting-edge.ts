import { type GeneratedResponse, type ViewerRequest, type ViewerRequestEvent } from "@presign-once/adapter-edge";
import { createS3Client, createS3Presigner } from "@presign-once/adapter-s3";
import {
  createClaimer,
  createEdgeKeys,
  createIssuer,
  createTicketIssuer,
  hashCanonicalRequest,
  randomIds,
  type SignatureIndex,
  systemClock,
} from "@presign-once/core";
import { createCors } from "@presign-once/core/http";
import { createInMemoryIndex } from "@presign-once/core/testing";

import { createVerifyHandler } from "../../packages/adapter-edge/src/functions/verify-handler.ts";
import { originHeaders } from "../../packages/local-edge/src/origin-headers.ts";
import { parseOrigin } from "../../packages/local-edge/src/origin.ts";
import { findHeadFault } from "../support/fronts/s3/head-fault.ts";
import { readHead } from "../support/fronts/s3/request-head.ts";
import { eventOf } from "../support/viewer-event.ts";
import type { UploadDraft } from "./upload-draft.ts";

/** As a role has them: the token is most of a URL. */
export const CREDENTIALS = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "SECRETEXAMPLE",
  sessionToken: "t".repeat(1_000),
};
/** Of the uploads' bucket. */
export const REGION = "eu-west-1";
const ORIGIN = parseOrigin({ url: `https://uploads.s3.${REGION}.amazonaws.com` });
/** As long as CloudFront's own. */
const HOP = { via: `1.1 ${"0".repeat(32)}.cloudfront.net (CloudFront)`, requestId: `${"a".repeat(54)}==` };

/** The verify handler over an index in memory, and everything that it did to the outside. */
export interface CountingEdge {
  /** Issues a URL, with everything bound into it that can be. */
  issue(): Promise<{ url: string; headers: Readonly<Record<string, string>> }>;
  /** A URL of a payload that the holder of the edge key made up, and of what its tag covers. */
  forge(payload: string, canonical: string): Promise<string>;
  /** What the handler says to an event. */
  call(event: unknown): Promise<ViewerRequest | GeneratedResponse>;
  /** What S3 would say to what the handler passed on, after CloudFront has added its headers: `stored`, or S3's code. */
  origin(request: ViewerRequest): string;
  /** Requested claims, and those that won. */
  readonly claims: { asked: number; won: number };
  readonly lines: string[];
  /** Texts that only the edge may know. */
  readonly secrets: readonly string[];
}

/** The one origin that may read answers. */
export const ALLOWED_ORIGIN = "https://app.example";

/**
 * Creates a {@link CountingEdge}; requests are signed as for AWS, and none leaves the process.
 *
 * @param signing  what it issues; presigned URLs by default
 */
export function createCountingEdge(signing: "at-issue" | "at-use" = "at-issue"): CountingEdge {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const keys = createEdgeKeys([{ id: "k1", secret }]);
  const { index, claims } = countClaims();
  const lines: string[] = [];
  const s3 = createS3Client({ region: REGION, credentials: CREDENTIALS });
  const presigner = createS3Presigner({ s3, bucket: "uploads" });
  const common = { index, keys, clock: systemClock, ids: randomIds };
  const issuer =
    signing === "at-use" ? createTicketIssuer(common) : createIssuer({ ...common, presigner, ifNoneMatch: true });
  const terms = { keyPrefix: "uploads/", maxLifeSeconds: 900 };
  const claimer = createClaimer({ ...common, tickets: { keys, presigner, terms, maxBytes: 1_000 } });
  const cors = createCors({ origins: [ALLOWED_ORIGIN] });
  const call = createVerifyHandler({ claimer, cors, writeLine: (line) => lines.push(line) });

  return {
    claims,
    lines,
    call,
    secrets: [
      Buffer.from(secret).toString("base64url"),
      Buffer.from(secret).toString("hex"),
      CREDENTIALS.secretAccessKey,
    ],
    origin: (request) => originFault(request)?.code ?? "stored",
    forge: async (payload, canonical) => {
      await index.register(await hashCanonicalRequest(canonical), { expiresAt: new Date() });
      return `https://edge.example/u/${payload}.${await keys.tag(canonical)}`;
    },
    async issue() {
      const headers = [
        ["content-type", "text/plain; charset=utf-8"],
        ["x-amz-meta-filename", "a+b & c.txt"],
      ] as const;
      const outcome = await issuer.issue({
        baseUrl: "https://edge.example",
        expiresInSeconds: 900,
        headers,
        maxBytes: 1_000,
      });
      if (outcome.status !== "issued") throw new Error(outcome.status);
      return outcome.grant;
    },
  };
}

/** An index in memory that counts. */
export function countClaims(): { readonly index: SignatureIndex; readonly claims: CountingEdge["claims"] } {
  const memory = createInMemoryIndex();
  const claims = { asked: 0, won: 0 };
  const index: SignatureIndex = {
    ...memory,
    async claim(hash, claimant) {
      claims.asked++;
      const outcome = await memory.claim(hash, claimant);
      if (outcome.status === "claimed") claims.won++;
      return outcome;
    },
  };
  return { index, claims };
}

/** What S3 would find wrong with a request, after CloudFront has added its headers; `undefined`: nothing. */
export function originFault(request: ViewerRequest): ReturnType<typeof findHeadFault> {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, fields]) => [name, [...fields]]));
  const rawHeaders = Object.entries(originHeaders({ ...request, headers }, ORIGIN, HOP)).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value]),
  );
  const head = readHead(request.method, `${request.uri}?${request.querystring}`, rawHeaders);
  return findHeadFault(head, { region: REGION, credentials: CREDENTIALS }, Date.now());
}

/** The event that CloudFront makes of a draft; names and values as they are, however wrong. */
export function draftEvent({ method, path, query, fields }: UploadDraft): ViewerRequestEvent {
  const headers = Object.create(null) as Record<string, { key: string; value: string }[]>;
  for (const [key, value] of fields) (headers[key.toLowerCase()] ??= []).push({ key, value });
  return eventOf({ clientIp: "203.0.113.178", method, uri: path, querystring: query, headers });
}
