import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";

import { startCeph } from "./ceph.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import { newBucket } from "./new-bucket.ts";
import { exchange } from "./plain-client.ts";
import { presignedPut, s3Client } from "./sign.ts";

const ceph = inject("ceph");
const s3 = s3Client(ceph);
afterAll(() => s3.destroy());

const buckets = { versioned: "", unversioned: "" };
beforeAll(async () => {
  buckets.versioned = await newBucket(s3, { versioned: true });
  buckets.unversioned = await newBucket(s3, { versioned: false });
});

/** Puts an object and says how that ended. */
const put = (input: PutObjectCommandInput) =>
  s3.send(new PutObjectCommand({ Body: "bytes", ...input })).then(
    () => 200,
    (cause: unknown) => (cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : cause),
  );

const newObject = async (Bucket: string) => {
  const Key = crypto.randomUUID();
  const { ETag = "" } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "bytes" }));
  return { Bucket, Key, quoted: ETag, unquoted: ETag.replaceAll('"', "") };
};

describe("a presigned PUT", () => {
  it("stores the bytes, once its signature holds", async () => {
    const object = { Bucket: buckets.versioned, Key: crypto.randomUUID() };
    const url = await presignedPut(ceph, object);
    const tampered = await exchange("PUT", url.replace(/(X-Amz-Signature=)./, "$1x"), { body: "bytes" });
    expect(tampered.status).toBe(403);
    expect(String(tampered.body)).toContain("<Code>SignatureDoesNotMatch</Code>");
    await expect(s3.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: "NoSuchKey" });

    expect((await exchange("PUT", url, { body: "bytes" })).status).toBe(200);
    const { Body } = await s3.send(new GetObjectCommand(object));
    expect(await Body?.transformToString()).toBe("bytes");
  });

  it("is refused for another key, and with another expiry", async () => {
    const Key = crypto.randomUUID();
    const url = await presignedPut(ceph, { Bucket: buckets.versioned, Key });
    for (const other of [url.replace(Key, crypto.randomUUID()), url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")]) {
      expect((await exchange("PUT", other, { body: "bytes" })).status).toBe(403);
    }
  });

  it("is read with hyphens instead of underscores in header names", async () => {
    const Key = crypto.randomUUID();
    const url = await presignedPut(ceph, { Bucket: buckets.versioned, Key });
    const answer = await exchange("PUT", url, { body: "bytes", headers: { content_md5: "no digest" } });
    expect(answer.status).toBe(400);
    expect(String(answer.body)).toContain("<Code>InvalidDigest</Code>");
  });

  it("verifies through the fault proxy if signed for its address", async () => {
    const proxy = await startFaultProxy({ upstream: ceph.endpoint });
    const object = { Bucket: buckets.versioned, Key: crypto.randomUUID() };
    const url = await presignedPut({ ...ceph, endpoint: proxy.endpoint }, object);
    expect((await exchange("PUT", url, { body: "bytes" })).status).toBe(200);
    expect((await exchange("PUT", `${url}&more`, { body: "bytes" })).status).toBe(403);
    expect(proxy.count("PUT", `/${object.Bucket}/${object.Key}`)).toBe(2);
    await proxy.stop();
  });
});

describe("a versioned bucket", () => {
  it("lists the versions of a key newest first", async () => {
    const object = { Bucket: buckets.versioned, Key: crypto.randomUUID() };
    const written: (string | undefined)[] = [];
    for (let i = 0; i < 5; i++) {
      const { VersionId } = await s3.send(new PutObjectCommand({ ...object, Body: `version ${i}` }));
      written.push(VersionId);
    }
    const { Versions = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: object.Bucket, Prefix: object.Key }),
    );
    expect(new Set(written).size).toBe(5);
    expect(Versions.map(({ VersionId }) => VersionId)).toEqual(written.toReversed());
  });

  it("ignores If-None-Match: all of 32 writers win", async () => {
    const race = { Bucket: buckets.versioned, Key: crypto.randomUUID(), IfNoneMatch: "*" };
    expect(await Promise.all(Array.from({ length: 32 }, () => put(race)))).toEqual(Array(32).fill(200));
  });

  it("refuses every If-Match", async () => {
    const { quoted, unquoted, ...object } = await newObject(buckets.versioned);
    for (const IfMatch of [quoted, unquoted, "*"]) expect(await put({ ...object, IfMatch })).toBe(412);
  });
});

describe("an unversioned bucket", () => {
  it("gives If-None-Match one winner of 32, every time", async () => {
    for (let round = 0; round < 5; round++) {
      const race = { Bucket: buckets.unversioned, Key: crypto.randomUUID(), IfNoneMatch: "*" };
      const answers = await Promise.all(Array.from({ length: 32 }, () => put(race)));
      expect(answers.filter((status) => status === 200)).toHaveLength(1);
      expect(answers.filter((status) => status === 412)).toHaveLength(31);
    }
  });

  it("understands If-Match without quotes only", async () => {
    const { quoted, unquoted, ...object } = await newObject(buckets.unversioned);
    expect(await put({ ...object, IfMatch: quoted })).toBe(412);
    expect(await put({ ...object, IfMatch: "0".repeat(32) })).toBe(412);
    expect(await put({ ...object, IfMatch: unquoted, Body: "other bytes" })).toBe(200);
    expect(await put({ ...object, IfMatch: unquoted })).toBe(412);
  });

  it("reports a missing key as a failed If-Match", async () => {
    const { unquoted } = await newObject(buckets.unversioned);
    expect(await put({ Bucket: buckets.unversioned, Key: crypto.randomUUID(), IfMatch: unquoted })).toBe(412);
  });
});

describe("a separate Ceph", () => {
  it("runs at the same time as another, and leaves nothing behind", async () => {
    const parent = await mkdtemp(join(tmpdir(), "beside-"));
    const own = await startCeph({ parent });
    expect(await readdir(parent)).toHaveLength(1);
    await newBucket(s3Client(own), { versioned: false });
    await own.stop();
    expect(await readdir(parent)).toEqual([]);
    expect(await processesNaming(parent)).toEqual([]);
    await rm(parent, { recursive: true });
  });

  it("ends with its parent process, even if that is killed", async () => {
    const parent = await mkdtemp(join(tmpdir(), "killed-"));
    const script = `
      import { startCeph } from ${JSON.stringify(new URL("ceph.ts", import.meta.url).href)};
      await startCeph({ parent: ${JSON.stringify(parent)} });
      process.kill(process.pid, "SIGKILL");`;
    const signal = await new Promise((resolve) => {
      execFile(process.execPath, ["--input-type=module", "--eval", script], (error) => resolve(error?.signal));
    });
    expect(signal).toBe("SIGKILL");
    await expect.poll(() => readdir(parent), { timeout: 5_000 }).toEqual([]);
    expect(await processesNaming(parent)).toEqual([]);
    await rm(parent, { recursive: true });
  });

  it("shows the logs and leaves nothing behind if it cannot start", async () => {
    const parent = await mkdtemp(join(tmpdir(), "failed-"));
    const programs = await mkdtemp(join(tmpdir(), "programs-"));
    await writeFile(join(programs, "radosgw"), "#!/bin/sh\necho no gateway today >&2; exit 3\n", { mode: 0o755 });
    vi.stubEnv("PATH", `${programs}:${process.env["PATH"]}`);
    const start = startCeph({ parent });
    await expect(start).rejects.toThrow(/radosgw ended by itself with exit status 3\n(.|\n)*no gateway today/);
    vi.unstubAllEnvs();
    expect(await readdir(parent)).toEqual([]);
    expect(await processesNaming(parent)).toEqual([]);
    for (const directory of [parent, programs]) await rm(directory, { recursive: true });
  });

  it("does not start on a port in use", async () => {
    await expect(startCeph({ port: Number(new URL(ceph.endpoint).port) })).rejects.toThrow("EADDRINUSE");
  });
});

/** Command lines of running processes that speak of a directory. */
async function processesNaming(directory: string): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(directory));
}
