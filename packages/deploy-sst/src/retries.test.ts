import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";

import {
  composeIssue,
  composeVerify,
  type GeneratedResponse,
  type ViewerRequestEvent,
} from "@presign-once/adapter-edge";
import type { Strategy } from "@presign-once/adapter-s3/strategies";
import { parseEdgeConfig } from "@presign-once/settings";
import type { Policy } from "@presign-once/test/deploy/policy-evaluator";
import { INDEX_ARN, INDEX_KEY, UPLOADS_ARN, UPLOADS_KEY } from "@presign-once/test/deploy/role-indexes";
import { createMemoryStore } from "@presign-once/test/deploy/stand-ins/memory-store";
import { startS3Front } from "@presign-once/test/deploy/stand-ins/s3-front";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { viewerEvent } from "../../../test/support/viewer-event.ts";
import { INDEX_FOLDER, UPLOADS_FOLDER } from "./folders.ts";
import { issuePolicy, type RoleScope, verifyPolicy } from "./policies.ts";

const EDGE = "https://edge.example";
const [MINE, THEIRS] = ["m".repeat(22), "t".repeat(22)];

/** The front of S3 says of no object when it was stored, which a lease begins with. */
const startOfAnswer = "http.server.request.start";
const sayWhen = (message: unknown): void => {
  const { response } = message as { response: ServerResponse };
  response.setHeader("last-modified", new Date().toUTCString());
};

beforeAll(() => subscribe(startOfAnswer, sayWhen));
afterAll(() => void unsubscribe(startOfAnswer, sayWhen));
afterEach(() => vi.unstubAllEnvs());

/** Both functions, each with the credentials of its role, and S3 as it is for these. */
async function start(
  strategy: Strategy,
  rights: { retries: boolean },
  keys: { uploads?: string; index?: string } = {},
) {
  const scope: RoleScope = {
    strategy,
    signing: "at-issue",
    retries: rights.retries,
    oneTimeDownloads: false,
    uploadsArn: UPLOADS_ARN,
    indexArn: INDEX_ARN,
    uploadsKeyArn: keys.uploads,
    indexKeyArn: keys.index,
    functionArn: "arn:aws:lambda:us-east-1:111122223333:function:f",
  };
  const store = createMemoryStore({
    "the-uploads": { versioned: true, kmsKeyArn: keys.uploads },
    "the-index": { versioned: false, kmsKeyArn: keys.index },
  });
  const roles = { issue: issuePolicy(scope), verify: verifyPolicy(scope) };
  const front = await startS3Front({
    store,
    roles: Object.entries(roles).map(([name, policy]) => ({
      accessKeyId: name,
      secretAccessKey: `${name}-secret`,
      policies: [JSON.parse(JSON.stringify(policy)) as Policy],
    })),
  });
  onTestFinished(() => front.stop());
  const config = parseEdgeConfig({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${front.port}`,
    forcePathStyle: true,
    uploads: { bucket: "the-uploads", prefix: UPLOADS_FOLDER },
    index: { bucket: "the-index", prefix: INDEX_FOLDER, strategy },
    keys: [{ id: "k", secret: Buffer.alloc(32).toString("base64url") }],
    authorizer: "none",
    originPath: "/the-uploads",
    retries: { leaseSeconds: 60 },
  });
  const handlers = { issue: composeIssue(config, () => {}), verify: composeVerify(config, () => {}) };
  const run = (name: keyof typeof handlers, event: ViewerRequestEvent) => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", name);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", `${name}-secret`);
    vi.stubEnv("AWS_SESSION_TOKEN", undefined);
    return handlers[name](event);
  };
  const issued = await run("issue", viewerEvent({ method: "GET", url: `${EDGE}/url?retries=same-client` }));
  const url = (issued as GeneratedResponse).body ?? "";
  return {
    /** The code of the refusal, or that the upload went on to S3. */
    async upload(client: string): Promise<string | undefined> {
      const answer = await run("verify", viewerEvent({ url, headers: [["x-presign-once-client", client]] }));
      if ("method" in answer) return "passed on";
      return /<Code>(\w+)<\/Code>/.exec(answer.body ?? "")?.[1];
    },
    /** What S3 does with an upload that was passed on. */
    arrive: () => store.put("the-uploads", new URL(url).pathname.slice(1), Buffer.from("hello"), {}),
    denied: () => front.log.filter((line) => line.startsWith("denied")),
  };
}

// Without the strategy versioning: its lists have no time here. The permissions for retries are the same with every strategy.
describe.each<Strategy>(["conditional", "sealed"])("%s: with retries,", (strategy) => {
  test.each([
    ["S3's own keys", {}],
    ["KMS keys", { uploads: UPLOADS_KEY, index: INDEX_KEY }],
  ])(
    "only the first client may retry until its upload is stored, without a denied request: %s",
    async (_what, keys) => {
      const { upload, arrive, denied } = await start(strategy, { retries: true }, keys);
      expect(await upload(MINE)).toBe("passed on");
      expect(await upload(THEIRS)).toBe("UrlAlreadyUsed");
      expect(await upload(MINE)).toBe("passed on");
      await arrive();
      expect(await upload(MINE)).toBe("UploadAlreadyStored");
      expect(await upload(THEIRS)).toBe("UrlAlreadyUsed");
      expect(denied()).toEqual([]);
    },
  );

  test("a verify role without the permissions refuses every retry", async () => {
    const { upload, denied } = await start(strategy, { retries: false });
    expect(await upload(MINE)).toBe("passed on");
    expect(await upload(MINE)).toBe("InternalError");
    expect(denied()).toContain(`denied verify s3:GetBucketVersioning ${UPLOADS_ARN}`);
  });
});
