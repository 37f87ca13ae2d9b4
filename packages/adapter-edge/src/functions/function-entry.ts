import { parseEdgeConfigJson } from "@presign-once/settings";

import type { Compose } from "./composition.ts";
import { startFunction } from "./start-function.ts";
import type { ViewerRequestHandler } from "./verify-handler.ts";

/**
 * Creates what Lambda calls, for a function of your own: reads `config.json` next to the bundle at the first event, and
 * fails closed.
 *
 * Whatever is wrong with the settings or inside the function, the answer is an error and nothing goes on to the origin;
 * the log line names the fault.
 *
 * @param name       for the log and the answer
 * @param compose    puts the function together
 * @param configUrl  where `config.json` is
 */
export function createFunction(name: "issue" | "verify", compose: Compose, configUrl: URL): ViewerRequestHandler {
  return startFunction(name, parseEdgeConfigJson, compose, configUrl);
}
