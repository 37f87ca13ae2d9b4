import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished, vi } from "vitest";

import type { AwsModel } from "./aws-model.ts";
import { answerCloudFront } from "./cloudfront-answers.ts";
import { answerIam } from "./iam-answers.ts";
import { answerLambda } from "./lambda-answers.ts";
import { answerS3 } from "./s3-answers.ts";

/** A request as a service reads it. */
export interface AwsRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Of a form. */
  readonly form: URLSearchParams;
  /** That the request is signed for. */
  readonly region: string;
}

/** What a request needs, and what it is answered where it is allowed. */
export interface AwsAnswer {
  /** The IAM action, such as `s3:GetBucketCORS`. */
  readonly action: string;
  /** What the action is on: an ARN, or `*`. */
  readonly resource: string;
  /** Has its effect when it is called. */
  readonly answer: HttpAnswer | (() => HttpAnswer);
  /** In the form of the service. */
  readonly denied: HttpAnswer;
}

/** An answer of HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The stand-in for AWS. */
export interface StandInAws {
  /** Every request so far: the action that it needs, and on what. */
  readonly calls: readonly (readonly [action: string, resource: string])[];
}

/**
 * Starts a server that plays CloudFront, Lambda, IAM and S3 to the SDK's own clients, until the end of the test. They find
 * it by `AWS_ENDPOINT_URL`.
 *
 * @param deny  actions that the caller lacks
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export async function startAws(model: AwsModel, deny: readonly string[] = []): Promise<StandInAws> {
  const calls: [string, string][] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { action, resource, answer, denied } = route(model, await readRequest(request));
    calls.push([action, resource]);
    const made = deny.includes(action) ? denied : answer;
    const { status, headers, body } = typeof made === "function" ? made() : made;
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
  };
  // What a service does not know is an error of the stand-in, and no answer of AWS.
  const server = createServer((request, response) => {
    respond(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE");
  vi.stubEnv("AWS_CONFIG_FILE", "/nowhere");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere");
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.close();
    server.closeAllConnections();
  });
  return { calls };
}

function route(model: AwsModel, request: AwsRequest): AwsAnswer {
  if (request.path.startsWith("/2020-05-31/")) return answerCloudFront(model, request);
  if (/^\/20\d\d-\d\d-\d\d\//.test(request.path)) return answerLambda(model, request);
  return request.form.has("Action") ? answerIam(model, request) : answerS3(model, request);
}

async function readRequest(request: IncomingMessage): Promise<AwsRequest> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://stand-in");
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const path = decodeURIComponent(pathname);
  const [, region = ""] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
  return { method: request.method ?? "", path, query: searchParams, form: new URLSearchParams(body), region };
}
