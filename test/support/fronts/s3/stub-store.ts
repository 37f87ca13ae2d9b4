import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

import { listen } from "../../../servers/loopback.ts";
import { exampleCredentials, type S3Server } from "../../../servers/s3-server.ts";

/** A store that takes everything: the ETag of an object is the MD5 of its bytes, and `If-Match` is heeded. */
export async function startStubStore(): Promise<S3Server & { readonly objects: ReadonlyMap<string, Buffer> }> {
  const objects = new Map<string, Buffer>();
  const etagOf = (body: Buffer): string => `"${createHash("md5").update(body).digest("hex")}"`;
  const server = createServer((req, res) => {
    void buffer(req).then((body) => {
      const [path = ""] = (req.url ?? "").split("?");
      const stored = objects.get(path);
      const ifMatch = req.headers["if-match"];
      if (ifMatch !== undefined && (stored === undefined || etagOf(stored) !== ifMatch))
        return res.writeHead(stored === undefined ? 404 : 412).end();
      if (req.method === "PUT") objects.set(path, body);
      const object = objects.get(path);
      if (object === undefined) return res.writeHead(404).end();
      return res.writeHead(200, { etag: etagOf(object) }).end(req.method === "GET" ? object : "");
    });
  });
  return {
    endpoint: `http://127.0.0.1:${await listen(server)}`,
    region: "eu-west-1",
    credentials: exampleCredentials,
    forcePathStyle: true,
    objects,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
