import { Readable } from "node:stream";

import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

import type { IndexS3 } from "../s3/index-s3.ts";
import { onAnyVersion } from "./any-version.ts";
import { tellStatus } from "./tell-status.ts";

/**
 * An index's requests through the AWS SDK: the reference, and the way to the SDK's credential chain and endpoint rules.
 *
 * @param s3  from `createS3Client`; others work, but their own retries hide the outcome of each attempt
 */
export function createSdkIndexS3(s3: S3Client): IndexS3 {
  const client = onAnyVersion(s3);
  return {
    async putObject({ bucket, key, body, contentType, metadata, condition }, abortSignal) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ...(metadata === undefined ? {} : { Metadata: metadata }),
        ...(condition === undefined
          ? {}
          : "ifMatch" in condition
            ? { IfMatch: condition.ifMatch }
            : { IfNoneMatch: condition.ifNoneMatch }),
      });
      const { VersionId, ServerSideEncryption } = await tellStatus(client.send(command, { abortSignal }));
      return { versionId: VersionId, serverSideEncryption: ServerSideEncryption };
    },

    async getObject({ bucket, key, versionId, maxBytes }, abortSignal) {
      const version = versionId === undefined ? {} : { VersionId: versionId };
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...version });
      const {
        Body,
        ContentLength = Infinity,
        ETag,
        LastModified,
      } = await tellStatus(client.send(command, { abortSignal }));
      if (Body === undefined) throw new Error("the answer had no body");
      if (ContentLength > maxBytes) {
        if (Body instanceof Readable) Body.destroy(); // left unread, it would keep its connection
        return { etag: ETag, lastModified: LastModified, body: undefined };
      }
      const body = await Body.transformToString();
      if (Buffer.byteLength(body) !== ContentLength) throw new Error("the answer was cut");
      return { etag: ETag, lastModified: LastModified, body };
    },

    async headObject({ bucket, key }, abortSignal) {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
      const head = await tellStatus(client.send(command, { abortSignal }));
      return {
        ...{ versionId: head.VersionId, serverSideEncryption: head.ServerSideEncryption },
        ...{ etag: head.ETag, bytes: head.ContentLength, metadata: head.Metadata ?? {} },
      };
    },

    async listObjectVersions({ bucket, prefix, after }, abortSignal) {
      const command = new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        KeyMarker: after?.keyMarker,
        VersionIdMarker: after?.versionIdMarker,
      });
      const answer = await tellStatus(client.send(command, { abortSignal }));
      return {
        versions: (answer.Versions ?? []).map(({ Key, VersionId, ETag, LastModified, IsLatest = false, Size }) => {
          return {
            ...{ key: Key, versionId: VersionId, etag: ETag, lastModified: LastModified },
            ...{ isLatest: IsLatest, bytes: Size },
          };
        }),
        deleteMarkers: (answer.DeleteMarkers ?? []).map(({ Key }) => ({ key: Key })),
        next: answer.IsTruncated
          ? { keyMarker: answer.NextKeyMarker, versionIdMarker: answer.NextVersionIdMarker }
          : undefined,
      };
    },

    async getBucketVersioning({ bucket }, abortSignal) {
      return (await tellStatus(client.send(new GetBucketVersioningCommand({ Bucket: bucket }), { abortSignal })))
        .Status;
    },
  };
}
