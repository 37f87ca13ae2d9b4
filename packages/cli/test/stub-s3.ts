import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** What the stub says to every request. */
export interface StubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A server that gives every request the same answer, or one by its method. */
export interface StubS3 {
  readonly endpoint: string;
  /** Method and path of every request so far. */
  readonly requests: readonly string[];
}

const UNSCRIPTED: StubAnswer = { status: 418 };

/** Starts one on a free port of 127.0.0.1, until the end of the test. */
export async function startStubS3(answer: StubAnswer | Readonly<Record<string, StubAnswer>>): Promise<StubS3> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split("?")[0]}`);
    const { status, headers, body = "" } = isAnswer(answer) ? answer : (answer[request.method ?? ""] ?? UNSCRIPTED);
    const length = { "content-length": String(Buffer.byteLength(body)) };
    request.resume().on("end", () => response.writeHead(status, { ...length, ...headers }).end(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function isAnswer(answer: StubAnswer | Readonly<Record<string, StubAnswer>>): answer is StubAnswer {
  return typeof answer.status === "number";
}

/** An error in S3's words. */
export function s3Error(status: number, code: string): StubAnswer {
  return { status, headers: { "content-type": "application/xml" }, body: `<Error><Code>${code}</Code></Error>` };
}

/** An entry of the index, as GET answers it. */
export function entry(body: string, writtenAt: Date): StubAnswer {
  return { status: 200, headers: { etag: '"e"', "last-modified": writtenAt.toUTCString() }, body };
}
