import { randomBytes } from "node:crypto";
import { access, constants } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join, resolve } from "node:path";

import { answerViewer, errorAnswer, type Exchange } from "./answer-viewer.ts";
import { describeError } from "./describe-error.ts";
import { createEdgeFunction } from "./edge-function.ts";
import { CLOUDFRONT_LIMITS, type EdgeLimits } from "./edge-limits.ts";
import type { FunctionIdentity } from "./lambda-environment.ts";
import { listen } from "./listen.ts";
import { LocalEdgeError } from "./local-edge-error.ts";
import { type OriginOptions, parseOrigin } from "./origin.ts";
import { createPage } from "./page/create-page.ts";
import type { OriginRequest } from "./pass-on.ts";
import { compilePathPattern } from "./path-pattern.ts";
import { refuseMalformed } from "./screen-request.ts";
import { type EdgeFunctions, serveViewer } from "./serve-viewer.ts";

/** The folders of two built functions, each with its `index.mjs` and `config.json`. */
export type BundleFolders = { issueDir: string; verifyDir: string };

/** How to set up a {@link LocalEdge}. */
export type LocalEdgeOptions = {
  /** Port on 127.0.0.1; 0, the default, is any free one. */
  port?: number;
  /** The bundles, or how to build them once the edge's own URL is known. */
  bundles: BundleFolders | ((baseUrl: string) => Promise<BundleFolders>);
  /** Which paths the issue function answers; the verify function has all others. Default `/url`. */
  issuePath?: string;
  origin: OriginOptions;
  /** Whether `/` is a page that uploads and shows that a URL works once. CloudFront has none. Default: no. */
  page?: boolean;
  /** The functions issue download links to everyone, so that the page offers them. Default: no. */
  offersLinks?: boolean;
  identity: FunctionIdentity;
  /** Environments of each function at most. Default 8; on AWS it is as many as there are requests. */
  concurrency?: number;
  limits?: Partial<EdgeLimits>;
  /** One line that a function printed, or one about a function. Default: to stderr. */
  onLog?: (line: string) => void;
  /** Called for every request that leaves for the origin, when it leaves. */
  onOriginRequest?: (request: OriginRequest) => void;
};

/** A running edge. */
export type LocalEdge = {
  /** `http://127.0.0.1:<port>` */
  url: string;
  port: number;
  /** How many requests have left for the origin so far. */
  originRequestCount(): number;
  /** Stops listening, drops open connections and ends the functions. */
  close(): Promise<void>;
};

/**
 * Starts a stand-in for a CloudFront distribution: two cache behaviours with a viewer-request function each, one origin.
 *
 * Functions run apart from the edge and from each other, under CloudFront's limits; whatever a function or a viewer
 * does, the edge goes on serving. Nothing is cached and nothing is retried.
 *
 * @throws {LocalEdgeError} `PORT_TAKEN`, `FUNCTION_MISSING`, or `OPTION_INVALID` for what CloudFront would not accept
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-how-it-works.html
 * @example
 * const edge = await createLocalEdge({
 *   bundles: { issueDir: "build/issue", verifyDir: "build/verify" },
 *   origin: { url: "http://127.0.0.1:9000", path: "/uploads" },
 *   identity: { region: "us-east-1", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" },
 * });
 * console.log(edge.url);
 * await edge.close();
 */
export async function createLocalEdge(options: LocalEdgeOptions): Promise<LocalEdge> {
  const origin = parseOrigin(options.origin);
  const limits = { ...CLOUDFRONT_LIMITS, ...options.limits };
  const isIssuePath = compilePathPattern(options.issuePath ?? "/url");
  const onLog = options.onLog ?? ((line: string) => void process.stderr.write(`${line}\n`));
  let originRequests = 0;

  // Twice the documented limit, so that it is the edge that finds a request too long and says so.
  const server = createServer({
    maxHeaderSize: 2 * limits.requestHeadBytes,
    requestTimeout: 0, // an upload may take as long as it takes; by itself this sets `headersTimeout` to 0 as well
    headersTimeout: limits.headersMs,
    keepAliveTimeout: 60_000, // Node's 5 s can end just as a client reuses the connection, which the client sees as a reset
    connectionsCheckingInterval: Math.min(limits.headersMs, 10_000),
    insecureHTTPParser: false,
  });
  const port = await listen(server, options.port ?? 0, "PORT");
  const url = `http://127.0.0.1:${port}`;
  const servePage = options.page === true ? createPage(url, options.offersLinks === true) : undefined;
  const loading = loadFunctions();

  async function loadFunctions(): Promise<EdgeFunctions> {
    const { issueDir, verifyDir } =
      typeof options.bundles === "function" ? await options.bundles(url) : options.bundles;
    await assertBundle("issue", issueDir);
    await assertBundle("verify", verifyDir);
    const shared = { identity: options.identity, limits, concurrency: options.concurrency ?? 8, onLog };
    return {
      issue: createEdgeFunction({ ...shared, name: "issue", dir: resolve(issueDir) }),
      verify: createEdgeFunction({ ...shared, name: "verify", dir: resolve(verifyDir) }),
    };
  }

  async function serve(exchange: Exchange, expectsContinue: boolean): Promise<void> {
    const onOriginRequest = (request: OriginRequest): void => {
      originRequests += 1;
      options.onOriginRequest?.(request);
    };
    const functions = await loading;
    const watching = { onLog, onOriginRequest };
    return serveViewer(exchange, { functions, isIssuePath, servePage, origin, limits, expectsContinue, ...watching });
  }

  function receive(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
    const exchange = { req, res, requestId: `${randomBytes(40).toString("base64url")}==` };
    // A viewer that hangs up is seen by the response's `close`; the errors themselves say nothing more.
    req.on("error", () => {});
    res.on("error", () => {});
    serve(exchange, expectsContinue).catch((error: unknown) => {
      onLog(`the edge failed: ${describeError(error)}`);
      answerViewer(exchange, errorAnswer(500, "The edge itself failed; its log says why."), limits.drainMs);
    });
  }

  async function close(): Promise<void> {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    const functions = await loading.catch(() => undefined);
    await Promise.all([functions?.issue.close(), functions?.verify.close(), closed]);
  }

  server.on("request", (req, res) => receive(req, res, false));
  server.on("checkContinue", (req: IncomingMessage, res: ServerResponse) => receive(req, res, true));
  server.on("checkExpectation", (req: IncomingMessage, res: ServerResponse) => receive(req, res, false));
  refuseMalformed(server);
  try {
    await loading;
  } catch (error) {
    await close();
    throw error;
  }
  return { url, port, originRequestCount: () => originRequests, close };
}

async function assertBundle(name: string, dir: string): Promise<void> {
  for (const file of ["index.mjs", "config.json"]) {
    await access(join(dir, file), constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
      const problem =
        cause.code === "ENOENT"
          ? `has no ${file} in ${dir}: build the bundles first`
          : `has a ${file} in ${dir} that cannot be read (${cause.code})`;
      throw new LocalEdgeError("FUNCTION_MISSING", `the ${name} function ${problem}`, { cause });
    });
  }
}
