import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { OneObjectOutcome } from "@presign-once/core";

import { explainFailure } from "../s3/explain-failure.ts";
import { statusOf } from "../s3/s3-failure.ts";
import { onAnyVersion } from "../sdk/any-version.ts";
import { removeFolder } from "../sdk/remove-folder.ts";
import { withStatus } from "../sdk/tell-status.ts";
import { holdPut } from "./held-put.ts";

/** Where to try it, and how. */
export interface OneObjectPlace {
  readonly s3: S3Client;
  /** The uploads' bucket. */
  readonly bucket: string;
  /** Folder of the test objects, outside of uploads and index; default `presign-once-probe/`. */
  readonly probePrefix?: string;
  /** Whether uploads are completed from parts, too, as a relay's sink does; default false: each is one PUT. */
  readonly multipart?: boolean;
  /** Lets what was sent arrive at the store before an upload overtakes it; default: half a second passes. */
  readonly settle?: () => Promise<void>;
  /** Gives up; default: after 20 seconds. */
  readonly signal?: AbortSignal;
}

/** Default folder of the test objects. */
export const DEFAULT_PROBE_PREFIX = "presign-once-probe/";

const SETTLE_MS = 500;
const TOTAL_MS = 20_000;
/** How often a PUT that is held open is overtaken: a store may apply the condition only sometimes. */
const ROUNDS = 3;

/**
 * Tries on the bucket itself whether it keeps one object of several uploads of one key, each with `If-None-Match: *`:
 * what `retries=same-client` rests on.
 *
 * An upload is sent halfway and held open, another one of the same key is sent whole, and the first is finished: one of both
 * must be refused, and the object must be the other's. The same one after the other and, with `multipart`, where objects
 * are completed from parts. The objects have 21 bytes and lie below `<probePrefix><random>/`, and are removed, versions
 * included, as far as the role may. It needs `s3:PutObject` and `s3:GetObject` there, and leaves the objects without
 * `s3:DeleteObject`, or `s3:DeleteObjectVersion`, and the right to list them. Never throws.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function proveOneObject(place: OneObjectPlace): Promise<OneObjectOutcome> {
  const { bucket, probePrefix = DEFAULT_PROBE_PREFIX, multipart = false } = place;
  const s3 = onAnyVersion(place.s3);
  const { settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS)) } = place;
  const folder = `${probePrefix}${crypto.randomUUID()}/`;
  const signal = place.signal ?? AbortSignal.timeout(TOTAL_MS);
  const store = { s3, bucket, settle, signal };
  try {
    const outcomes = await Promise.all(
      trials(multipart).map((trial, i) => tryOverlap({ ...store, key: `${folder}${i}` }, trial)),
    );
    return (
      outcomes.find(({ status }) => status === "broken") ??
      outcomes.find(({ status }) => status === "undecided") ?? { status: "proven" }
    );
  } finally {
    await removeFolder(s3, bucket, folder).catch(() => {});
  }
}

/** How an object is made: by one PUT, or completed from parts. */
type Way = "put" | "parts";

/** Two uploads of one key: the first begins, the second is sent whole, the first ends. */
interface Trial {
  readonly first: Way;
  readonly second: Way;
  /** The first one ends before the second begins. */
  readonly oneByOne?: boolean;
}

function trials(multipart: boolean): readonly Trial[] {
  const held: Trial = { first: "put", second: "put" };
  const puts: Trial[] = [{ ...held, oneByOne: true }, ...Array.from({ length: ROUNDS }, () => held)];
  const ways: readonly Way[] = ["put", "parts"];
  const mixed = ways.flatMap((first) => ways.map((second): Trial => ({ first, second })));
  return multipart ? [...puts, ...mixed.filter(({ first, second }) => first === "parts" || second === "parts")] : puts;
}

/** A key of a bucket, and how to wait. */
interface Target {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly settle: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Ends an upload; whether the store took it. Throws for every answer that is neither a yes nor a refused condition. */
type Finish = () => Promise<"stored" | "refused">;

const BODIES = ["the first of two.....", "the second of two...."] as const;

async function tryOverlap(shared: Target, { first, second, oneByOne = false }: Trial): Promise<OneObjectOutcome> {
  const trial = new AbortController();
  const target = { ...shared, signal: AbortSignal.any([shared.signal, trial.signal]) };
  try {
    const finishFirst = await begin(target, first, BODIES[0]);
    const early = oneByOne ? await finishFirst() : undefined;
    const later = await (await begin(target, second, BODIES[1]))();
    const earlier = early ?? (await finishFirst());
    const how = `${oneByOne ? "after" : "during"} one ${said(first)}, one ${said(second)} of the same key`;
    const stored = [earlier, later].filter((answer) => answer === "stored").length;
    if (stored > 1) return { status: "broken", seen: `${how} was stored, too, in spite of If-None-Match: *` };
    if (stored === 0) return { status: "undecided", cause: new Error("neither of two uploads was taken") };
    const { body, versions } = await read(target);
    if (body !== BODIES[earlier === "stored" ? 0 : 1])
      return { status: "broken", seen: `${how} was refused, and its bytes are stored all the same` };
    if (versions !== undefined && versions !== 1)
      return { status: "broken", seen: `${how} was refused, and left ${versions} versions` };
    return { status: "proven" };
  } catch (cause) {
    return { status: "undecided", cause: explainFailure(withStatus(cause)) };
  } finally {
    trial.abort(); // an upload that is still held open
  }
}

function said(way: Way): string {
  return way === "put" ? "PUT" : "upload from parts";
}

async function begin(target: Target, way: Way, body: string): Promise<Finish> {
  const { s3, bucket: Bucket, key: Key, settle, signal: abortSignal } = target;
  if (way === "put") {
    const held = await holdPut({ s3, bucket: Bucket, key: Key, body, signal: abortSignal });
    await settle();
    return async () => {
      const { status } = await held.finish();
      if (status >= 200 && status < 300) return "stored";
      if (isRefusal(status)) return "refused";
      throw Object.assign(new Error("the store did not take an upload"), { status });
    };
  }
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }), { abortSignal });
  const part = { Bucket, Key, UploadId, PartNumber: 1 };
  const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: body }), { abortSignal });
  return async () => {
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const complete = { Bucket, Key, UploadId, MultipartUpload, IfNoneMatch: "*" };
    try {
      await s3.send(new CompleteMultipartUploadCommand(complete), { abortSignal });
      return "stored";
    } catch (error) {
      if (isRefusal(statusOf(error))) return "refused";
      throw error;
    }
  };
}

/** 412: the condition does not hold. 409: it was being decided about. Nothing was stored. */
function isRefusal(status: number | undefined): boolean {
  return status === 412 || status === 409;
}

/** The object, and how many versions there are; `undefined` where they cannot be listed. */
async function read({ s3, bucket, key, signal: abortSignal }: Target) {
  const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
  const body = await object.Body?.transformToString();
  const list = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key });
  const versions = await s3.send(list, { abortSignal }).then(
    ({ Versions = [] }) => Versions.length,
    () => undefined, // R2 has none, and not every role may list them: the two answers and the bytes are left
  );
  return { body, versions };
}
