import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { runCommand } from "../../scripts/run-command.ts";
import type { Place } from "../e2e/place.ts";
import { type Stack, startStack } from "../e2e/stack.ts";
import { type OnUpload, takeOnUpload } from "./on-upload.ts";
import { type EventObject, objectCreated, spellWhole } from "./s3-event.ts";

const ID = "presign-once-id";

/**
 * Runs the example of docs/upload-events.md on a real S3 server, with uploads through the built edge.
 *
 * @param start      makes the uploads' bucket
 * @param receiptsOf makes the bucket for receipts, which keeps no versions
 */
export function describeUploadEvents(
  name: string,
  start: () => Promise<Place>,
  options: { readonly versioned: boolean; readonly receiptsOf: (place: Place) => Promise<string> },
): void {
  describe(`the handler of docs/upload-events.md on ${name}`, { timeout: 60_000 }, () => {
    let place: Place;
    let stack: Stack;
    let receipts: string;
    let onUpload: OnUpload;
    beforeAll(async () => {
      place = await start();
      stack = await startStack(place.server, place.bucket, place.options);
      receipts = await options.receiptsOf(place);
      onUpload = await takeOnUpload(place.server, receipts);
    }, 180_000);
    afterAll(async () => {
      await onUpload?.remove();
      await stack?.stop();
      await place?.stop();
    }, 60_000);

    /** An upload through the edge: its object as S3 tells of it, and its id as the log of issuing has it. */
    async function upload(): Promise<{ object: EventObject; id: string }> {
      const url = await stack.issue();
      const line = stack.log.findLast((text) => text.includes('"presignOnce":"issue"')) ?? "";
      const { grant: id } = JSON.parse(line.slice(line.indexOf("{"))) as { grant: string };
      expect((await stack.send(url, { body: "hello" })).status).toBe(200);
      return { id, object: await head(new URL(url).pathname.slice(1)) };
    }

    async function head(key: string): Promise<EventObject> {
      const { ContentLength, ETag, VersionId } = await stack.s3.send(
        new HeadObjectCommand({ Bucket: stack.bucket, Key: key }),
      );
      const versionId = options.versioned ? { versionId: VersionId! } : {};
      return { key, size: ContentLength!, eTag: ETag!.replaceAll('"', ""), ...versionId };
    }

    /** An object that its owner puts there. */
    async function put(key: string, metadata: Record<string, string> = {}): Promise<EventObject> {
      await stack.s3.send(
        new PutObjectCommand({ Bucket: stack.bucket, Key: key, Body: `of the owner: ${key}`, Metadata: metadata }),
      );
      return head(key);
    }

    async function receiptsIn(): Promise<string[]> {
      const { Contents = [] } = await stack.s3.send(
        new ListObjectsV2Command({ Bucket: receipts, Prefix: "receipts/" }),
      );
      return Contents.map(({ Key }) => Key!);
    }

    /** What the handler logs about an event, and how many receipts it writes. */
    async function handled(object: EventObject, spell?: (key: string) => string): Promise<[unknown[], number]> {
      const before = (await receiptsIn()).length;
      const { exitCode, output, lines } = await onUpload.handle(objectCreated(stack.bucket, object, spell));
      expect([exitCode, output]).toEqual([0, expect.anything()]);
      return [lines, (await receiptsIn()).length - before];
    }

    test("an upload gets one receipt, with the same grant as the log of issuing", async () => {
      const { object, id } = await upload();
      const upshot = { grant: id, key: `uploads/${id}`, bytes: 5 };
      expect(object.key).toBe(upshot.key);
      expect(await handled(object)).toEqual([[{ presignOnce: "uploaded", ...upshot }], 1]);
      const receipt = await stack.s3.send(new GetObjectCommand({ Bucket: receipts, Key: `receipts/${id}.json` }));
      expect(JSON.parse((await receipt.Body?.transformToString()) ?? "")).toMatchObject({ id, bytes: 5, metadata: {} });
    });

    test("an upload gets one receipt for repeated and concurrent events", async () => {
      const { object, id } = await upload();
      const event = objectCreated(stack.bucket, object);
      const twice = { Records: [...event.Records, ...event.Records] };
      const before = (await receiptsIn()).length;
      const results = await Promise.all([onUpload.handle(twice), onUpload.handle(event), onUpload.handle(twice)]);
      // Of concurrent writers Ceph tells some that it has failed; they are called again.
      const again = await onUpload.handle(event);
      expect(again).toMatchObject({ exitCode: 0, lines: [] });
      const lines = results.flatMap((result) => result.lines);
      // At least once: those that came before the receipt was written.
      expect(new Set(lines.map((line) => (line as { grant: string }).grant))).toEqual(new Set([id]));
      expect((await receiptsIn()).length - before).toBe(1);
    });

    test("takes events of EventBridge, and nothing that is no event", async () => {
      const { object, id } = await upload();
      const { key, eTag: etag, versionId } = object;
      const version = versionId === undefined ? {} : { "version-id": versionId };
      const detail = { bucket: { name: stack.bucket }, object: { key, etag, size: 5, ...version } };
      const event = { source: "aws.s3", "detail-type": "Object Created", detail };
      expect(await onUpload.handle(event)).toMatchObject({ exitCode: 0, lines: [{ grant: id }] });
      expect(await onUpload.handle({ hello: "world" })).toMatchObject({ exitCode: 1, lines: [] });
    });

    test("handles events of several uploads together and in any order", async () => {
      const uploads = [await upload(), await upload(), await upload()];
      const Records = uploads.toReversed().flatMap(({ object }) => objectCreated(stack.bucket, object).Records);
      const { lines } = await onUpload.handle({ Records });
      expect(lines).toMatchObject(uploads.toReversed().map(({ id }) => ({ grant: id })));
    });

    test("decodes keys in events, with or without encoded slashes", async () => {
      for (const id of ["red flower+1%.jpg", "a&b=c"]) {
        const object = await put(`uploads/${id}`, { [ID]: id });
        expect(await handled(object)).toEqual([[expect.objectContaining({ grant: id })], 1]);
      }
      const { object, id } = await upload();
      expect(await handled(object, spellWhole)).toEqual([[expect.objectContaining({ grant: id })], 1]);
    });

    test("ignores objects that the owner stored, and copies of uploads", async () => {
      expect(await handled(await put("uploads/by-hand"))).toEqual([[], 0]);
      const { object } = await upload();
      const Key = "uploads/copied";
      await stack.s3.send(
        new CopyObjectCommand({ Bucket: stack.bucket, Key, CopySource: `${stack.bucket}/${object.key}` }),
      );
      expect((await stack.s3.send(new HeadObjectCommand({ Bucket: stack.bucket, Key }))).Metadata).toHaveProperty(ID);
      expect(await handled(await head(Key))).toEqual([[], 0]);
    });

    test(`an upload that was overwritten before its event came is ${options.versioned ? "there all the same, as its version" : "passed over"}`, async () => {
      const { object, id } = await upload();
      const later = await put(object.key, { [ID]: id });
      const found = (bytes: number) => [[expect.objectContaining({ grant: id, bytes })], 1];
      expect(await handled(object)).toEqual(options.versioned ? found(5) : [[], 0]);
      // If the upload of a grant was never seen, the owner's overwritten object counts as the first.
      expect(await handled(later)).toEqual(options.versioned ? [[], 0] : found(later.size));
    });

    test("skips an upload that was removed", async () => {
      const { object } = await upload();
      const { versionId } = object;
      await stack.s3.send(
        new DeleteObjectCommand({
          Bucket: stack.bucket,
          Key: object.key,
          ...(versionId ? { VersionId: versionId } : {}),
        }),
      );
      expect(await handled(object)).toEqual([[], 0]);
    });

    test("throws for any other failure, so that Lambda retries", async () => {
      const { object, id } = await upload();
      const event = objectCreated(stack.bucket, object);
      const refused = await onUpload.handle(event, { AWS_SECRET_ACCESS_KEY: "wrong" });
      expect([refused.exitCode, refused.lines]).toEqual([1, []]);
      const withoutReceipt = await onUpload.handle(event, { RECEIPTS_BUCKET: "no-such-bucket" });
      expect([withoutReceipt.exitCode, withoutReceipt.lines]).toEqual([1, [expect.objectContaining({ grant: id })]]);
      expect(await onUpload.handle(event)).toMatchObject({ exitCode: 0, lines: [{ grant: id }] });
    });

    test("type-checks", async () => {
      const strict = [
        "--strict",
        "--noUncheckedIndexedAccess",
        "--exactOptionalPropertyTypes",
        "--verbatimModuleSyntax",
      ];
      const how = ["--noEmit", "--ignoreConfig", "--skipLibCheck", "--target", "es2023", "--module", "nodenext"];
      const types = ["--types", "node", "--typeRoots", "node_modules/@types"];
      const sources = ["--customConditions", "source", "--allowImportingTsExtensions", "--lib", "es2024"];
      const { output } = await runCommand("tsc", [...strict, ...how, ...types, ...sources, onUpload.file]);
      expect(output).toBe("");
    });
  });
}
