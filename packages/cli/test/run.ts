import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

import { createEdgeKeys, createIssuer, createTicketIssuer, randomIds } from "@presign-once/core";
import {
  createInMemoryIndex,
  createInMemoryPresigner,
  createManualClock,
  type ManualClock,
} from "@presign-once/core/testing";
import { type EdgeConfigInput, indexScope, parseOperatorConfig } from "@presign-once/settings";
import { onTestFinished, vi } from "vitest";

import { runCommand } from "../src/index.ts";

/** Of the edge key in {@link SETTINGS}: nothing that is printed may hold it. */
export const SECRET = Buffer.alloc(32, "planted").toString("base64url");

const SETTINGS = {
  region: "us-east-1",
  uploads: { bucket: "some-uploads" },
  index: { bucket: "some-index" },
  keys: [{ id: "k1", secret: SECRET }],
  authorizer: "none",
} satisfies EdgeConfigInput;

const EDGE_URL = "https://edge.example";

/** Runs command lines in a directory of their own, on a clock that stands still. */
export interface Console {
  readonly clock: ManualClock;
  run(args: readonly string[], stdin?: string): ReturnType<typeof runCommand>;
}

/**
 * Opens one, with credentials for the AWS SDK, until the end of the test.
 *
 * @param file  the settings file; `undefined`: there is none
 */
export async function openConsole(file: object | undefined, env: Record<string, string> = {}): Promise<Console> {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE");
  const directory = await mkdtemp(join(tmpdir(), "presign-once-cli-"));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true });
  });
  if (file !== undefined) await writeFile(join(directory, "presign-once.config.json"), JSON.stringify(file));
  const clock = createManualClock();
  return {
    clock,
    run: (args, stdin = "") =>
      runCommand(args, { env, directory, clock, stdin: Readable.from([Buffer.from(stdin)]), report: () => {} }),
  };
}

/** Settings for a server that is not AWS. */
export function settingsFor(endpoint: string, changes: Partial<EdgeConfigInput> = {}): EdgeConfigInput {
  return { ...SETTINGS, endpoint, forcePathStyle: true, ...changes };
}

/** A URL as it was issued with {@link settingsFor} these settings, in the first second of the manual clock. */
export async function urlIssuedBy(settings: EdgeConfigInput): Promise<string> {
  const scope = indexScope(parseOperatorConfig(settings));
  const keys = createEdgeKeys([{ id: "k1", secret: Buffer.from(SECRET, "base64url") }], { scope });
  const parts = { index: createInMemoryIndex(), presigner: createInMemoryPresigner(), ids: randomIds };
  const issuer = createIssuer({ ...parts, keys, clock: createManualClock() });
  const outcome = await issuer.issue({ baseUrl: EDGE_URL, expiresInSeconds: 600 });
  if (outcome.status !== "issued") throw new Error("nothing was issued");
  return outcome.grant.url;
}

/** A URL of a relay with the same keys in a scope of its own, in the first second of the manual clock. */
export async function relayUrl(scope: string): Promise<string> {
  const keys = createEdgeKeys([{ id: "k1", secret: Buffer.from(SECRET, "base64url") }], { scope });
  const parts = { index: createInMemoryIndex(), clock: createManualClock(), ids: randomIds };
  const outcome = await createTicketIssuer({ ...parts, keys }).issue({ baseUrl: EDGE_URL, expiresInSeconds: 600 });
  if (outcome.status !== "issued") throw new Error("nothing was issued");
  return outcome.grant.url;
}

/** Everything in a URL that nothing may repeat. */
export function secretsOf(url: string): string[] {
  const [payload, , tag] = url.split("/").at(-1)?.split(".") ?? [];
  if (!url.includes("?")) return [url, payload ?? "", tag ?? ""];
  const { search, searchParams } = new URL(url);
  return [url, search, searchParams.get("X-Amz-Signature") ?? "", searchParams.get("x-once-tag")?.split(".")[1] ?? ""];
}
