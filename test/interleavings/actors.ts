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
  createDownloader,
  createDownloadIssuer,
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

const downloads = {
  keys,
  presigner: createInMemoryPresigner(),
  terms: { keyPrefix: "uploads/", maxLifeSeconds: 600 },
  leaseSeconds: 60,
};

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
  const issued = await issuer.issue({ baseUrl: "https://edge.example", expiresInSeconds: 600, retries });
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

/** One link for a download, as `IssuedUpload`, and a pass for each of two clients. */
export interface IssuedLink extends IssuedUpload {
  readonly passes: { readonly first: UploadRequest; readonly second: UploadRequest };
}

/** Issues the one link that all actors compete for, and presses its button for two clients. */
export async function issueLink(retries?: "none"): Promise<IssuedLink> {
  const [clock, ids, index] = [createManualClock(NOW), createSequentialIds(), createInMemoryIndex()];
  const issuer = createDownloadIssuer({ index, keys, clock, ids });
  const key = "uploads/file";
  const issued = await issuer.issue({ baseUrl: "https://edge.example", expiresInSeconds: 600, key, retries });
  if (issued.status !== "issued") throw new Error("no link was issued");
  const request = { method: "GET", path: new URL(issued.grant.url).pathname, query: "", headers: [] } as const;
  const downloader = createDownloader({ index, clock, ids, ...downloads });
  const press = async (): Promise<UploadRequest> => {
    const handed = await downloader.decide({ ...request, method: "POST" });
    if (handed.status !== "pass") throw new Error("no pass was handed out");
    return { ...request, query: handed.query };
  };
  return { hash: issued.hash, request, key, passes: { first: await press(), second: await press() } };
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

/** An edge function, in a process of its own, that has to decide about a GET with a pass. */
export function download(
  name: string,
  createIndex: IndexFactory,
  request: UploadRequest,
  digests: Digests = nodeDigests,
): Actor {
  return {
    name,
    async run(s3, newDeadline) {
      const index = { ...createInMemoryIndex(), ...createIndex({ s3, bucket, newDeadline }) };
      const clock = createManualClock(NOW);
      const ids = { ...createSequentialIds(), claimant: () => name.toLowerCase().repeat(32) as Claimant };
      const decision = await createDownloader({ index, clock, ids, digests, ...downloads }).decide(request);
      if (decision.status === "accepted" || decision.status === "refused") return toOutcome(decision);
      throw new Error(`the pass was not taken for one: ${decision.status}`);
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
function toOutcome(
  decision: { readonly status: "accepted" } | Extract<Awaited<ReturnType<Claimer["claim"]>>, { status: "refused" }>,
): ClaimOutcome {
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
      throw new Error(`the request was refused before its claim: ${decision.reason}`);
  }
}

/** The digests of an edge that takes all clients for one. */
export const oneForAll: Digests = {
  ...nodeDigests,
  sha256: (text) => (text.startsWith("presign-once/client/") ? "c".repeat(64) : nodeDigests.sha256(text)),
};
