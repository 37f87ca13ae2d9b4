import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

import { runCommand } from "@presign-once/cli";
import { systemClock } from "@presign-once/core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { readObject } from "../conformance/sink-harness.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { EXAMPLES } from "./examples.ts";
import { startOnR2 } from "./r2-place.ts";
import type { RelayPlace } from "./relay-place.ts";
import { processEnv, runExample, UPLOAD_TOKEN } from "./run-example.ts";
import { send } from "./send.ts";

const EDGE_SECRET = randomBytes(32).toString("base64url");

let place: RelayPlace;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "presign-once-operator-"));
  place = await startOnR2(async (r2, bucket) => {
    await writeSettings(r2, bucket);
    vi.stubEnv("AWS_ACCESS_KEY_ID", r2.credentials.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", r2.credentials.secretAccessKey);
    return runExample(join(EXAMPLES, "node"), "server.ts", processEnv(r2, bucket, EDGE_SECRET));
  });
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await place?.stop();
  await rm(directory, { recursive: true });
}, 60_000);

/** The operator's files: the relay's keys and index, the same with other keys, and the same without keys. */
async function writeSettings({ endpoint, region }: S3Server, bucket: string): Promise<void> {
  const settings = { region, endpoint, forcePathStyle: true, uploads: { bucket } };
  const withKey = (secret: string) => ({ ...settings, keys: [{ id: "k1", secret }] });
  const write = (name: string, file: object) => writeFile(join(directory, name), JSON.stringify(file));
  await write("presign-once.config.json", withKey(EDGE_SECRET));
  await write("other-keys.json", withKey(randomBytes(32).toString("base64url")));
  await write("no-keys.json", settings);
}

async function grant(): Promise<{ readonly url: string; readonly key: string }> {
  const headers = { accept: "application/json", authorization: `Bearer ${UPLOAD_TOKEN}` };
  const { body } = await send(`${place.relay.url}/url`, { method: "GET", headers });
  return JSON.parse(body) as { url: string; key: string };
}

/** Runs a command about a URL, which goes in by the standard input and must not come out again. */
async function run(command: string, url: string, config = "presign-once.config.json") {
  const stdin = Readable.from([Buffer.from(url)]);
  const surroundings = { env: {}, directory, clock: systemClock, stdin, report: () => {} };
  const { exitCode, stdout, stderr } = await runCommand([command, "-", "--json", "--config", config], surroundings);
  const [payload = "", , mac = ""] = url.split("/").at(-1)?.split(".") ?? [];
  for (const secret of [payload, mac]) expect(stdout + stderr).not.toContain(secret);
  return { exitCode, told: JSON.parse(stdout) as Record<string, unknown> };
}

const lines = () => place.relay.log.map((line) => JSON.parse(line) as Record<string, unknown>);

test("reports a relay's URL as issued, as claimed during the upload, and as claimed when stored", async () => {
  const { url, key } = await grant();
  expect(await run("inspect", url)).toMatchObject({ exitCode: 0, told: { status: "issued", key, namesIndex: true } });

  const gate = new EventEmitter();
  async function* body() {
    yield Buffer.from("hel");
    await once(gate, "open");
    yield Buffer.from("lo");
  }
  const uploaded = send(url, { body: body() });
  await expect.poll(async () => (await run("inspect", url)).exitCode).toBe(3);
  expect(await readObject(place.s3, place.bucket, key)).toBeUndefined();
  const during = await run("inspect", url);
  gate.emit("open");
  expect((await uploaded).status).toBe(200);

  const { hash, claimant } = lines().find(({ outcome }) => outcome === "accepted") ?? {};
  expect(during.told).toMatchObject({ status: "claimed", claimant, shortHash: hash, key });
  expect(await run("inspect", url)).toEqual(during);
  expect(await run("revoke", url)).toMatchObject({
    exitCode: 3,
    told: { status: "already-claimed", claim: { claimant } },
  });
  expect(await readObject(place.s3, place.bucket, key)).toBeDefined();
});

test("the relay refuses a revoked URL, whose index entry is revoked", async () => {
  const { url, key } = await grant();
  expect(await run("revoke", url)).toMatchObject({ exitCode: 0, told: { status: "revoked", key } });
  const { status, code } = await send(url, { body: [Buffer.from("hello")] });
  expect([status, code]).toEqual([403, "UrlUnknown"]);
  expect(await readObject(place.s3, place.bucket, key)).toBeUndefined();

  const { exitCode, told } = await run("inspect", url);
  expect([exitCode, told["status"]]).toEqual([4, "revoked"]);
  expect(lines().at(-1)).toMatchObject({ outcome: "revoked", hash: told["shortHash"] });
  const entry = await readObject(place.s3, place.bucket, `signatures/${String(told["hash"])}`);
  expect(Buffer.from(entry?.bytes ?? []).toString()).toBe('{"presign-once":"revoked"}');
});

test("reports a relay's URL as not issued here with other keys, and by the index alone without keys", async () => {
  const { url } = await grant();
  for (const command of ["inspect", "revoke"])
    expect(await run(command, url, "other-keys.json")).toMatchObject({ exitCode: 7, told: { status: "not-issued" } });
  expect(await run("inspect", url, "no-keys.json")).toMatchObject({ exitCode: 0, told: { isVerified: false } });
  expect((await send(url, { body: [Buffer.from("hello")] })).status).toBe(200);
});
