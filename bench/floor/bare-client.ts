import type { S3Server } from "@presign-once/test/servers/s3-server";

import { createPutSigner, type SmallPut } from "./sign-put.ts";

// Imported, `node:http` also loads Node's own fetch, for the sake of `http.WebSocket`: some 40 ms in a fresh process.
const { Agent, request } = process.getBuiltinModule("node:http");

/** What a bare request came to; its ETag where there is one. */
export interface BareAnswer {
  readonly status: number;
  readonly etag: string;
}

/** A client that can put small objects, and do nothing else. */
export interface BareClient {
  put(key: string, body: string, condition: SmallPut["condition"]): Promise<BareAnswer>;
  close(): void;
}

/** The least that a PUT to S3 can cost: a signature by hand and `node:http` on a kept-alive connection. */
export function createHttpClient(server: Omit<S3Server, "stop">, bucket: string): BareClient {
  const { hostname, port, host, pathname } = new URL(`${server.endpoint}/${bucket}/`);
  const sign = createPutSigner(server);
  const agent = new Agent({ keepAlive: true });
  return {
    put: (key, body, condition) =>
      new Promise((resolve, reject) => {
        const path = pathname + key;
        const headers = { ...sign({ host, path, body, condition }), "content-length": body.length };
        const sent = request({ method: "PUT", hostname, port, path, headers, agent }, (answer) => {
          const { statusCode: status = 0, headers: received } = answer;
          answer.resume().on("error", reject);
          answer.on("end", () => resolve({ status, etag: received.etag ?? "" }));
        });
        sent.on("error", reject).end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** The same with Node's `fetch`. */
export function createFetchClient(server: Omit<S3Server, "stop">, bucket: string): BareClient {
  const { origin, host, pathname } = new URL(`${server.endpoint}/${bucket}/`);
  const sign = createPutSigner(server);
  return {
    async put(key, body, condition) {
      const path = pathname + key;
      const headers = sign({ host, path, body, condition });
      const answer = await fetch(origin + path, { method: "PUT", headers, body });
      await answer.arrayBuffer();
      return { status: answer.status, etag: answer.headers.get("etag") ?? "" };
    },
    close() {},
  };
}
