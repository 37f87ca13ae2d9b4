import { readFile } from "node:fs/promises";
import type { Profiler } from "node:inspector";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Upload } from "../contenders/contender.ts";
import { bundles } from "../contenders/contenders.ts";
import { functionCredentials, loadHandler, placeBundles } from "../contenders/edge-bundles.ts";
import { silenceLog } from "../contenders/silence-log.ts";
import { passes, viewerRequestEvent } from "../contenders/viewer-request.ts";
import { times } from "../measure/stopwatch.ts";
import { useAll } from "../sections/use-all.ts";
import { startStub } from "../stub/start-stub.ts";
import { readModules } from "./modules-of-bundle.ts";
import { drawProfile } from "./profile-tables.ts";
import { selfTimes } from "./self-times.ts";

const WARM_UP = 1_000;
const CLAIMS = 5_000;
const SAMPLING_MICROSECONDS = 100;

/**
 * Runs some thousands of claims through the verify function under V8's CPU profiler and says where the time went.
 *
 * The bundle is that of the last contender that has one, built as it is deployed but not minified, so that functions have
 * their names.
 */
export async function profileClaims(): Promise<string> {
  const bundle = bundles.at(-1);
  if (bundle === undefined) throw new Error("no contender is a bundle");
  const giveBack = silenceLog();
  const stub = await startStub();
  const place = { server: stub, bucket: "index" };
  Object.assign(process.env, functionCredentials(place));
  const placed = await placeBundles(place, bundle.settings, { minify: false });
  try {
    const [issue, verify] = [await loadHandler(placed.issueDir), await loadHandler(placed.verifyDir)];
    const uploads = await times(WARM_UP + CLAIMS, async (): Promise<Upload> => {
      const event = viewerRequestEvent("PUT", await placed.issueUrl(issue));
      return async () => passes(await verify(event));
    });
    await useAll(bundle.name, uploads.slice(CLAIMS));
    const profile = await profiled(() => useAll(bundle.name, uploads.slice(0, CLAIMS)));

    const file = join(placed.verifyDir, "index.mjs");
    const script = { url: pathToFileURL(file).href, moduleOf: readModules(await readFile(file, "utf8")) };
    return `${bundle.name}, not minified\n${drawProfile(selfTimes(profile), script, CLAIMS)}`;
  } finally {
    await placed.remove();
    await stub.stop();
    giveBack();
  }
}

async function profiled(work: () => Promise<void>): Promise<Profiler.Profile> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLING_MICROSECONDS });
  await session.post("Profiler.start");
  await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  return profile;
}
