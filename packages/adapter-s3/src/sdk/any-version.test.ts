import { PassThrough, type Readable } from "node:stream";

import {
  CompleteMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";

import { answer, BUCKET, connect, cut, type FakeS3, s3Error, startFakeS3 } from "../../test/fake-s3.ts";
import { mayHaveLanded, statusOf } from "../s3/s3-failure.ts";
import { onAnyVersion } from "./any-version.ts";

/** A client that behaves like 3.693.0 in all that differs. */
function earlyClient(server: FakeS3): S3Client {
  const s3 = connect(server.access);
  s3.middlewareStack.add(
    (next) => (args) => {
      const { headers, body } = args.request as { headers: Record<string, string>; body?: unknown };
      delete headers["if-match"];
      if (body !== undefined) headers["Expect"] = "100-continue";
      return next(args);
    },
    { step: "build", name: "early" },
  );
  s3.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: Readable | Uint8Array };
      if (response.statusCode > 299 || response.body instanceof Uint8Array) return result;
      const copy = response.body.pipe(new PassThrough()); // to which `pipe` tells no error
      const chunks: Buffer[] = [];
      for await (const chunk of copy) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks);
      if (text.toString().endsWith("</Error>")) response.statusCode = 400;
      response.body = text;
      return result;
    },
    { step: "deserialize", priority: "low", name: "earlyAnswers" },
  );
  return s3;
}

const object = { Bucket: BUCKET, Key: "k" };
const failureOf = (request: Promise<unknown>) =>
  request.then(
    () => undefined,
    (error: unknown) => ({ status: statusOf(error), landed: mayHaveLanded(error) }),
  );

describe.each([
  ["an early version", earlyClient],
  ["the installed version", (server: FakeS3) => connect(server.access)],
])("through %s", (_name, connectTo) => {
  test.each([
    ["if-match", { IfMatch: '"e"' }, '"e"'],
    ["if-none-match", { IfNoneMatch: "*" }, "*"],
  ])("a write is sent with %s", async (name, condition, value) => {
    const server = await startFakeS3({ PutObject: [answer(200)] });
    await onAnyVersion(connectTo(server)).send(new PutObjectCommand({ ...object, ...condition, Body: "x" }));
    expect(server.requests[0]!.headers[name]).toBe(value);
  });

  test("a part is sent without the condition of its object", async () => {
    const server = await startFakeS3({ UploadPart: [answer(200)] });
    const part = { ...object, UploadId: "u", PartNumber: 1, Body: "x", IfNoneMatch: "*" };
    await onAnyVersion(connectTo(server)).send(new UploadPartCommand(part));
    expect(server.requests[0]!.headers).not.toHaveProperty("if-none-match");
  });

  test.each([10, 3 * 1024 * 1024])("a body of %d bytes does not wait for 100-continue", async (bytes) => {
    const server = await startFakeS3({ PutObject: [answer(200)] });
    await onAnyVersion(connectTo(server)).send(new PutObjectCommand({ ...object, Body: Buffer.alloc(bytes) }));
    expect(server.requests[0]!.headers).not.toHaveProperty("expect");
  });

  test("an answer of 200 that is cut in its body is an error", async () => {
    const server = await startFakeS3({ PutObject: [cut(200)], ListParts: [cut(200)] });
    const s3 = onAnyVersion(connectTo(server));
    expect(await failureOf(s3.send(new PutObjectCommand({ ...object, Body: "x" })))).toMatchObject({ landed: true });
    const list = s3.send(new ListPartsCommand({ ...object, UploadId: "u" }));
    expect(await failureOf(list)).toMatchObject({ landed: true });
  });

  test("an error in an answer of 200 does not say that nothing was written", async () => {
    const failure = answer(200, {}, "<Error><Code>InternalError</Code></Error>\n");
    const server = await startFakeS3({ PutObject: [failure], CompleteMultipartUpload: [failure, answer(200)] });
    const s3 = onAnyVersion(connectTo(server));
    const complete = () => s3.send(new CompleteMultipartUploadCommand({ ...object, UploadId: "u" }));
    const unknown = { status: 503, landed: true };
    expect(await failureOf(s3.send(new PutObjectCommand({ ...object, Body: "x" })))).toEqual(unknown);
    expect(await failureOf(complete())).toEqual(unknown);
    expect(await failureOf(complete())).toEqual(unknown); // an empty answer: S3 gave up
  });
});

test("an object is not read before its reader asks for it, whatever it ends with", async () => {
  const server = await startFakeS3({ GetObject: [answer(200, {}, "<Error></Error>")] });
  const { Body } = await onAnyVersion(connect(server.access)).send(new GetObjectCommand(object));
  expect(await Body!.transformToString()).toBe("<Error></Error>");
});

test("the client itself is unchanged", async () => {
  const server = await startFakeS3({ PutObject: [answer(200), s3Error(412, "PreconditionFailed")] });
  const s3 = earlyClient(server);
  const names = s3.middlewareStack.identify();
  await onAnyVersion(s3).send(new PutObjectCommand({ ...object, Body: "x" }));
  expect(s3.middlewareStack.identify()).toEqual(names);
  expect(await failureOf(s3.send(new PutObjectCommand({ ...object, Body: "x" })))).toMatchObject({ status: 412 });
  expect(server.requests[1]!.headers["expect"]).toBe("100-continue");
});
