import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { GeneratedResponse, ViewerRequest } from "@presign-once/adapter-edge";
import { bundleFunctions, type FunctionBundles } from "@presign-once/adapter-edge/bundle";

import type { Place } from "../contenders/contender.ts";
import { ARTICLE, bundles } from "../contenders/contenders.ts";
import { functionCredentials, loadHandler, placeBundles } from "../contenders/edge-bundles.ts";
import { passes, viewerRequestEvent } from "../contenders/viewer-request.ts";
import { createHttpClient } from "../floor/bare-client.ts";
import { VERSIONED_BUCKET } from "../stub/s3-answers.ts";
import { environmentOf } from "./handlers/place-of-process.ts";

/** What esbuild tells of one bundle. */
export type Metafile = FunctionBundles["metafiles"]["verify"];

/** A handler that can be started cold, in a folder of its own. */
export interface ColdHandler {
  readonly name: string;
  readonly dir: string;
  readonly metafile: Metafile;
  /** All of its environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes an event that the handler has not seen. */
  prepare(): Promise<unknown>;
  /** Whether a result is the good one. */
  succeeded(result: unknown): boolean;
  remove(): Promise<void>;
}

/** The handler that does nothing but a bare request: what a cold start is compared with. */
export const BARE_HANDLER = "one bare request";

/** Every handler that is started cold, on the stub; the benchmark's own first. */
export async function placeColdHandlers(server: Place["server"]): Promise<ColdHandler[]> {
  const place = { server, bucket: "index" };
  const versioned = { server, bucket: VERSIONED_BUCKET };
  return [
    await ownHandler(place, "empty handler", "empty.ts", async () => ({})),
    await ownHandler(place, BARE_HANDLER, "bare-request.ts", entryWriter(place, "signatures/")),
    await ownHandler(versioned, ARTICLE, "article.ts", entryWriter(versioned, "signatures/valid/")),
    ...(await Promise.all(bundles.map((bundle) => edgeHandlers(place, bundle)))).flat(),
  ];
}

/** Writes an entry that is to be claimed, at each call another one. */
function entryWriter({ server, bucket }: Place, folder: string): ColdHandler["prepare"] {
  const client = createHttpClient(server, bucket);
  return async () => {
    const hash = randomBytes(32).toString("hex");
    const key = folder + hash;
    const { etag } = await client.put(key, '{"presign-once":"issued"}', ["if-none-match", "*"]);
    return { key, hash, etag };
  };
}

/** A handler of the benchmark's own, bundled as the functions are: in the place of the issue function. */
async function ownHandler(
  place: Place,
  name: string,
  file: string,
  prepare: ColdHandler["prepare"],
): Promise<ColdHandler> {
  const outDir = await mkdtemp(join(tmpdir(), "presign-once-bench-"));
  const issueFunction = fileURLToPath(new URL(`handlers/${file}`, import.meta.url));
  const { issueDir: dir, metafiles } = await bundleFunctions({ outDir, issueFunction });
  return {
    name,
    dir,
    metafile: metafiles.issue,
    environment: { ...functionCredentials(place), ...environmentOf(place) },
    prepare,
    succeeded: (result) => result === true,
    remove: () => rm(outDir, { recursive: true, force: true }),
  };
}

async function edgeHandlers(place: Place, { name, settings }: (typeof bundles)[number]): Promise<ColdHandler[]> {
  const { issueDir, verifyDir, metafiles, issueUrl, remove } = await placeBundles(place, settings);
  const environment = functionCredentials(place);
  Object.assign(process.env, environment);
  const issue = await loadHandler(issueDir);
  return [
    {
      name,
      dir: verifyDir,
      metafile: metafiles.verify,
      environment,
      prepare: async () => viewerRequestEvent("PUT", await issueUrl(issue)),
      succeeded: (result) => passes(result as ViewerRequest),
      remove,
    },
    {
      name: name.replace("verify", "issue"),
      dir: issueDir,
      metafile: metafiles.issue,
      environment,
      prepare: async () => viewerRequestEvent("GET", new URL("https://edge.example/url")),
      succeeded: (result) => (result as GeneratedResponse).status === "200",
      remove,
    },
  ];
}
