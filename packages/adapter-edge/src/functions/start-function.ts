import { readFileSync } from "node:fs";

import { PresignOnceError } from "@presign-once/core";
import {
  type Cors,
  type CorsRules,
  createCors,
  describeFault,
  errorAnswer,
  errorForm,
  type Outcome,
  wireError,
} from "@presign-once/core/http";
import { whyUnreadable } from "@presign-once/settings";

import { generatedResponse } from "../cloudfront/generated-response.ts";
import { headerFields, readViewerRequest } from "../cloudfront/viewer-request.ts";
import type { Compose } from "./composition.ts";
import type { ViewerRequestHandler } from "./verify-handler.ts";

/** Which of the two functions. */
type FunctionName = "issue" | "verify";

const FAULTS: Readonly<Record<FunctionName, Outcome>> = { issue: "issue-fault", verify: "undecided" };

/**
 * Creates what Lambda calls: reads `config.json` next to the bundle at the first event, and fails closed.
 *
 * Whatever is wrong with the settings or inside the function, the answer is an error and nothing goes on to the origin;
 * the log line names the fault.
 *
 * @param name       for the log and the answer
 * @param parse      reads the settings from their text
 * @param compose    puts the function together
 * @param configUrl  where `config.json` is
 */
export function startFunction<Config extends { readonly cors: CorsRules }>(
  name: FunctionName,
  parse: (json: string) => Config,
  compose: Compose<Config>,
  configUrl: URL,
): ViewerRequestHandler {
  let handler: ViewerRequestHandler | undefined;
  let cors: Cors | undefined;
  return async (event) => {
    const { requestId, request } = readViewerRequest(event);
    try {
      if (handler === undefined) {
        const config = parse(readConfigFile(configUrl));
        cors = createCors(config.cors); // before anything else can fail, so that a page can read that it did
        handler = compose(config, writeLine);
      }
      return await handler(event);
    } catch (fault) {
      writeLine(describeFault(name, requestId, fault));
      const headers = headerFields(request.headers);
      return generatedResponse(
        errorAnswer(wireError(FAULTS[name]), requestId, cors?.headers(headers) ?? [], errorForm(headers)),
      );
    }
  };
}

/**
 * Writes a line to CloudWatch Logs of the region of execution.
 *
 * To the standard output itself: Lambda puts time, request id and level before what `console` writes, or wraps it in JSON
 * of its own, and a filter such as `{ $.outcome = "accepted" }` then matches nothing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 * @see https://github.com/aws-powertools/powertools-lambda-typescript/pull/748
 */
function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function readConfigFile(configUrl: URL): string {
  try {
    return readFileSync(configUrl, "utf8");
  } catch (cause) {
    const problem = `config: the file config.json beside the function cannot be read: ${whyUnreadable(cause)}`;
    throw new PresignOnceError("CONFIG_INVALID", problem, { cause });
  }
}
