import type { CheckResult } from "../check.ts";
import { all, type AwsCheck, judge, passed } from "./aws-check.ts";
import { type Fact, read, unread } from "./fact.ts";
import { keyRights } from "./needed-rights.ts";
import type { BucketFacts } from "./read-bucket.ts";
import type { Deployment } from "./read-deployment.ts";
import { judgeRights } from "./role-checks.ts";

/** Whether the roles may use the keys of the buckets, as far as their own policies say. */
export const encryptionCheck: AwsCheck = {
  name: "aws-encryption",
  title: "the roles may use the buckets' keys",
  judge: (deployment) =>
    all(
      namesEncryption(deployment)
        ? passed()
        : judge(deployment.uploadsBucket, (bucket) =>
            judge(deployment.signsAtUse, (atUse) =>
              judgeKey(deployment, bucket, atUse ? "uploads with tickets" : "uploads"),
            ),
          ),
      judge(deployment.indexBucket, (bucket) =>
        judge(deployment.index, (place) =>
          place === undefined ? passed() : judgeKey(deployment, bucket, place.strategy),
        ),
      ),
    ),
};

/** Whether each upload says how it is encrypted, so that the default of the bucket is not used. */
function namesEncryption({ settings }: Deployment): boolean {
  return settings.status === "read" && settings.value.uploads.encryption !== undefined;
}

function judgeKey(
  deployment: Deployment,
  { bucket, encryption, region }: BucketFacts,
  holds: Parameters<typeof keyRights>[1],
): CheckResult {
  return judge(encryption, (rule) => {
    const { SSEAlgorithm = "AES256", KMSMasterKeyID = "" } = rule ?? {};
    if (!SSEAlgorithm.startsWith("aws:kms")) return passed();
    // Its ETags are no MD5 of what was written: docs/deploy.md#buckets-with-sse-kms
    const note = `${bucket}: SSE-KMS${holds === "conditional" ? ", so a claim takes two or three requests" : ""}`;
    // Every role of the account may use the key of S3's own through S3.
    if (/^$|alias\/aws\/s3$/.test(KMSMasterKeyID)) return passed(note);
    return judge(region, (where) =>
      judge(deployment.issue.lambda, ({ FunctionArn = "" }) =>
        judge(keyArn(KMSMasterKeyID, where ?? "", FunctionArn), (arn) => {
          const result = judgeRights(deployment, keyRights(arn, holds), "kms-key-refused");
          return result.status === "passed" ? passed(`${note}; the policy of the key is not read`) : result;
        }),
      ),
    );
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html */
function keyArn(key: string, region: string, functionArn: string): Fact<string> {
  if (key.includes("alias/"))
    return unread("the key of the bucket is named by an alias; which key that is, is not read");
  const [, partition = "", , , account = ""] = functionArn.split(":");
  return read(key.startsWith("arn:") ? key : `arn:${partition}:kms:${region}:${account}:key/${key}`);
}
