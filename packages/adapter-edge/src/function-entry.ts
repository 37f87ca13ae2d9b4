import { readFileSync } from "node:fs";

import { PresignOnceError } from "@presign-once/core";

import { acceptsJson } from "./accepts-json.ts";
import type { Compose } from "./composition.ts";
import { type Cors, createCors } from "./cors.ts";
import { describeFault } from "./decision-log.ts";
import { parseEdgeConfigJson } from "./edge-config.ts";
import { errorResponse, type WireError } from "./error-response.ts";
import type { ViewerRequestHandler } from "./verify-handler.ts";
import { readViewerRequest } from "./viewer-request.ts";

/** Which of the two functions. */
type FunctionName = "issue" | "verify";

const FAULTS = {
  issue: { status: 500, code: "InternalError", message: "No URL could be issued. The operator's log says why." },
  verify: {
    status: 503,
    code: "ClaimUndecided",
    message: "It could not be told whether this URL is used up, so nothing was uploaded. Ask for a new one.",
  },
} satisfies Record<FunctionName, WireError>;

/**
 * Creates what Lambda calls: reads `config.json` beside the bundle at the first event, and fails closed.
 *
 * Whatever is wrong with the settings or inside the function, the answer is an error and nothing goes on to the origin;
 * the log line names the fault.
 *
 * @param name       for the log and the answer
 * @param compose    puts the function together
 * @param configUrl  where `config.json` is
 */
export function createFunction(name: FunctionName, compose: Compose, configUrl: URL): ViewerRequestHandler {
  const writeLine = (line: string): void => console.log(line);
  let handler: ViewerRequestHandler | undefined;
  let cors: Cors | undefined;
  return async (event) => {
    const { requestId, request } = readViewerRequest(event);
    try {
      if (handler === undefined) {
        const config = parseEdgeConfigJson(readConfig(configUrl));
        cors = createCors(config.cors.origins); // before anything else can fail, so that a page can read that it did
        handler = compose(config, writeLine);
      }
      return await handler(event);
    } catch (fault) {
      writeLine(describeFault(name, requestId, fault));
      return errorResponse(
        FAULTS[name],
        requestId,
        cors?.headers(request) ?? [],
        name === "issue" && acceptsJson(request) ? "json" : "xml",
      );
    }
  };
}

function readConfig(configUrl: URL): string {
  try {
    return readFileSync(configUrl, "utf8");
  } catch (cause) {
    throw new PresignOnceError("CONFIG_INVALID", "config: expected a file config.json beside the function", { cause });
  }
}
