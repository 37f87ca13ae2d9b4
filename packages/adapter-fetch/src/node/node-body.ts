import { Http2ServerRequest } from "node:http2";

import type { NodeRequest, NodeResponse } from "./node-request.ts";

/**
 * The body of a request, read from the connection only on demand; `null` if there is none. Tells the
 * client to send it when it is first asked for, where the client waits for that.
 */
export function bodyOf(req: NodeRequest, res: NodeResponse): ReadableStream<Uint8Array> | null {
  if (req.method === "GET" || req.method === "HEAD" || !announcesBody(req)) return null;
  let begun = false;
  let over = false;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const fail = (cause?: unknown): void => {
          if (!over) controller.error(cause ?? new Error("the connection closed before the end of the body"));
          over = true;
        };
        if (!begun) {
          begun = true;
          req.on("data", (chunk: Uint8Array) => {
            req.pause();
            if (!over) controller.enqueue(chunk);
          });
          req.once("end", () => {
            if (!over) controller.close();
            over = true;
          });
          req
            .once("error", fail)
            .once("aborted", () => fail())
            .once("close", () => fail());
          if (req.headers.expect?.toLowerCase() === "100-continue") res.writeContinue();
        }
        if (req.destroyed && !over) fail();
        else req.resume();
      },
      cancel() {
        over = true;
      },
    },
    { highWaterMark: 0 },
  );
}

/** Whether more follows the headers of a request. */
export function announcesBody(req: NodeRequest): boolean {
  if (req instanceof Http2ServerRequest) return !req.stream.endAfterHeaders;
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) !== 0;
}
