import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { S3Client } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";

import { createS3Client, type S3Access } from "../src/sdk/s3-client.ts";
import { type Operation, type ReceivedRequest, receiveRequest } from "./received-request.ts";

/** Gives a client its answer, or what is left of it. */
export type Answer = (response: ServerResponse) => void;

/** What each operation is answered: one after the other, each once; or as a function says, as often as asked. */
export type Script = { readonly [O in Operation]?: readonly Answer[] | ((request: ReceivedRequest) => Answer) };

/** An S3 server that says only what a test tells it to. */
export interface FakeS3 {
  readonly access: S3Access;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Their operations. */
  readonly operations: readonly Operation[];
  /** How many connections were made. */
  readonly connections: number;
  /** How many of them are open. */
  readonly openConnections: number;
}

/** The bucket that tests speak of; any will do. */
export const BUCKET = "index-bucket";

/**
 * Starts a scripted S3 on a free port of 127.0.0.1, until the end of the test.
 *
 * The client under test is the real one, and so are its sockets. A request that the script has no answer for fails the
 * test when it ends, whatever the client made of it.
 */
export async function startFakeS3(script: Script): Promise<FakeS3> {
  const requests: ReceivedRequest[] = [];
  const unscripted: Operation[] = [];
  const given = new Map<Operation, number>();
  const open = new Set<unknown>();
  let connections = 0;

  const nextAnswer = (request: ReceivedRequest): Answer => {
    const answers = script[request.operation];
    if (typeof answers === "function") return answers(request);
    const n = given.get(request.operation) ?? 0;
    given.set(request.operation, n + 1);
    const next = answers?.[n];
    if (next === undefined) unscripted.push(request.operation);
    return next ?? s3Error(418, "Unscripted");
  };
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await receiveRequest(incoming).catch((error: unknown) => {
      if (incoming.destroyed) return undefined; // the client has gone, in the middle of its upload
      throw error;
    });
    if (request === undefined) return;
    requests.push(request);
    nextAnswer(request)(response);
  };
  const server = createServer((incoming, response) => {
    void serve(incoming, response);
  });
  server.on("connection", (socket) => {
    connections++;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
    if (unscripted.length > 0) throw new Error(`the fake S3 had no answer for ${unscripted.join(", ")}`);
  });
  return {
    access: accessTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    requests,
    get operations() {
      return requests.map(({ operation }) => operation);
    },
    get connections() {
      return connections;
    },
    get openConnections() {
      return open.size;
    },
  };
}

/** How to reach an S3 server that takes any signature. */
export function accessTo(endpoint: string): S3Access {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" };
  return { endpoint, credentials, region: "us-east-1", forcePathStyle: true };
}

/** A client of this package's own making, until the end of the test. */
export function connect(access: S3Access): S3Client {
  const s3 = createS3Client(access);
  onTestFinished(() => s3.destroy());
  return s3;
}

/** A whole answer. */
export function answer(status: number, headers: Record<string, string> = {}, body = ""): Answer {
  const length = { "content-length": String(Buffer.byteLength(body)) };
  return (response) => void response.writeHead(status, { ...length, ...headers }).end(body);
}

/** An error in S3's words. */
export function s3Error(status: number, code: string): Answer {
  return answer(status, { "content-type": "application/xml" }, `<Error><Code>${code}</Code></Error>`);
}

/** An answer that comes when a promise settles. */
export function later(when: Promise<unknown>, then: Answer): Answer {
  return (response) => void when.then(() => then(response));
}

/** Silence on an open connection. */
export const silence: Answer = () => {};

/** The connection is reset before any answer. */
export const reset: Answer = (response) => response.req.socket.resetAndDestroy();

/** Bytes that are no HTTP. */
export const nonsense: Answer = (response) => void response.req.socket.end("no HTTP at all\r\n\r\n");

/** Status, headers and the first byte of a longer body; then the connection ends. */
export function cut(status: number, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { ...headers, "content-length": "100" });
    response.write("<", () => response.req.socket.destroy());
  };
}

/** A whole answer, its body a byte at a time. */
export function trickle(msPerByte: number, status: number, headers: Record<string, string>, body: string): Answer {
  return (response) => {
    response.writeHead(status, { ...headers, "content-length": String(body.length) });
    let sent = 0;
    const timer = setInterval(() => {
      if (sent === body.length) response.end();
      else response.write(body.charAt(sent++));
    }, msPerByte);
    response.on("close", () => clearInterval(timer));
  };
}
