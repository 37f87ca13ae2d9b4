import {
  type ClaimedDownload,
  contentDisposition,
  createDownloadGate,
  DOWNLOAD_METHODS,
  isStrongEtag,
  type SourceFile,
  type SourceOutcome,
} from "@presign-once/core";
import {
  acceptsHtml,
  describeDownload,
  describeFault,
  describeRelayed,
  failedDownloadAnswer,
  type HttpAnswer,
  passAnswer,
  refusedDownloadAnswer,
  shownAnswer,
} from "@presign-once/core/http";

import { type DownloadOptions, readDownloadOptions } from "./download-options.ts";
import type { FetchHandler, RequestContext } from "./fetch-handler.ts";
import { headerFields, toResponse } from "./http-shapes.ts";
import { type SendEnd, sendFile } from "./send-file.ts";

/** The form in which S3 tells a part, which is written into a header. */
const CONTENT_RANGE = /^bytes [0-9]+-[0-9]+\/(?:[0-9]+|\*)$/;

/**
 * Creates a handler that gives one client the file of each link, and streams it from the source.
 *
 * What is decided, and the answers but the file, are those of the edge: see `docs/downloads.md`. The source is asked only
 * after the claim. Where it fails then, the client that has the pass may come again until the lease is over. Every request is
 * a line in the log, and every file another when it ends.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected
 */
export function createDownloadHandler(options: DownloadOptions): FetchHandler {
  const relay = readDownloadOptions(options);
  const { source, path, cors, writeLine, requestIdOf, clock } = relay;
  const gate = createDownloadGate(relay);

  async function send(
    decision: ClaimedDownload<unknown>,
    { request, requestId, context }: { request: Request; requestId: string; context: RequestContext | undefined },
  ): Promise<Response> {
    const { ticket, hash, part, mayComeAgain } = decision;
    const { signal } = request;
    const begun = clock.now().getTime();
    let finish = (): void => {};
    context?.waitUntil?.(new Promise<void>((resolve) => (finish = resolve)));
    const end = (outcome: string, { bytes, cause }: Pick<SendEnd, "bytes" | "cause">): void => {
      const ms = clock.now().getTime() - begun;
      writeLine(describeRelayed(outcome, requestId, { id: ticket.id, hash, bytes, ms, cause }), { requestId, cause });
      finish();
    };
    let file: SourceOutcome;
    try {
      file = await source.open({ key: ticket.key, ...part, signal });
    } catch (cause) {
      file = { status: "failed", cause };
    }
    if (file.status !== "found") {
      if (signal.aborted) end("broken-off", { bytes: 0 });
      else end(file.status === "failed" ? "store-failed" : file.status, { bytes: 0, ...file });
      const form = acceptsHtml(headerFields(request)) ? "html" : "json";
      return toResponse(failedDownloadAnswer(file.status, requestId, { form, mayComeAgain }));
    }
    const body = sendFile(file, signal, (sent) => end(sent.outcome, sent));
    return new Response(body, {
      status: file.contentRange === undefined ? 200 : 206,
      headers: fileHeaders(ticket, file),
    });
  }

  return async (request, context) => {
    const requestId = requestIdOf(request);
    const headers = headerFields(request);
    const { method, signal } = request;
    if (method === "OPTIONS") return toResponse(cors.preflight(headers, requestId, DOWNLOAD_METHODS));
    const form = acceptsHtml(headers) ? "html" : "json";
    const answer = (given: HttpAnswer): Response => toResponse(method === "HEAD" ? { ...given, body: "" } : given);

    const { pathname, search } = new URL(request.url);
    const token = pathname.startsWith(path) ? pathname.slice(path.length) : "";
    let decision;
    try {
      decision = await gate.decide({ method, token, query: search.slice(1), headers }, async () =>
        signal.aborted
          ? { status: "refused", reason: "unavailable", cause: signal.reason }
          : { status: "prepared", value: undefined },
      );
    } catch (fault) {
      writeLine(describeFault("relay", requestId, fault), { requestId, cause: fault });
      return answer(refusedDownloadAnswer({ status: "refused", reason: "undecided", cause: fault }, requestId, form));
    }
    const cause = "cause" in decision ? decision.cause : undefined;
    writeLine(describeDownload(decision, requestId, "relay"), { requestId, cause });
    switch (decision.status) {
      case "accepted":
        return send(decision, { request, requestId, context });
      case "shown":
        return answer(shownAnswer(decision, form));
      case "pass":
        return answer(passAnswer(decision, pathname));
      case "refused":
        return answer(refusedDownloadAnswer(decision, requestId, form));
    }
  };
}

/** A file to be saved, and nothing that a browser runs, whatever is stored with it. */
function fileHeaders(
  { fileName, contentType }: ClaimedDownload<unknown>["ticket"],
  { bytes, etag, contentRange }: SourceFile,
): Headers {
  const headers = new Headers({
    "Content-Type": contentType,
    "Content-Disposition": contentDisposition(fileName),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
    "Accept-Ranges": "bytes",
  });
  if (bytes !== undefined) headers.set("Content-Length", String(bytes));
  if (etag !== undefined && isStrongEtag(etag)) headers.set("ETag", etag);
  if (contentRange !== undefined && CONTENT_RANGE.test(contentRange)) headers.set("Content-Range", contentRange);
  return headers;
}
