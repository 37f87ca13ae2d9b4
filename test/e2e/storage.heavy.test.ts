import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ProxiedRequest } from "../servers/fault-proxy.ts";
import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { uploadAsGranted } from "./granted-upload.ts";
import { requestGrant } from "./request-grant.ts";
import { type Stack, startStack } from "./stack.ts";

describe.each(["at-issue", "at-use"] as const)("encryption and tags of the settings, signed %s", (signing) => {
  let server: S3Server;
  let stack: Stack;
  let headers: Record<string, string>;
  beforeAll(async () => {
    server = await startR2({ buckets: ["uploads"] });
    const keyArn = `arn:aws:kms:${server.region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const encryption = { type: "aws:kms", keyArn } as const;
    const uploads = { encryption, tags: { team: "a b" } };
    stack = await startStack(server, "uploads", { config: { signing, uploads } });
    headers = {
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": keyArn,
      "x-amz-tagging": "team=a%20b",
    };
  }, 180_000);
  afterAll(async () => {
    await stack?.stop();
    await server?.stop();
  }, 60_000);

  test("reach S3 as signed headers with an upload whose client sends none of them", async () => {
    const grant = await requestGrant(stack);
    expect(grant.headers).toEqual({});
    const seen: ProxiedRequest[] = [];
    stack.disturbAll((request) => (request.path.endsWith(grant.key) && seen.push(request), { kind: "pass" }));
    const answer = await uploadAsGranted(stack, grant, Buffer.from("hello"));
    expect(answer.status).toBe(200);
    const { "x-amz-tagging": _, ...encryption } = headers;
    expect(Object.fromEntries(answer.headers)).toMatchObject(encryption); // S3's own word for it
    expect(seen[0]?.headers).toMatchObject(headers);
    const signed = seen[0]?.query.get("X-Amz-SignedHeaders")?.split(";");
    expect(signed).toEqual(expect.arrayContaining(Object.keys(headers)));
  });

  test("are refused from a client before the claim, and the URL stays usable", async () => {
    const grant = await requestGrant(stack);
    const otherKey = headers["x-amz-server-side-encryption-aws-kms-key-id"]?.replace("1234abcd", "00000000");
    const before = stack.network.requests.length;
    for (const changes of [
      { "x-amz-server-side-encryption": "AES256" },
      { "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": otherKey },
      { "x-amz-tagging": "team=mine" },
    ])
      expect(await uploadAsGranted(stack, grant, Buffer.from("a"), changes)).toMatchObject({
        ...{ status: 400, code: "InvalidRequest" },
      });
    expect(stack.network.requests.length).toBe(before);
    expect((await uploadAsGranted(stack, grant, Buffer.from("hello"))).status).toBe(200);
  });

  test("do not help a client that sends them around the edge: S3 refuses it", async () => {
    const { url } = await requestGrant(stack);
    const { pathname, search } = new URL(url);
    const direct = stack.local.originUrl + pathname + search.replace(/&x-once-tag=[^&]*/, "");
    expect((await stack.send(direct, { headers })).status).toBe(403);
  });
});
