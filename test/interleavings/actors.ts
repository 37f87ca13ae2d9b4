import { createHash, createHmac } from "node:crypto";

import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  createObjectHistory,
  createSdkIndexS3,
  createVersionHistory,
  type Deadline,
  type IndexPlace,
} from "@presign-once/adapter-s3";
import {
  type Claimant,
  type ClaimOutcome,
  type Claimer,
  CLIENT_HEADER,
  createClaimer,
  createEdgeKeys,
  createIssuer,
  type Digests,
  type HeaderField,
  type SAME_CLIENT,
  type SignatureHash,
  type SignatureIndex,
  type UploadRequest,
} from "@presign-once/core";
import {
  createInMemoryIndex,
  createInMemoryPresigner,
  createManualClock,
  createSequentialIds,
} from "@presign-once/core/testing";

import type { Actor } from "./running-actor.ts";

/** Creates the index under test, on an S3 and a time that are not its own. */
export type IndexFactory = (place: {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly newDeadline: () => Deadline;
}) => Pick<SignatureIndex, "register" | "claim"> & Partial<Pick<SignatureIndex, "revoke">>;

/** An index of this project's own, on the SDK that the simulated S3 speaks. */
export function onSdk(create: (place: IndexPlace) => SignatureIndex): IndexFactory {
  return ({ s3, ...place }) => create({ s3: createSdkIndexS3(s3), ...place });
}

const NOW = new Date("2026-01-01T00:00:00Z");
const bucket = "index";
const keys = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);

/** One upload, as it reaches the edge, and the hash of its URL. */
export interface IssuedUpload {
  readonly hash: SignatureHash;
  readonly request: UploadRequest;
  /** Of the object. */
  readonly key: string;
}

/** Issues the one URL that all actors compete for. */
export async function issueUpload(retries?: typeof SAME_CLIENT): Promise<IssuedUpload> {
  const issuer = createIssuer({
    presigner: createInMemoryPresigner(),
    index: createInMemoryIndex(),
    keys,
    clock: createManualClock(NOW),
    ids: createSequentialIds(),
  });
  const issued = await issuer.issue({ edgeUrl: "https://edge.example", ttlSeconds: 600, retries });
  if (issued.status !== "issued") throw new Error("no URL was issued");
  const { pathname, search } = new URL(issued.grant.url);
  const request = {
    method: "PUT",
    path: pathname,
    query: search.slice(1),
    headers: [["content-length", "1"]],
  } as const;
  return { hash: issued.hash, request, key: issued.grant.key };
}

/** The issuer, who registers the URL. */
export function registration(name: string, createIndex: IndexFactory, { hash }: IssuedUpload): Actor {
  const entry = { expiresAt: new Date(NOW.getTime() + 600_000) };
  return { name, run: (s3, newDeadline) => createIndex({ s3, bucket, newDeadline }).register(hash, entry) };
}

/** An operator that revokes the URL. */
export function revocation(name: string, createIndex: IndexFactory, { hash }: IssuedUpload): Actor {
  return {
    name,
    async run(s3, newDeadline) {
      const { revoke } = createIndex({ s3, bucket, newDeadline });
      if (revoke === undefined) throw new Error("this index cannot revoke");
      return revoke(hash);
    },
  };
}

/** A client of the index that claims the URL, in its own process. */
export function claim(name: string, createIndex: IndexFactory, { hash }: IssuedUpload, claimant: Claimant): Actor {
  return { name, run: (s3, newDeadline) => createIndex({ s3, bucket, newDeadline }).claim(hash, claimant) };
}

/** An edge function, in a process of its own, that has to decide about a whole upload request. */
export function wholeClaim(name: string, createIndex: IndexFactory, upload: IssuedUpload, claimant: Claimant): Actor {
  const ids = { ...createSequentialIds(), claimant: () => claimant };
  return {
    name,
    async run(s3, newDeadline) {
      const index = { ...createInMemoryIndex(), ...createIndex({ s3, bucket, newDeadline }) };
      const claimer = createClaimer({ index, keys, clock: createManualClock(NOW), ids });
      return toOutcome(await claimer.claim(upload.request));
    },
  };
}

/**
 * What may be wrong with a retried upload: what the object alone tells counts as evidence, or S3 is not bound to one object.
 */
export type UploadFlaw = "evidence-of-the-object-alone" | "no-if-none-match";

/** An upload from end to end: decided about by an edge function, and then, if it was passed on, stored by S3. */
export function wholeUpload(
  name: string,
  createIndex: IndexFactory,
  { request, key }: IssuedUpload,
  by: { readonly secret: string } | { readonly claimant: Claimant },
  flaw?: UploadFlaw,
): Actor {
  const ids = { ...createSequentialIds(), ...("claimant" in by ? { claimant: () => by.claimant } : {}) };
  const client: HeaderField[] = "secret" in by ? [[CLIENT_HEADER, by.secret]] : [];
  return {
    name,
    async run(s3, newDeadline) {
      const index = { ...createInMemoryIndex(), ...createIndex({ s3, bucket, newDeadline }) };
      const createHistory = flaw === "evidence-of-the-object-alone" ? createObjectHistory : createVersionHistory;
      const history = createHistory({ s3: createSdkIndexS3(s3), bucket, newDeadline });
      const retries = { history, leaseSeconds: 60 };
      const claimer = createClaimer({ index, keys, clock: createManualClock(NOW), ids, retries, digests: nodeDigests });
      const decision = await claimer.claim({ ...request, headers: [...request.headers, ...client] });
      if (decision.status === "refused")
        return decision.reason === "already-stored" ? { status: "already-claimed" } : toOutcome(decision);
      const condition = flaw === "no-if-none-match" ? {} : { IfNoneMatch: "*" };
      const upload = { Bucket: bucket, Key: key, Body: name, ...condition };
      await s3.send(new PutObjectCommand(upload)).catch(() => {}); // whatever S3 says, it was passed on
      return { status: "claimed" };
    },
  };
}

/** The owner of the bucket, who deletes the object. */
export function deletion(name: string, { key }: IssuedUpload): Actor {
  return {
    name,
    async run(s3) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      return { status: "registered" };
    },
  };
}

/** Digests at once: suspended in Web Crypto, an actor would look like one that waits for nothing. */
const nodeDigests: Digests = {
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
  hmac: (secret) => (text) => createHmac("sha256", secret).update(text).digest("hex"),
};

/** What the decision says of the index; anything that must not have happened here is an error. */
function toOutcome(decision: Awaited<ReturnType<Claimer["claim"]>>): ClaimOutcome {
  if (decision.status === "accepted") return { status: "claimed" };
  switch (decision.reason) {
    case "already-claimed":
    case "revoked":
    case "unknown":
      return { status: decision.reason };
    case "unavailable":
    case "undecided":
      return { status: "indeterminate", mayHaveLanded: decision.reason === "undecided", cause: decision.cause };
    default:
      throw new Error(`the upload was refused before its claim: ${decision.reason}`);
  }
}
