import { readFileSync } from "node:fs";

import { PresignOnceError } from "@presign-once/core";

import type { GeneratedResponse } from "./cloudfront.ts";
import type { Compose } from "./composition.ts";
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
  return async (event) => {
    const { requestId } = readViewerRequest(event);
    try {
      handler ??= compose(parseEdgeConfigJson(readConfig(configUrl)), writeLine);
      return await handler(event);
    } catch (fault) {
      writeLine(describeFault(name, requestId, fault));
      return failClosed(name, requestId);
    }
  };
}

function failClosed(name: FunctionName, requestId: string): GeneratedResponse {
  return errorResponse(FAULTS[name], requestId, []);
}

function readConfig(configUrl: URL): string {
  try {
    return readFileSync(configUrl, "utf8");
  } catch (cause) {
    throw new PresignOnceError("CONFIG_INVALID", "config: expected a file config.json beside the function", { cause });
  }
}
