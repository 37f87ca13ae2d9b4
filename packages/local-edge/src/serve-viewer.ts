import { answerViewer, errorAnswer, type Exchange } from "./answer-viewer.ts";
import type { EdgeFunction } from "./edge-function.ts";
import type { EdgeLimits } from "./edge-limits.ts";
import { judgeFunctionResult } from "./function-result.ts";
import type { Origin } from "./origin.ts";
import type { ServePage } from "./page/create-page.ts";
import { type OriginRequest, passOn } from "./pass-on.ts";
import { screenRequest } from "./screen-request.ts";
import { createViewerRequestEvent, splitTarget } from "./viewer-request-event.ts";

/** The two viewer-request functions of the distribution. */
export type EdgeFunctions = { issue: EdgeFunction; verify: EdgeFunction };

/**
 * Takes one viewer request through the distribution: screening, the behaviour's function, its verdict, the origin.
 *
 * A function that throws or crashes gives 503, one that takes too long 503, one whose result CloudFront would not accept
 * 502; the origin sees none of these. The reason is logged, and shown on the page if it is the result that was wrong.
 *
 * @param options.servePage  what is answered before any behaviour is looked at
 * @param options.expectsContinue  the viewer waits for `100 Continue` before it sends the body
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
 */
export async function serveViewer(
  exchange: Exchange,
  options: {
    functions: EdgeFunctions;
    isIssuePath: (uri: string) => boolean;
    servePage: ServePage | undefined;
    origin: Origin;
    limits: EdgeLimits;
    expectsContinue: boolean;
    onLog: (line: string) => void;
    onOriginRequest: (request: OriginRequest) => void;
  },
): Promise<void> {
  const { functions, limits, onLog } = options;
  const { req, requestId } = exchange;
  const screened = screenRequest(req, limits);
  if (screened.status === "refused") return answerViewer(exchange, screened.answer, limits.drainMs);

  const { host } = req.headers;
  const page = await options.servePage?.({ method: req.method, target: screened.target, host });
  if (page !== undefined) return answerViewer(exchange, page, limits.drainMs);

  const name = options.isIssuePath(splitTarget(screened.target)[0]) ? "issue" : "verify";
  const event = createViewerRequestEvent({
    clientIp: req.socket.remoteAddress ?? "127.0.0.1",
    method: req.method ?? "GET",
    target: screened.target,
    rawHeaders: req.rawHeaders,
    requestId,
  });

  const invocation = await functions[name].invoke(event);
  switch (invocation.status) {
    case "timed-out":
      onLog(`edge function ${name} took longer than ${limits.functionMs} ms and was stopped`);
      return answerViewer(exchange, TIMED_OUT, limits.drainMs);
    case "failed":
      onLog(`edge function ${name} failed: ${invocation.reason}`);
      return answerViewer(exchange, FAILED, limits.drainMs);
    case "returned":
  }

  const verdict = judgeFunctionResult(invocation.result, event.Records[0].cf.request, limits);
  switch (verdict.status) {
    case "invalid":
      onLog(`edge function ${name} gave an invalid result: ${verdict.reason}`);
      return answerViewer(exchange, invalidResult(verdict.reason), limits.drainMs);
    case "respond":
      return answerViewer(exchange, { ...verdict.response, source: "LambdaGeneratedResponse" }, limits.drainMs);
    case "pass-on":
      return passOn(exchange, verdict.request, options.origin, options);
  }
}

const FUNCTION = "The Lambda function associated with the CloudFront distribution";
const TIMED_OUT = errorAnswer(503, `${FUNCTION} timed out.`, "LambdaLimitExceeded");
const FAILED = errorAnswer(503, `${FUNCTION} failed.`, "LambdaExecutionError");
const invalidResult = (reason: string) =>
  errorAnswer(502, `The Lambda function result failed validation: ${reason}`, "LambdaValidationError");
