import { GetObjectAclCommand, GetObjectTaggingCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Place } from "../e2e/place.ts";
import { requestGrant } from "../e2e/request-grant.ts";
import { type Stack, startStack } from "../e2e/stack.ts";
import { HARMLESS_NAMES, REFUSED_NAMES } from "./header-names.ts";

/** Names sent with one upload; a difference is looked for one by one. */
const BATCH = 40;
const SEED = 11;

/**
 * What a client can change of the stored object by headers: nothing but what was granted, and what S3 stores of any
 * client. The object itself is compared, not the status.
 *
 * @param rounds  uploads with random stored headers
 */
export function describeStoredState(
  name: string,
  { rounds }: { readonly rounds: number },
  start: () => Promise<Place>,
): void {
  describe(`what is stored on ${name}`, () => {
    let place: Place;
    let stack: Stack;
    beforeAll(async () => {
      place = await start();
      stack = await startStack(place.server, place.bucket, place.options);
    }, 180_000);
    afterAll(async () => {
      await stack?.stop();
      await place?.stop();
    }, 60_000);

    /** Uploads once with these headers; what is stored then, without what differs from upload to upload. */
    async function storedWith(headers: readonly (readonly [string, string])[]): Promise<object> {
      const { url, id, key, headers: granted } = await requestGrant(stack, "filename=granted.txt");
      const fields = [...Object.entries(granted), ...headers] as [string, string][];
      const answer = await stack.send(url, { method: "PUT", body: "hello", headers: fields });
      expect([answer.status, answer.body], JSON.stringify(headers.map(([sent]) => sent))).toEqual([200, ""]);
      const object = { Bucket: stack.bucket, Key: key };
      const {
        $metadata: _,
        LastModified: __,
        VersionId: ___,
        Metadata = {},
        ...head
      } = await stack.s3.send(new HeadObjectCommand(object));
      expect(Metadata["presign-once-id"]).toBe(id);
      const { "presign-once-id": ____, ...metadata } = Metadata;
      const grants = await stack.s3.send(new GetObjectAclCommand(object)).then(
        ({ Grants }) => Grants,
        () => "not told",
      );
      const tags = await stack.s3.send(new GetObjectTaggingCommand(object)).then(
        ({ TagSet }) => TagSet,
        () => "not told",
      );
      return { head, metadata, grants, tags };
    }

    test(`is the same with each of ${HARMLESS_NAMES.length} headers that were not granted`, async () => {
      expect(HARMLESS_NAMES.length).toBeGreaterThan(400);
      const plain = await storedWith([]);
      expect(plain).toMatchObject({ metadata: { filename: "granted.txt" } });
      for (let i = 0; i < HARMLESS_NAMES.length; i += BATCH) {
        const batch = HARMLESS_NAMES.slice(i, i + BATCH).map((sent) => [sent, "forged"] as const);
        expect(await storedWith(batch), batch.map(([sent]) => sent).join(" ")).toEqual(plain);
      }
    }, 120_000);

    test("is nothing if a header is refused, and the URL stays usable", async () => {
      const { url, headers } = await requestGrant(stack, "filename=granted.txt");
      for (const sent of REFUSED_NAMES) {
        const answer = await stack.send(url, {
          method: "PUT",
          body: "hello",
          headers: { ...headers, [sent]: "forged" },
        });
        expect([answer.status, answer.code], sent).toEqual([400, "InvalidRequest"]);
      }
      for (const wrong of [
        { "content-type": "multipart/form-data; boundary=a" },
        { "content-range": "bytes 5-9/10" },
      ]) {
        const answer = await stack.send(url, { method: "PUT", body: "hello", headers: { ...headers, ...wrong } });
        expect([answer.status, answer.code]).toEqual([400, "InvalidRequest"]);
      }
      expect(await stack.objectOf(url)).toBeUndefined();
      expect((await stack.send(url, { method: "PUT", body: "hello", headers })).status).toBe(200);
    });

    test("is what was sent, for all stored headers that pass the edge", async () => {
      const counts = { stored: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(storedHeaders, async (headers) => {
          const { url, key } = await requestGrant(stack);
          const answer = await stack.send(url, { method: "PUT", body: "hello", headers });
          if (answer.status === 400 && answer.code === "InvalidRequest") {
            counts.refused++;
            expect((await stack.send(url)).status, "a refusal leaves the URL good").toBe(200);
            return;
          }
          expect([answer.status, answer.body], JSON.stringify(headers)).toEqual([200, ""]);
          counts.stored++;
          const head = await stack.s3.send(new HeadObjectCommand({ Bucket: stack.bucket, Key: key }));
          for (const [sent, field] of FIELDS) {
            const value = headers[sent];
            if (value !== undefined && value !== "") expect(head[field], sent).toBe(value);
          }
        }),
        { numRuns: rounds, seed: SEED },
      );
      expect(counts.stored).toBeGreaterThan(rounds / 4);
      expect(counts.refused).toBeGreaterThan(rounds / 20);
    }, 300_000);
  });
}

const FIELDS = [
  ["cache-control", "CacheControl"],
  ["content-disposition", "ContentDisposition"],
  ["content-language", "ContentLanguage"],
  ["content-type", "ContentType"],
] as const;

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from("abcXYZ019 ;=,\"'()<>@:\\/[]?{}%+*-_.~!#$&^`|\t")), maxLength: 60 }),
  fc.nat({ max: 2_100 }).map((length) => "v".repeat(length)),
  fc.constantFrom(
    "text/plain; charset=utf-8",
    "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt",
    "de, en;q=0.5",
  ),
);
/** Values as HTTP clients send them: without blanks at the ends, which no server sees. */
const value = text.map((sent) => sent.trim());
const storedHeaders: fc.Arbitrary<Record<string, string>> = fc.record(
  {
    "cache-control": value,
    "content-disposition": value,
    "content-language": value,
    "content-type": value,
    expires: fc.oneof(value, fc.constant("Thu, 01 Jan 2026 00:00:00 GMT"), fc.constant("0")),
    "user-agent": value,
  },
  { requiredKeys: [] },
);
