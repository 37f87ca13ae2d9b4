import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import { forward } from "../../../servers/forward.ts";
import { endToEndHeaders, type HttpAnswer } from "../../../servers/http-answer.ts";
import { listen } from "../../../servers/loopback.ts";
import type { S3Server } from "../../../servers/s3-server.ts";
import { findBodyFault } from "./body-digests.ts";
import { findHeadFault } from "./head-fault.ts";
import { createKmsEtags } from "./kms-etags.ts";
import { parametersOf, readHead, type RequestHead, valueOf } from "./request-head.ts";
import { withIfMatch } from "./resign.ts";
import { type Refusal, refusalAnswer } from "./s3-refusal.ts";
import { storageAnswer, withoutStorage } from "./storage-headers.ts";

/** One request that reached the front, without anything that signs. */
export interface StrictS3Request {
  readonly method: string;
  /** What it was about: an object below `uploads/`, any other object, which is an entry of an index, or the bucket. */
  readonly kind: "upload" | "index" | "bucket";
  /** What the client was told; 0 until then. */
  readonly status: number;
  /** The front's own refusal, by S3's code. */
  readonly refusedAs?: string;
}

/** A running front. */
export interface StrictS3 extends S3Server {
  /** Every request since the start, in order of arrival. */
  readonly requests: readonly StrictS3Request[];
}

/**
 * Starts a front that refuses what AWS documents that S3 refuses, before it reaches the store; both R2 in miniflare and Ceph
 * accept some of it. Each rule names the page that it is from. What the store refuses, it still refuses itself.
 *
 * Neither store knows KMS keys or tags, so the front takes them off a presigned request that is in order, and signs it anew; it
 * answers with the encryption that S3 would confirm.
 *
 * A body is held in memory, and passed on only when its digests have been compared. An `OPTIONS` goes on as it is: a preflight
 * has no signature.
 *
 * @param options.store     a path-style S3 server; requests keep their Host
 * @param options.kmsEtags  whether to give every object an ETag that is no MD5, as a bucket with SSE-KMS does; default no
 * @param options.now       the time at S3, in milliseconds; default: that of the machine
 */
export async function startStrictS3(options: {
  store: Omit<S3Server, "stop">;
  kmsEtags?: boolean;
  now?: () => number;
}): Promise<StrictS3> {
  const { store, now = Date.now } = options;
  const upstream = new URL(store.endpoint);
  const prefix = upstream.pathname.replace(/\/$/, "");
  const kmsEtags = options.kmsEtags === true ? createKmsEtags() : undefined;
  const requests: { -readonly [Key in keyof StrictS3Request]: StrictS3Request[Key] }[] = [];
  const stopping = new AbortController();

  /** The answer of the store. */
  async function ask(
    head: RequestHead,
    target: string,
    rawHeaders: readonly string[],
    body: Buffer,
  ): Promise<HttpAnswer> {
    const send = (headers: readonly string[]) =>
      forward({ method: head.method, target, rawHeaders: headers, body }, upstream, stopping.signal);
    if (kmsEtags === undefined || !isPlainObjectRequest(head, prefix)) return send(rawHeaders);
    const ifMatch = valueOf(head, "if-match");
    return kmsEtags.exchange({ method: head.method, path: head.path, ifMatch }, (real) =>
      send(real === ifMatch || real === undefined ? rawHeaders : withIfMatch(head, rawHeaders, real, store)),
    );
  }

  async function serve(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): Promise<void> {
    const { method = "", url = "", rawHeaders } = req;
    const head = readHead(method, url, rawHeaders);
    const logged: (typeof requests)[number] = { method, kind: kindOf(head, prefix), status: 0 };
    requests.push(logged);
    const refuse = (refusal: Refusal): void => {
      Object.assign(logged, { status: refusal.status, refusedAs: refusal.code });
      refuseAtOnce(req, res, refusalAnswer(refusal, method));
    };

    const headFault = method === "OPTIONS" ? undefined : findHeadFault(head, store, now());
    if (headFault !== undefined) return refuse(headFault);
    if (expectsContinue) res.writeContinue();
    const body = await buffer(req);
    const bodyFault = findBodyFault(head, body);
    if (bodyFault !== undefined) return refuse(bodyFault);
    const plain = withoutStorage(head, url, rawHeaders, store);
    const answer = await ask(head, plain.target, plain.rawHeaders, body);
    logged.status = answer.status;
    res.sendDate = false; // the store has sent its own
    res
      .writeHead(answer.status, answer.reason, [
        ...endToEndHeaders(answer.rawHeaders),
        ...(answer.status === 200 ? storageAnswer(head) : []),
      ])
      .end(answer.body);
  }

  // Four times what S3 reads, so that it is the front that finds a head too large.
  const server = createServer({ maxHeaderSize: 32_768 });
  const receive = (req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void =>
    void serve(req, res, expectsContinue).catch(() => req.socket.resetAndDestroy());
  server.on("request", (req: IncomingMessage, res: ServerResponse) => receive(req, res, false));
  server.on("checkContinue", (req: IncomingMessage, res: ServerResponse) => receive(req, res, true));

  return {
    ...store,
    endpoint: `http://127.0.0.1:${await listen(server)}${prefix}`,
    requests,
    async stop() {
      stopping.abort();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Answers a request whose body may still be on its way: all of the answer first, the end of the connection after the body. */
function refuseAtOnce(
  req: IncomingMessage,
  res: ServerResponse,
  { status, reason, rawHeaders, body }: HttpAnswer,
): void {
  res.writeHead(status, reason, [...rawHeaders, "Connection", "close"]);
  if (body.length > 0) res.write(body);
  else res.flushHeaders();
  if (req.complete) res.end();
  else
    req
      .once("close", () => res.end())
      .once("end", () => res.end())
      .resume();
}

/** Bucket and key of a path-style request; no key: the bucket itself. */
function keyOf(head: RequestHead, prefix: string): string {
  return head.path.slice(prefix.length).split("/").slice(2).join("/");
}

function kindOf(head: RequestHead, prefix: string): StrictS3Request["kind"] {
  const key = keyOf(head, prefix);
  if (key === "") return "bucket";
  return key.startsWith("uploads/") ? "upload" : "index";
}

/** Whether a request reads, writes or deletes an object as it is now: none of its parts, its versions, its tags or its ACL. */
function isPlainObjectRequest(head: RequestHead, prefix: string): boolean {
  const own = [...parametersOf(head).keys()].filter((name) => /^[a-z]/.test(name) && !name.startsWith("x-"));
  return keyOf(head, prefix) !== "" && own.length === 0 && ["PUT", "GET", "HEAD", "DELETE"].includes(head.method);
}
