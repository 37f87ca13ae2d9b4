import { expect, test } from "vitest";

import { healthyDeployment, NAMES } from "../../../test/aws/aws-model.ts";
import { startAws } from "../../../test/aws/start-aws.ts";
import type { AwsClients } from "./aws-clients.ts";
import { openAwsSide } from "./open-aws-side.ts";
import { removeObjects } from "./remove-objects.ts";

const MINE = "uploads/0a1b";

async function removeMine(deny: readonly string[] = [], keys = [MINE]) {
  const model = healthyDeployment();
  for (const bucket of Object.values(model.buckets)) bucket.region = "us-east-1"; // where no request is redirected
  const { objects } = model.buckets[NAMES.uploads]!;
  Object.assign(objects, { [MINE]: ["v2", "v1"], [`${MINE}-of-another`]: ["v1"], "uploads/other": ["v1"] });
  const { calls } = await startAws(model, deny);
  const side = await openAwsSide({ endpoint: new URL(`https://${model.domainName}/url`) });
  await side.readChecks();
  const remaining = await side.removeUploads(keys);
  side.close();
  const removals = calls.filter(([action]) => action === "s3:DeleteObjectVersion").map(([, resource]) => resource);
  return { remaining, objects, removals };
}

test("removes all versions of the keys, and no other object, even one whose key begins with them", async () => {
  const { remaining, objects, removals } = await removeMine();
  expect(remaining).toEqual([]);
  expect(removals).toEqual([`arn:aws:s3:::${NAMES.uploads}/${MINE}`, `arn:aws:s3:::${NAMES.uploads}/${MINE}`]);
  expect(objects).toEqual({ [MINE]: [], [`${MINE}-of-another`]: ["v1"], "uploads/other": ["v1"] });
});

test.each(["s3:ListBucketVersions", "s3:DeleteObjectVersion"])(
  "without %s, says what remains and why",
  async (action) => {
    const { remaining, objects } = await removeMine([action]);
    expect(remaining).toEqual([{ key: MINE, reason: `these credentials lack ${action}` }]);
    expect(objects[MINE]).toEqual(["v2", "v1"]);
  },
);

test("a key that is not there counts as removed", async () => {
  expect((await removeMine([], ["uploads/never"])).remaining).toEqual([]);
});

test("where the bucket is not known, everything remains", async () => {
  const { remaining } = await removeMine(["cloudfront:GetDistribution"]);
  expect(remaining).toEqual([{ key: MINE, reason: "these credentials lack cloudfront:GetDistribution" }]);
});

test("credentials that have ended since are a reason, and no error", async () => {
  const ended = Object.assign(new Error(), { name: "ExpiredToken", $metadata: { httpStatusCode: 400 } });
  const s3 = { client: { send: () => Promise.reject(ended) }, ListObjectVersionsCommand: Object };
  const [remaining] = await removeObjects({ s3 } as unknown as AwsClients, "b", [MINE]);
  expect(remaining?.reason).toContain("AWS does not accept these credentials (ExpiredToken 400)");
});
