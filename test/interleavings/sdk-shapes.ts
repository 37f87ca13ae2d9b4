import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";

import type { S3Answer, S3Request } from "./s3-exchange.ts";

/**
 * Every version was written within one second of S3's clock, whatever the schedule: a schedule is an order and has no
 * duration, and one second is the resolution of `LastModified`.
 */
const LAST_MODIFIED = new Date("2026-01-01T00:00:00Z");

/** Reads what the SDK was asked to send. */
export function readCommand(by: string, command: unknown): S3Request {
  if (command instanceof PutObjectCommand) {
    const { Key, Body, IfMatch, IfNoneMatch } = command.input;
    if (typeof Body !== "string") throw new Error("the simulated S3 takes bodies that are strings");
    return { by, op: "PUT", key: named(Key), body: Body, ifMatch: IfMatch, ifNoneMatch: IfNoneMatch };
  }
  if (command instanceof GetObjectCommand)
    return { by, op: "GET", key: named(command.input.Key), versionId: command.input.VersionId };
  if (command instanceof DeleteObjectCommand) return { by, op: "DELETE", key: named(command.input.Key) };
  if (command instanceof HeadObjectCommand) return { by, op: "HEAD", key: named(command.input.Key) };
  if (command instanceof ListObjectVersionsCommand)
    return { by, op: "LIST", key: named(command.input.Prefix), after: command.input.VersionIdMarker };
  if (command instanceof GetBucketVersioningCommand) return { by, op: "VERSIONING" };
  throw new Error(`the simulated S3 has no ${String(command)}`);
}

/** Gives an answer the shape in which the SDK returns or throws it. */
export function toSdkAnswer(request: S3Request, answer: S3Answer): { returned: object } | { thrown: Error } {
  if (answer.status !== 200) return { thrown: toSdkError(answer) };
  const { version, body, versions, markers = [], more } = answer;
  const $metadata = { httpStatusCode: 200, attempts: 1 };
  if (request.op === "VERSIONING") return { returned: { $metadata, Status: "Enabled" } };
  if (versions !== undefined) {
    const Versions = versions.map(({ key, id, etag }) => ({
      Key: key,
      VersionId: id,
      ETag: etag,
      LastModified: LAST_MODIFIED,
    }));
    const last = Versions.at(-1);
    const next = more === true ? { NextKeyMarker: last?.Key, NextVersionIdMarker: last?.VersionId } : {};
    const DeleteMarkers = markers.map(({ key, id }) => ({ Key: key, VersionId: id }));
    return { returned: { $metadata, Versions, DeleteMarkers, IsTruncated: more === true, ...next } };
  }
  const returned = {
    $metadata,
    ETag: version?.etag,
    VersionId: version?.id,
    ...(answer.encrypted === true ? { ServerSideEncryption: "aws:kms" } : {}),
    ...(body === undefined
      ? {}
      : {
          LastModified: LAST_MODIFIED,
          ContentLength: Buffer.byteLength(body),
          Body: { transformToString: () => Promise.resolve(body) },
        }),
  };
  return { returned };
}

const errors = new WeakMap<S3Answer, Error>();

/** Makes one error for each answer, because errors with stacks are expensive, and no code changes them. */
function toSdkError(answer: Exclude<S3Answer, { status: 200 }>): Error {
  let error = errors.get(answer);
  if (error === undefined) errors.set(answer, (error = newSdkError(answer)));
  return error;
}

function newSdkError(answer: Exclude<S3Answer, { status: 200 }>): Error {
  if (answer.code === "TimeoutError") return new DOMException("no whole answer in time", "TimeoutError");
  if (answer.status === undefined) return Object.assign(new Error("socket hang up"), { code: answer.code });
  const $metadata = { httpStatusCode: answer.status, attempts: answer.attempts ?? 1 };
  return Object.assign(new Error(answer.code), { name: answer.code, $metadata });
}

function named(name: string | undefined): string {
  if (name === undefined) throw new Error("a request without a key");
  return name;
}
