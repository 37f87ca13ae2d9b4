import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

import { startFaultProxy } from "../servers/fault-proxy.ts";
import type { Client, Job, Seen } from "./client.ts";
import type { Place } from "./places.ts";

/** A client at a place, with the file to send. */
export interface Trial {
  readonly client: Client;
  readonly place: Place;
  readonly file: string;
}

interface Grant {
  readonly url: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

const TYPE = "application/x-suite-of-clients";
const plainHeaders = { "content-type": TYPE };
const AS_USED = { status: 403, body: /UrlAlreadyUsed/ };

/**
 * What each client is tried with, in the order of the table's columns. A case throws when something came out that must
 * not, and may return what is worth reporting.
 */
export const cases = {
  async upload(trial) {
    const grant = await ask(trial);
    expectSeen(await upload(trial, grant), { status: 200 });
    await expectStored(trial, grant);
  },

  async replay(trial) {
    const grant = await ask(trial);
    expectSeen(await upload(trial, grant), { status: 200 });
    const { etag } = (await trial.place.objectOf(grant.key)) ?? {};
    expectSeen(await upload(trial, grant, { "content-type": "text/plain" }), AS_USED);
    await expectStored(trial, grant);
    expectEqual("ETag after the replay", (await trial.place.objectOf(grant.key))?.etag, etag);
  },

  async form(trial) {
    await expectRefusedUnburned(trial, (url) => ({ action: "form", url }), {
      status: 400,
      body: /the file (itself|alone)/i,
    });
  },

  async range(trial) {
    await expectRefusedUnburned(trial, (url) => ({ action: "resume", url, headers: plainHeaders }), { status: 400 });
  },

  async "lost answer"(trial) {
    const grant = await ask(trial);
    const { seen, statuses } = await loseFirstAnswer(trial, grant, plainHeaders);
    await expectStored(trial, grant);
    expectEqual("answers to the upload", statuses.join(), [200, ...statuses.slice(1).fill(403)].join());
    if (statuses.length === 1) expectEqual("status", seen.status, undefined);
    return `${repeats(statuses)}; ${describe(seen)}`;
  },

  async "lost answer, same client"(trial) {
    // Neither R2 in miniflare nor Ceph honours the condition for completed parts, so the relay offers none there.
    if (!trial.place.offersRetries) return refuseRetries(trial);
    const grant = await ask(trial, "?retries=same-client");
    const headers = { ...plainHeaders, "x-presign-once-client": randomBytes(24).toString("base64url") };
    const { seen, statuses } = await loseFirstAnswer(trial, grant, headers);
    await expectStored(trial, grant);
    const byHand = statuses.length === 1;
    expectSeen(byHand ? await upload(trial, grant, headers) : seen, { status: 200, alreadyStored: "true" });
    return byHand ? `by hand: 200, already stored` : `${repeats(statuses)}; ${describe(seen)}`;
  },

  async name(trial) {
    const [name, type] = ["my photo ä.png", "text/plain; charset=utf-8"];
    const parameters = { filename: name, "content-type": type };
    const issued = await trial.client.run({ action: "ask", url: `${trial.place.url}/url`, parameters });
    expectSeen(issued, { status: 200 });
    const grant = JSON.parse(issued.body) as Grant;
    expectSeen(await upload(trial, grant, grant.headers), { status: 200 });
    const object = await expectStored(trial, grant, type);
    expectEqual("file name", decodeURIComponent(object.metadata["filename"] ?? ""), name);
  },
} satisfies Record<string, (trial: Trial) => Promise<string | void>>;

/** A column of the table. */
export type CaseName = keyof typeof cases;

async function ask({ place }: Trial, query = ""): Promise<Grant> {
  const answer = await fetch(`${place.url}/url${query}`, { headers: { accept: "application/json" } });
  if (answer.status !== 200) throw new Error(`no grant: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Grant;
}

async function refuseRetries({ place }: Trial): Promise<string> {
  const answer = await fetch(`${place.url}/url?retries=same-client`);
  expectEqual("status where no retries are offered", answer.status, 400);
  return "not offered";
}

function upload({ client }: Trial, { url }: Grant, headers: Readonly<Record<string, string>> = plainHeaders) {
  return client.run({ action: "upload", url, headers });
}

/** Sends the upload through a network that lets it arrive and resets the connection instead of the first answer. */
async function loseFirstAnswer(trial: Trial, grant: Grant, headers: Readonly<Record<string, string>>) {
  let isLost = false;
  const network = await startFaultProxy({
    upstream: trial.place.url,
    decide({ method }) {
      if (method !== "PUT" || isLost) return { kind: "pass" };
      isLost = true;
      return { kind: "reset", leg: "answer" };
    },
  });
  try {
    const url = grant.url.replace(new URL(grant.url).origin, network.endpoint);
    const seen = await upload(trial, { ...grant, url }, headers);
    const puts = network.requests.filter(({ method }) => method === "PUT");
    return { seen, statuses: puts.map(({ upstreamStatus }) => upstreamStatus) };
  } finally {
    await network.stop();
  }
}

async function expectRefusedUnburned(trial: Trial, job: (url: string) => Job, refusal: Expected): Promise<void> {
  const grant = await ask(trial);
  const seen = await trial.client.run(job(grant.url));
  const object = await trial.place.objectOf(grant.key);
  const faults = [
    ...differences(seen, refusal),
    ...(object === undefined ? [] : [`${object.bytes.length} bytes of ${object.contentType} were stored`]),
  ];
  if (faults.length > 0) throw new Error(faults.join("; "));
  expectSeen(await upload(trial, grant), { status: 200 });
  await expectStored(trial, grant);
}

async function expectStored({ place, file }: Trial, { key }: Grant, type = TYPE) {
  const object = await place.objectOf(key);
  if (object === undefined) throw new Error("nothing was stored");
  if (!(await readFile(file)).equals(object.bytes)) throw new Error(`${object.bytes.length} other bytes were stored`);
  expectEqual("type", object.contentType, type);
  return object;
}

interface Expected {
  readonly status: number;
  /** What the body says, where the client shows it. */
  readonly body?: RegExp;
  readonly alreadyStored?: string;
}

function expectSeen(seen: Seen, expected: Expected): void {
  const faults = differences(seen, expected);
  if (faults.length > 0) throw new Error(faults.join("; "));
}

function differences(seen: Seen, { status, body, alreadyStored = "" }: Expected): string[] {
  return [
    ...(seen.status === status ? [] : [`saw ${describe(seen)} instead of ${status}`]),
    ...(seen.status !== status || body === undefined || body.test(seen.body)
      ? []
      : [`the message: ${messageOf(seen)}`]),
    ...(seen.status !== status || seen.alreadyStored === alreadyStored
      ? []
      : [`x-presign-once-already-stored is ${seen.alreadyStored || "not shown"}`]),
  ];
}

function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: ${String(found)} instead of ${String(expected)}`);
}

function repeats(statuses: readonly unknown[]): string {
  return statuses.length === 1 ? "does not repeat" : `repeats by itself (${statuses.length} requests)`;
}

/** What the user sees, in a line. */
function describe(seen: Seen): string {
  const code = /<Code>(\w+)<\/Code>|"code":\s*"(\w+)"/.exec(seen.body);
  const status = seen.status === undefined ? "" : `${seen.status} ${code?.[1] ?? code?.[2] ?? ""}`.trim();
  const stored = seen.alreadyStored === "" ? "" : ", already stored";
  return [status + stored, seen.error ?? ""].filter((part) => part !== "").join(", ") || "no answer, no error";
}

function messageOf({ body }: Seen): string {
  return /<Message>([^<]*)/.exec(body)?.[1] ?? body.slice(0, 200);
}
