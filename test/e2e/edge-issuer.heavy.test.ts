import { randomBytes } from "node:crypto";

import { createEdgeIssuer, type EdgeIssuerSettings } from "@presign-once/issuer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { type Stack, startStack } from "./stack.ts";

const newKey = (id: string) => ({ id, secret: randomBytes(32).toString("base64url") });
const FIRST = newKey("edge");
const TENANT = { ...newKey("tenant-7"), allows: { uploads: ["tenant-7/"] } };

let server: S3Server;
beforeAll(async () => {
  server = await startR2({ buckets: ["uploads"] });
}, 60_000);
afterAll(() => server?.stop());

/** What a backend is given beside the settings of an edge on AWS: where this edge is, and its S3. */
function settingsFor({ local, network, bucket }: Stack, changes: Partial<EdgeIssuerSettings>): EdgeIssuerSettings {
  return {
    ...{ region: server.region, endpoint: network.endpoint, forcePathStyle: true, uploads: { bucket } },
    ...{ originPath: new URL(`${network.endpoint}/${bucket}`).pathname, baseUrl: local.baseUrl, keys: [FIRST] },
    ...changes,
  };
}

describe.each(["conditional", "sealed"] as const)("with the strategy %s", (strategy) => {
  describe.each(["at-issue", "at-use"] as const)("and signing %s", (signing) => {
    let stack: Stack;
    let given: Partial<EdgeIssuerSettings>;
    beforeAll(async () => {
      const shared = { signing, downloads: {} };
      stack = await startStack(server, "uploads", { strategy, config: { ...shared, keys: [FIRST, TENANT] } });
      given = { ...shared, index: { strategy } };
    }, 60_000);
    afterAll(() => stack?.stop());

    const open = (changes: Partial<EdgeIssuerSettings> = {}) =>
      createEdgeIssuer(settingsFor(stack, { ...given, ...changes }), { credentials: server.credentials });

    test("a URL from the backend takes one upload at the edge, of what was granted", async () => {
      const issuer = await open();
      const issued = await issuer.issue({ contentType: "text/plain", folder: "tenant-7/" });
      if (issued.status !== "issued") throw issued.cause;
      const { url, headers } = issued.grant;
      const wrong = await stack.send(url, { body: "hello", headers: { "content-type": "text/html" } });
      expect(wrong.status).toBe(400);
      expect((await stack.send(url, { body: "hello", headers })).status).toBe(200);
      expect(await stack.send(url, { body: "again", headers })).toMatchObject({ status: 403, code: "UrlAlreadyUsed" });
      issuer.close();
    });

    test("a link from the backend gives one client the file", async () => {
      const issuer = await open();
      const upload = await issuer.issue();
      if (upload.status !== "issued") throw upload.cause;
      expect((await stack.send(upload.grant.url, { body: "hello" })).status).toBe(200);
      const link = await issuer.issueDownload({ key: upload.grant.key });
      if (link.status !== "issued") throw link.cause;
      const fetched = await fetch(link.grant.url, { method: "POST", body: "" });
      expect([fetched.status, await fetched.text()]).toEqual([200, "hello"]);
      expect((await fetch(link.grant.url, { method: "POST", body: "" })).status).toBe(410);
      issuer.close();
    });

    test("a key for one folder makes no usable URL for another, even where the backend does not know of the limit", async () => {
      const { allows: _, ...unlimited } = TENANT;
      const issuer = await open({ keys: [unlimited] });
      for (const [folder, status] of [
        ["tenant-7/", 200],
        ["tenant-8/", 403],
      ] as const) {
        const issued = await issuer.issue({ folder });
        if (issued.status !== "issued") throw issued.cause;
        expect((await stack.send(issued.grant.url, { body: "hello" })).status).toBe(status);
      }
      issuer.close();
    });
  });
});
