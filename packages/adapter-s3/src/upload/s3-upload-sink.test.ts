import { S3Client } from "@aws-sdk/client-s3";
import type { SinkUpload } from "@presign-once/core";
import { describe, expect, onTestFinished, test } from "vitest";

import {
  accessTo,
  type Answer,
  answer,
  BUCKET,
  type FakeS3,
  later,
  reset,
  s3Error,
  type Script,
  silence,
  startFakeS3,
} from "../../test/fake-s3.ts";
import type { ReceivedRequest } from "../../test/received-request.ts";
import { createS3Client } from "../sdk/s3-client.ts";
import { createS3UploadClient } from "./s3-upload-client.ts";
import { createS3UploadSink, type S3UploadSinkOptions } from "./s3-upload-sink.ts";

const MIB = 1024 ** 2;
const KEY = "uploads/1";
const UPLOAD: SinkUpload = {
  key: KEY,
  headers: [["content-type", "text/plain"]],
  metadata: { "presign-once-id": "1" },
  declaredBytes: undefined,
};

const created = answer(
  200,
  {},
  `<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>`,
);
const stored = answer(200, { etag: '"whole"' });
const part = answer(200, { etag: '"part"' });
const completed = answer(
  200,
  {},
  `<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>`,
);
const gone = s3Error(404, "NoSuchUpload");
const missing = answer(404);
const forbidden = s3Error(403, "AccessDenied");
const busy = s3Error(503, "SlowDown");
const aborted = answer(204);

const ATTEMPT = "x-amz-meta-presign-once-attempt";

/** An object of this grant, as HEAD sees it: made by the attempt that was seen last, unless a test says otherwise. */
function own(bytes: number, id = "1", attempt = () => lastAttempt()): Answer {
  return (response) => {
    const mark = attempt();
    const headers = { etag: '"found"', "x-amz-meta-presign-once-id": id, "content-length": String(bytes) };
    response.writeHead(200, mark === undefined ? headers : { ...headers, [ATTEMPT]: mark }).end();
  };
}

/** An object of the same grant and length that another attempt made. */
const siblings = (bytes: number): Answer => own(bytes, "1", () => crypto.randomUUID());

let lastAttempt = (): string | undefined => undefined;

/** A sink on a scripted S3. Its client tries every request once, unless a test says otherwise. */
async function start(script: Script, options: Partial<S3UploadSinkOptions> & { tryAgain?: boolean } = {}) {
  const { tryAgain = false, ...sinkOptions } = options;
  const s3 = await startFakeS3(script);
  lastAttempt = () => {
    const made = s3.requests.findLast(({ headers }) => headers[ATTEMPT] !== undefined);
    return made?.headers[ATTEMPT] as string | undefined;
  };
  const client = tryAgain ? createS3UploadClient(s3.access) : createS3Client(s3.access);
  onTestFinished(() => client.destroy());
  return { s3, sink: createS3UploadSink({ s3: client, bucket: BUCKET, ...sinkOptions }) };
}

async function* bodyOf(bytes: number, end: () => Promise<void> = async () => {}): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; at += MIB) yield new Uint8Array(Math.min(MIB, bytes - at));
  await end();
}

const throwing = (fault: unknown) => () => Promise.reject(fault);

describe("a body that fits into one part", () => {
  test("is one PUT, with type and metadata and no further headers", async () => {
    const { s3, sink } = await start({ PutObject: [stored] });
    const upload = {
      ...UPLOAD,
      headers: [["content-type", "text/plain"] as const, ["cache-control", "no-store"] as const],
    };
    expect(await sink.store(upload, bodyOf(5))).toEqual({ status: "stored", etag: '"whole"' });
    const { key, headers } = s3.requests[0]!;
    expect(key).toBe(KEY);
    expect(headers).toMatchObject({
      "content-type": "text/plain",
      "cache-control": "no-store",
      "x-amz-meta-presign-once-id": "1",
      "content-length": "5",
    });
    expect(headers).not.toHaveProperty("if-none-match");
    expect(headers).not.toHaveProperty("content-encoding");
    expect(headers).not.toHaveProperty(ATTEMPT);
  });

  test("is a conditional PUT that names its attempt, if the key must be new", async () => {
    const refused = s3Error(412, "PreconditionFailed");
    const { s3, sink } = await start({ PutObject: [refused, refused] }, { requireNew: true });
    for (const n of [0, 1]) {
      expect(await sink.store(UPLOAD, bodyOf(5))).toEqual({ status: "occupied", leftBehind: false });
      expect(s3.requests[n]?.headers).toMatchObject({
        "if-none-match": "*",
        "x-amz-meta-presign-once-id": "1",
        [ATTEMPT]: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
    expect(s3.requests[0]?.headers[ATTEMPT]).not.toBe(s3.requests[1]?.headers[ATTEMPT]);
  });

  test("is sent only after the body has ended without an error", async () => {
    const { s3, sink } = await start({});
    const fault = new Error("simulated");
    const outcome = await sink.store(UPLOAD, bodyOf(5, throwing(fault)));
    expect(outcome).toEqual({ status: "failed", mayBeStored: false, leftBehind: false, cause: fault });
    expect(s3.operations).toEqual([]);
  });

  test("is read back after a lost answer", async () => {
    const found = await start({ PutObject: [reset], HeadObject: [own(5)] });
    expect(await found.sink.store(UPLOAD, bodyOf(5))).toEqual({ status: "stored", etag: '"found"' });
    for (const other of [missing, forbidden, own(6), own(5, "2")]) {
      const { sink } = await start({ PutObject: [reset], HeadObject: [other] });
      expect(await sink.store(UPLOAD, bodyOf(5))).toMatchObject({ status: "failed", mayBeStored: true });
    }
  });

  test("is not confused with the object of another attempt, if the key must be new", async () => {
    const own5 = await start({ PutObject: [reset], HeadObject: [own(5)] }, { requireNew: true });
    expect(await own5.sink.store(UPLOAD, bodyOf(5))).toEqual({ status: "stored", etag: '"found"' });
    const other = await start({ PutObject: [reset], HeadObject: [siblings(5)] }, { requireNew: true });
    expect(await other.sink.store(UPLOAD, bodyOf(5))).toMatchObject({ status: "failed", mayBeStored: true });
  });

  test("is reported as not stored if it certainly failed", async () => {
    const { sink } = await start({ PutObject: [forbidden], HeadObject: [missing] });
    expect(await sink.store(UPLOAD, bodyOf(5))).toMatchObject({ status: "failed", mayBeStored: false });
  });

  test("is stored if a retry finds its own object, not stored if it finds another, otherwise undecided", async () => {
    const twice = () => ({ PutObject: [s3Error(500, "InternalError"), s3Error(412, "PreconditionFailed")] });
    const itself = await start({ ...twice(), HeadObject: [own(5)] }, { tryAgain: true, requireNew: true });
    expect(await itself.sink.store(UPLOAD, bodyOf(5))).toEqual({ status: "stored", etag: '"found"' });
    const another = await start({ ...twice(), HeadObject: [own(5, "2")] }, { tryAgain: true, requireNew: true });
    expect(await another.sink.store(UPLOAD, bodyOf(5))).toEqual({ status: "occupied", leftBehind: false });
    const sibling = await start({ ...twice(), HeadObject: [siblings(5)] }, { tryAgain: true, requireNew: true });
    expect(await sibling.sink.store(UPLOAD, bodyOf(5))).toEqual({ status: "occupied", leftBehind: false });
    const unknown = await start({ ...twice(), HeadObject: [forbidden] }, { tryAgain: true, requireNew: true });
    expect(await unknown.sink.store(UPLOAD, bodyOf(5))).toMatchObject({ status: "failed", mayBeStored: true });
  });
});

describe("a longer body", () => {
  const parts: Script = { CreateMultipartUpload: [created], UploadPart: () => part };

  test("is cut into parts of 5 MiB, and completed after its end", async () => {
    const { s3, sink } = await start({ ...parts, CompleteMultipartUpload: [completed] }, { requireNew: true });
    expect(await sink.store(UPLOAD, bodyOf(11 * MIB))).toEqual({ status: "stored", etag: '"whole"' });
    const sizes = s3.requests.map(({ operation, query, headers }) => [
      operation,
      query.get("partNumber") ?? "",
      operation === "UploadPart" ? Number(headers["content-length"]) : "",
    ]);
    expect(sizes.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      ["CompleteMultipartUpload", "", ""],
      ["CreateMultipartUpload", "", ""],
      ["UploadPart", "1", 5 * MIB],
      ["UploadPart", "2", 5 * MIB],
      ["UploadPart", "3", MIB],
    ]);
    expect(headersOf(s3, "CreateMultipartUpload")).toMatchObject({ "x-amz-meta-presign-once-id": "1" });
    expect(headersOf(s3, "CompleteMultipartUpload")).toMatchObject({ "if-none-match": "*" });
  });

  test("has larger parts if its declared length needs them", async () => {
    const options = { memoryBudgetBytes: 40 * MIB };
    const { s3, sink } = await start({ ...parts, CompleteMultipartUpload: [completed] }, options);
    await sink.store({ ...UPLOAD, declaredBytes: 10_000 * 8 * MIB }, bodyOf(9 * MIB));
    expect(headersOf(s3, "UploadPart")["content-length"]).toMatch(/^(8388608|1048576)$/);
  });

  test("never waits for 100-continue, even if its client would", async () => {
    const { s3, sink } = await start({ ...parts, CompleteMultipartUpload: [completed] });
    const { endpoint = "", region, credentials } = s3.access;
    const plain = new S3Client({ endpoint, region, credentials: credentials!, forcePathStyle: true });
    onTestFinished(() => plain.destroy());
    expect(await createS3UploadSink({ s3: plain, bucket: BUCKET }).store(UPLOAD, bodyOf(6 * MIB))).toMatchObject({
      status: "stored",
    });
    expect(sink).toBeDefined();
    for (const { headers } of s3.requests) expect(headers).not.toHaveProperty("expect");
  });

  test("that throws is removed only after every part in progress has arrived", async () => {
    let arrive = (): void => {};
    const arrival = new Promise<void>((resolve) => (arrive = resolve));
    let answered = 0;
    const fault = new Error("simulated");
    const arriving = (): Answer =>
      later(
        arrival.then(() => answered++),
        part,
      );
    const afterAll = (): Answer => {
      expect(answered).toBe(3);
      return aborted;
    };
    const { s3, sink } = await start(
      {
        CreateMultipartUpload: [created],
        UploadPart: arriving,
        AbortMultipartUpload: afterAll,
        ListParts: [gone],
      },
      { parallelParts: 4 },
    );
    const storing = sink.store(UPLOAD, bodyOf(15 * MIB + 1, throwing(fault)));
    await expect.poll(() => s3.operations.filter((name) => name === "UploadPart").length).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(s3.operations).not.toContain("AbortMultipartUpload");
    arrive();
    expect(await storing).toEqual({ status: "failed", mayBeStored: false, leftBehind: false, cause: fault });
  });

  test("is removed again after a failed removal, until no part is listed", async () => {
    const oneLeft = answer(200, {}, "<ListPartsResult><Part><PartNumber>3</PartNumber></Part></ListPartsResult>");
    const { s3, sink } = await start({
      ...parts,
      AbortMultipartUpload: [busy, aborted, aborted],
      ListParts: [oneLeft, gone],
    });
    expect(await sink.store(UPLOAD, bodyOf(6 * MIB, throwing("simulated")))).toMatchObject({ leftBehind: false });
    const removal = s3.operations.filter((name) => /Abort|ListParts/.test(name));
    expect(removal).toEqual([
      "AbortMultipartUpload",
      "AbortMultipartUpload",
      "ListParts",
      "AbortMultipartUpload",
      "ListParts",
    ]);
  });

  test("is aborted twice if its parts may not be listed", async () => {
    const { s3, sink } = await start({ ...parts, AbortMultipartUpload: [aborted, aborted], ListParts: [forbidden] });
    expect(await sink.store(UPLOAD, bodyOf(6 * MIB, throwing("simulated")))).toMatchObject({ leftBehind: false });
    expect(s3.operations.filter((name) => name === "AbortMultipartUpload")).toHaveLength(2);
  });

  test("that cannot be removed is reported as leftBehind", async () => {
    const { sink } = await start({ ...parts, AbortMultipartUpload: [forbidden] });
    expect(await sink.store(UPLOAD, bodyOf(6 * MIB, throwing("simulated")))).toEqual({
      status: "failed",
      mayBeStored: false,
      leftBehind: true,
      cause: "simulated",
    });
  });

  test("is found and removed if the answer with its id was lost", async () => {
    const listed = answer(
      200,
      {},
      `<ListMultipartUploadsResult><Upload><Key>${KEY}</Key><UploadId>u7</UploadId></Upload>` +
        `<Upload><Key>${KEY}0</Key><UploadId>other</UploadId></Upload></ListMultipartUploadsResult>`,
    );
    const { s3, sink } = await start({
      CreateMultipartUpload: [reset],
      ListMultipartUploads: [listed],
      AbortMultipartUpload: [aborted],
      ListParts: [gone],
    });
    expect(await sink.store(UPLOAD, bodyOf(6 * MIB))).toMatchObject({ mayBeStored: false, leftBehind: false });
    expect(s3.requests.find(({ operation }) => operation === "AbortMultipartUpload")?.query.get("uploadId")).toBe("u7");
    const unlisted = await start({ CreateMultipartUpload: [reset], ListMultipartUploads: [forbidden] });
    expect(await unlisted.sink.store(UPLOAD, bodyOf(6 * MIB))).toMatchObject({ leftBehind: true });
  });

  test("is left behind if that answer was lost and keys must be new, because another upload may be there", async () => {
    const { s3, sink } = await start({ CreateMultipartUpload: [reset] }, { requireNew: true });
    expect(await sink.store(UPLOAD, bodyOf(6 * MIB))).toMatchObject({ mayBeStored: false, leftBehind: true });
    expect(s3.operations).toEqual(["CreateMultipartUpload"]);
  });

  test.each([false, true])("that certainly failed leaves nothing (keys must be new: %s)", async (requireNew) => {
    const { s3, sink } = await start({ CreateMultipartUpload: [forbidden] }, { requireNew });
    expect(await sink.store(UPLOAD, bodyOf(6 * MIB))).toMatchObject({ mayBeStored: false, leftBehind: false });
    expect(s3.operations).toEqual(["CreateMultipartUpload"]);
  });

  test("is not read further after a failed part, although its client waits", async () => {
    const { s3, sink } = await start({
      CreateMultipartUpload: [created],
      UploadPart: () => forbidden,
      AbortMultipartUpload: [aborted],
      ListParts: [gone],
    });
    let closed = false;
    let release = (): void => {};
    async function* stuck(): AsyncGenerator<Uint8Array> {
      try {
        yield* bodyOf(6 * MIB);
        await new Promise<void>((resolve) => (release = resolve));
        yield new Uint8Array(1);
      } finally {
        closed = true;
      }
    }
    expect(await sink.store(UPLOAD, stuck())).toMatchObject({
      status: "failed",
      mayBeStored: false,
      leftBehind: false,
    });
    expect(s3.operations.at(-1)).toBe("ListParts");
    release();
    await expect.poll(() => closed).toBe(true);
  });

  test("is read back after a lost completion, and removed if there is no object", async () => {
    const found = await start({ ...parts, CompleteMultipartUpload: [reset], HeadObject: [own(6 * MIB)] });
    expect(await found.sink.store(UPLOAD, bodyOf(6 * MIB))).toEqual({ status: "stored", etag: '"found"' });

    const removal: Script = { AbortMultipartUpload: [aborted], ListParts: [gone] };
    const lost: Script = { ...parts, CompleteMultipartUpload: [reset] };
    const absent = await start({ ...lost, ...removal, HeadObject: [missing, missing] });
    expect(await absent.sink.store(UPLOAD, bodyOf(6 * MIB))).toMatchObject({ status: "failed", mayBeStored: false });

    // R2 says that it removed the parts of what was completed, so only a 404 tells that there is no object.
    for (const head of [forbidden, reset, own(6 * MIB, "2")]) {
      const untold = await start({ ...lost, ...removal, HeadObject: [head, head] });
      expect(await untold.sink.store(UPLOAD, bodyOf(6 * MIB))).toMatchObject({ status: "failed", mayBeStored: true });
    }

    const late = await start({ ...lost, AbortMultipartUpload: [gone], HeadObject: [missing, own(6 * MIB)] });
    expect(await late.sink.store(UPLOAD, bodyOf(6 * MIB))).toEqual({ status: "stored", etag: '"found"' });

    const unknown = await start({ ...lost, AbortMultipartUpload: [gone], HeadObject: [forbidden, forbidden] });
    expect(await unknown.sink.store(UPLOAD, bodyOf(6 * MIB))).toMatchObject({ status: "failed", mayBeStored: true });
  });

  test("that is completed without an ETag is stored, with the ETag of HEAD if the object is its own", async () => {
    const silent = answer(200, {}, "<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>");
    for (const [headAnswer, etag] of [
      [own(6 * MIB), '"found"'],
      [siblings(6 * MIB), undefined],
      [forbidden, undefined],
    ] as const) {
      const script = { ...parts, CompleteMultipartUpload: [silent], HeadObject: [headAnswer] };
      const { sink } = await start(script, { requireNew: true });
      expect(await sink.store(UPLOAD, bodyOf(6 * MIB))).toEqual({ status: "stored", etag });
    }
  });

  test("leaves no parts if its key is taken at the end", async () => {
    const taken = { CompleteMultipartUpload: [s3Error(412, "PreconditionFailed")] };
    const removal: Script = { AbortMultipartUpload: [aborted], ListParts: [gone] };
    const { sink } = await start({ ...parts, ...taken, ...removal }, { requireNew: true });
    expect(await sink.store(UPLOAD, bodyOf(6 * MIB))).toEqual({ status: "occupied", leftBehind: false });
  });

  test("is read only as far as its memory budget if the store takes nothing", async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += MIB / 16;
        yield new Uint8Array(MIB / 16);
      }
    }
    const { sink } = await start({ CreateMultipartUpload: [created], UploadPart: () => silence });
    void sink.store(UPLOAD, endless());
    let before = -1;
    while (before !== read) {
      before = read;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(read).toBeGreaterThan(10 * MIB);
    expect(read).toBeLessThanOrEqual(20 * MIB);
  });
});

describe("a body larger than the store's limit", () => {
  test("is refused before a byte if the length is declared", async () => {
    const { s3, sink } = await start({});
    let read = false;
    async function* body(): AsyncGenerator<Uint8Array> {
      read = true;
      yield new Uint8Array(1);
    }
    const outcome = await sink.store({ ...UPLOAD, declaredBytes: sink.maxDeclaredBytes + 1 }, body());
    expect(outcome).toMatchObject({ status: "failed", mayBeStored: false, cause: { code: "UPLOAD_TOO_LARGE" } });
    expect([read, s3.operations]).toEqual([false, []]);
  });

  test("leaves nothing if this is found later", async () => {
    const { s3, sink } = await start({
      CreateMultipartUpload: [created],
      UploadPart: () => part,
      AbortMultipartUpload: [aborted],
      ListParts: [gone],
    });
    async function* body(): AsyncGenerator<Uint8Array> {
      yield* bodyOf(6 * MIB);
      // 48 GiB do not fit here: the sink counts the length that a chunk reports.
      yield Object.defineProperty(new Uint8Array(1), "length", { value: sink.maxUndeclaredBytes });
    }
    expect(await sink.store(UPLOAD, body())).toMatchObject({
      status: "failed",
      mayBeStored: false,
      leftBehind: false,
      cause: { code: "UPLOAD_TOO_LARGE" },
    });
    expect(s3.operations).not.toContain("CompleteMultipartUpload");
  });
});

test("refuses a bucket without a name, by argument", () => {
  const s3 = createS3UploadClient(accessTo("http://127.0.0.1:9"));
  onTestFinished(() => s3.destroy());
  expect(() => createS3UploadSink({ s3, bucket: "" })).toThrow(/^bucket: expected/);
});

describe("encryption and tags", () => {
  const keyArn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const rules = { encryption: { type: "aws:kms", keyArn }, tags: { team: "a b" } } as const;
  const headers = {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": keyArn,
    "x-amz-tagging": "team=a%20b",
  };

  test("are those of the sink, for an upload in one PUT and for one in parts", async () => {
    const one = await start({ PutObject: [stored] }, rules);
    expect(await one.sink.store({ ...UPLOAD, declaredBytes: 5 }, bodyOf(5))).toMatchObject({ status: "stored" });
    expect(headersOf(one.s3, "PutObject")).toMatchObject(headers);
    const script = { CreateMultipartUpload: [created], UploadPart: [part, part], CompleteMultipartUpload: [completed] };
    const several = await start(script, rules);
    expect(await several.sink.store(UPLOAD, bodyOf(6 * MIB))).toMatchObject({ status: "stored" });
    expect(headersOf(several.s3, "CreateMultipartUpload")).toMatchObject(headers);
  });

  test("are not named without rules", async () => {
    const { s3, sink } = await start({ PutObject: [stored] });
    await sink.store({ ...UPLOAD, declaredBytes: 5 }, bodyOf(5));
    for (const name of Object.keys(headers)) expect(headersOf(s3, "PutObject")).not.toHaveProperty(name);
  });

  test.each([
    [{ encryption: { type: "aws" } }, "encryption.type: expected AES256 or aws:kms"],
    [{ encryption: { type: "aws:kms" } }, "encryption.keyArn: expected the ARN of a key with type aws:kms"],
    [
      { encryption: { type: "aws:kms", keyArn: "alias/a" } },
      "encryption.keyArn: expected the ARN of a KMS key such as",
    ],
    [{ tags: { "aws:a": "b" } }, "tags: expected names of 1 to 128 of"],
  ])("are refused as %j, by argument", (wrong, fault) => {
    const s3 = createS3UploadClient(accessTo("http://127.0.0.1:9"));
    onTestFinished(() => s3.destroy());
    expect(() => createS3UploadSink({ s3, bucket: BUCKET, ...(wrong as object) })).toThrow(fault);
  });
});

function headersOf(s3: FakeS3, operation: ReceivedRequest["operation"]): ReceivedRequest["headers"] {
  return s3.requests.find((request) => request.operation === operation)?.headers ?? {};
}
