import { composeIssue, composeVerify, type ViewerRequestEvent } from "@presign-once/adapter-edge";
import { type EdgeConfig, parseEdgeConfig } from "@presign-once/settings";

import type { Place } from "../e2e/place.ts";
import type { KeySetting } from "./known-keys.ts";

/** The two edge functions with settings of their own, called without a bundle or a process around them. */
export interface InProcessEdge {
  /** What both functions are set to. */
  readonly settings: EdgeConfig;
  /** Every log line of both functions. */
  readonly log: readonly string[];
  /** Asks for a URL. */
  issue(): Promise<string>;
  /** Uploads to a URL of any issuer; the code of the refusal, or `stored`. */
  upload(url: string): Promise<string>;
}

/** Where an upload stands on the S3 server itself. */
export function atOrigin({ server, bucket }: Place, url: string): string {
  const { pathname, search } = new URL(url);
  return `${server.endpoint}/${bucket}${pathname}${search}`;
}

/**
 * Composes both functions with these keys; what verify passes on goes to the real S3 server.
 *
 * The functions find their credentials where Lambda has them: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
 */
export function createInProcessEdge(place: Place, keys: readonly KeySetting[]): InProcessEdge {
  const { server, bucket, options } = place;
  const settings = parseEdgeConfig({
    region: server.region,
    endpoint: server.endpoint,
    forcePathStyle: true,
    uploads: { bucket },
    index: options?.strategy === undefined ? {} : { strategy: options.strategy },
    originPath: `${new URL(server.endpoint).pathname.replace(/\/$/, "")}/${bucket}`,
    baseUrl: "https://edge.example",
    keys: [...keys],
    authorizer: "none",
  });
  const log: string[] = [];
  const writeLine = (line: string): number => log.push(line);
  const [issue, verify] = [composeIssue(settings, writeLine), composeVerify(settings, writeLine)];
  return {
    settings,
    log,
    async issue() {
      const answer = await issue(event("GET", "/url", ""));
      if (!("status" in answer) || answer.status !== "200") throw new Error("no URL was issued");
      return answer.body;
    },
    async upload(url) {
      const { pathname, search } = new URL(url);
      const result = await verify(event("PUT", pathname, search.slice(1)));
      if ("status" in result) return /<Code>(\w+)<\/Code>/.exec(result.body)?.[1] ?? result.status;
      const added = Object.entries(result.headers).filter(([name]) => name.startsWith("x-"));
      const headers = Object.fromEntries(added.map(([name, [field]]) => [name, field?.value ?? ""]));
      const origin = atOrigin(place, `https://edge.example${result.uri}?${result.querystring}`);
      const answer = await fetch(origin, { method: "PUT", body: "hello", headers });
      return answer.status === 200 ? "stored" : `refused by S3 with ${answer.status}`;
    },
  };
}

function event(method: string, uri: string, querystring: string): ViewerRequestEvent {
  const headers = method === "PUT" ? { "content-length": [{ key: "Content-Length", value: "5" }] } : {};
  const request = { clientIp: "127.0.0.1", method, uri, querystring, headers };
  const config = {
    distributionDomainName: "edge.example",
    distributionId: "E",
    eventType: "viewer-request" as const,
    requestId: "r",
  };
  return { Records: [{ cf: { config, request } }] };
}
