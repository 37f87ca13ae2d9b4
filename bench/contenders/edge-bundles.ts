import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { type ViewerRequestHandler } from "@presign-once/adapter-edge";
import { bundleEdge, type EdgeBundles } from "@presign-once/adapter-edge/bundle";
import { createEdgeKeys, createIssuer, randomIds, type Clock } from "@presign-once/core";
import { createInMemoryIndex, createInMemoryPresigner } from "@presign-once/core/testing";
import { type EdgeConfigInput, indexScope, parseEdgeConfig } from "@presign-once/settings";

import type { Place } from "./contender.ts";
import { viewerRequestEvent } from "./viewer-request.ts";

/** Where clients would reach the edge. */
const EDGE_URL = "https://edge.example";

/** The two functions as they are deployed, in a folder of their own, and who makes URLs for them. */
export interface PlacedBundles extends EdgeBundles {
  /** A URL that the issue function made. */
  issueUrl(issue: ViewerRequestHandler): Promise<URL>;
  /** A URL that the edge's own key vouches for, made at another time and registered nowhere. */
  unregisteredUrl(clock: Clock): Promise<URL>;
  remove(): Promise<void>;
}

/**
 * Bundles the edge functions for a place, with an edge key of their own.
 *
 * @param settings  those that differ from the defaults
 * @param options   how to bundle, where that is not as it is deployed
 */
export async function placeBundles(
  { server, bucket }: Place,
  settings: Partial<EdgeConfigInput> = {},
  options: { readonly minify?: boolean } = {},
): Promise<PlacedBundles> {
  const outDir = await mkdtemp(join(tmpdir(), "presign-once-bench-"));
  const secret = randomBytes(32);
  const { region, endpoint, forcePathStyle } = server;
  const config: EdgeConfigInput = {
    region,
    endpoint,
    forcePathStyle,
    originPath: `${new URL(endpoint).pathname.replace(/\/$/, "")}/${bucket}`,
    uploads: { bucket },
    baseUrl: EDGE_URL,
    expiresInSeconds: 3_600,
    keys: [{ id: "bench", secret: secret.toString("base64url") }],
    authorizer: "none",
    ...settings,
  };
  const bundles = await bundleEdge({ ...options, outDir, config });
  const keys = createEdgeKeys([{ id: "bench", secret }], { scope: indexScope(parseEdgeConfig(config)) });
  return {
    ...bundles,
    async issueUrl(issue) {
      const answer = await issue(viewerRequestEvent("GET", new URL(`${EDGE_URL}/url`)));
      if (!("status" in answer) || answer.status !== "200") throw new Error("the issue function made no URL");
      return new URL(answer.body);
    },
    async unregisteredUrl(clock) {
      const parts = { presigner: createInMemoryPresigner(), index: createInMemoryIndex(), ids: randomIds };
      const outcome = await createIssuer({ ...parts, keys, clock }).issue({ baseUrl: EDGE_URL, expiresInSeconds: 900 });
      if (outcome.status !== "issued") throw new Error(`no URL was made: ${outcome.status}`);
      return new URL(outcome.grant.url);
    },
    remove: () => rm(outDir, { recursive: true, force: true }),
  };
}

/** The credentials that a function finds in its environment, as in Lambda. */
export function functionCredentials({ server }: Place): Record<string, string> {
  const { accessKeyId, secretAccessKey } = server.credentials;
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** Loads a bundle into this process. */
export async function loadHandler(dir: string): Promise<ViewerRequestHandler> {
  const { handler } = (await import(pathToFileURL(join(dir, "index.mjs")).href)) as { handler: ViewerRequestHandler };
  return handler;
}
