import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import { listen } from "../../servers/loopback.ts";
import { ACCOUNT } from "./aws-provider.ts";

/** A running stand-in for what SST itself asks of AWS. */
export interface AwsApi {
  readonly url: string;
  /** One line for each request, without its body. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts a stand-in for the parts of AWS that the SST command line talks to: parameters, its state bucket, and who one is.
 *
 * Whatever it does not know is answered 501 and ends up in `refused`, so that nothing passes by accident. It also stands
 * as the proxy for everything else: what asks for the world beyond 127.0.0.1 is refused and recorded.
 */
export async function startAwsApi(): Promise<AwsApi & { readonly refused: readonly string[] }> {
  const requests: string[] = [];
  const refused: string[] = [];
  const parameters = new Map([["/sst/bootstrap", JSON.stringify(BOOTSTRAP)]]);
  const objects = new Map<string, Buffer>();

  const server = createServer((req, res) => {
    void serve(req, res);
  });
  server.on("connect", (req, socket) => {
    refused.push(`CONNECT ${req.url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, requests, refused, stop: () => close(server) };

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await buffer(req);
    const target = req.headers["x-amz-target"]?.toString();
    const isForm = req.headers["content-type"]?.includes("x-www-form-urlencoded") === true;
    const line = `${req.method} ${target ?? req.url}`;
    requests.push(line);
    if (target !== undefined ? answerSsm(target, body, res) : isForm ? answerSts(body, res) : answerS3(req, body, res))
      return;
    refused.push(line);
    res.writeHead(501).end();
  }

  function answerSsm(target: string, body: Buffer, res: ServerResponse): boolean {
    const { Name = "", Value = "" } = JSON.parse(body.toString() || "{}") as { Name?: string; Value?: string };
    const json = (status: number, value: object): true => {
      res.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(value));
      return true;
    };
    switch (target.split(".").at(-1)) {
      case "GetParameter": {
        const value = parameters.get(Name);
        if (value === undefined) return json(400, { __type: "ParameterNotFound" });
        return json(200, { Parameter: { Name, Type: "String", Value: value } });
      }
      case "PutParameter":
        parameters.set(Name, Value);
        return json(200, { Version: 1 });
      case "DeleteParameter":
        parameters.delete(Name);
        return json(200, {});
      default:
        return false;
    }
  }

  function answerSts(body: Buffer, res: ServerResponse): boolean {
    if (new URLSearchParams(body.toString()).get("Action") !== "GetCallerIdentity") return false;
    const result = `<Arn>arn:aws:iam::${ACCOUNT}:user/rehearsal</Arn><UserId>AIDAEXAMPLE</UserId><Account>${ACCOUNT}</Account>`;
    res.setHeader("content-type", "text/xml");
    res.end(
      `<GetCallerIdentityResponse><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
    return true;
  }

  function answerS3(req: IncomingMessage, body: Buffer, res: ServerResponse): boolean {
    const { pathname, searchParams } = new URL(req.url ?? "/", "http://s3");
    const host = req.headers.host ?? "";
    const key = decodeURIComponent(host.startsWith("127.") ? pathname : `/${host.split(".")[0]}${pathname}`);
    switch (req.method) {
      case "PUT":
        objects.set(key, isChunked(req) ? unchunk(body) : body);
        res.setHeader("etag", '"stand-in"').end();
        return true;
      case "DELETE":
        objects.delete(key);
        res.writeHead(204).end();
        return true;
      case "POST":
        if (!searchParams.has("delete")) return false;
        for (const [, name] of body.toString().matchAll(/<Key>(.*?)<\/Key>/g))
          objects.delete(`${key.replace(/\/$/, "")}/${name}`);
        res.writeHead(200, XML).end("<DeleteResult></DeleteResult>");
        return true;
      case "GET":
      case "HEAD": {
        if (searchParams.has("list-type")) return list(key, searchParams.get("prefix") ?? "", res);
        const object = objects.get(key);
        if (object === undefined) res.writeHead(404, XML).end("<Error><Code>NoSuchKey</Code></Error>");
        else res.setHeader("etag", '"stand-in"').end(object);
        return true;
      }
      default:
        return false;
    }
  }

  function list(path: string, prefix: string, res: ServerResponse): true {
    const start = `${path.replace(/\/$/, "")}/`;
    const keys = [...objects.keys()]
      .filter((key) => key.startsWith(start + prefix))
      .map((key) => key.slice(start.length));
    const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
    res.writeHead(200, XML).end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`);
    return true;
  }
}

/** What SST keeps of its one-time setup of an account; a high version means that there is nothing left to set up. */
const BOOTSTRAP = {
  version: 99,
  asset: "sst-asset-rehearsal",
  state: "sst-state-rehearsal",
  assetEcrRegistryId: ACCOUNT,
  assetEcrUrl: "none",
  appsyncHttp: "none",
  appsyncRealtime: "none",
};

const XML = { "content-type": "application/xml" };

function isChunked(req: IncomingMessage): boolean {
  return req.headers["content-encoding"]?.includes("aws-chunked") === true;
}

/** Takes the lengths and signatures out of a body that the AWS SDK has sent in signed pieces. */
function unchunk(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf("\r\n", at);
    const length = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (!(length > 0)) return Buffer.concat(pieces);
    pieces.push(body.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
