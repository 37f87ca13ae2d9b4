/**
 * A handler as web platforms call it.
 *
 * Never throws for anything that a client may send: every fault is an answer, and a log line.
 */
export type FetchHandler = (request: Request, context?: RequestContext) => Promise<Response>;

/** What a platform passes to a handler in addition to the request; Cloudflare's execution context is one. */
export interface RequestContext {
  /** Keeps the platform from ending the work on a request when its client has gone: what was begun must be tidied up. */
  waitUntil?(work: Promise<unknown>): void;
}
