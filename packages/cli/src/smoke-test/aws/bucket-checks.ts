import type { LifecycleRule } from "@aws-sdk/client-s3";

import { counted } from "../../counted.ts";
import type { CheckResult } from "../check.ts";
import { all, type AwsCheck, failed, judge, passed } from "./aws-check.ts";
import { DEFAULT_REGIONS } from "./default-regions.ts";
import { mayAllow } from "./policy-statements.ts";
import type { BucketFacts } from "./read-bucket.ts";
import { type Deployment, parseBucketHost } from "./read-deployment.ts";

/** An entry has to outlive its URL. No presigned URL lives longer than 7 days, and no ticket longer than 30. */
const LEAST_ENTRY_DAYS = { presigned: 8, tickets: 31 };

/** What holds for the buckets of uploads and index. */
export const bucketChecks: readonly AwsCheck[] = [
  {
    name: "aws-regions",
    title: "the buckets are where the settings say, in default regions",
    judge: (deployment) => all(ofBothBuckets(deployment, judgeRegion), judgeOriginRegion(deployment)),
  },
  {
    name: "aws-public-access",
    title: "the buckets are private",
    judge: (deployment) =>
      ofBothBuckets(deployment, ({ bucket, blocksPublicAccess, hasPublicPolicy }) =>
        all(
          judge(hasPublicPolicy, (isPublic) =>
            isPublic ? failed("bucket-public", `${bucket}: its policy is public`) : passed(),
          ),
          judge(blocksPublicAccess, (blocks) =>
            blocks ? passed() : failed("bucket-public", `${bucket}: not all four blocks are on`),
          ),
        ),
      ),
  },
  {
    name: "aws-versions",
    title: "the buckets keep versions where they are needed",
    judge: ({ index, indexBucket, uploadsBucket, verify }) =>
      all(
        judge(index, (place) =>
          place?.strategy === "versioning"
            ? judge(indexBucket, (bucket) => judgeVersions(bucket, "index-unversioned"))
            : passed(),
        ),
        // Whether retries are offered stands in the settings, and shows in the rights: `deploy-sst/src/policies.ts`.
        judge(verify.role.rights, (rights) =>
          judge(uploadsBucket, (bucket) =>
            mayAllow(rights, "s3:ListBucketVersions", `arn:aws:s3:::${bucket.bucket}`) &&
            mayAllow(rights, "s3:GetBucketVersioning", `arn:aws:s3:::${bucket.bucket}`)
              ? judgeVersions(bucket, "uploads-unversioned")
              : passed(),
          ),
        ),
      ),
  },
  {
    name: "aws-lifecycle",
    title: "index entries outlive every URL",
    judge: ({ index, indexBucket, signsAtUse }) =>
      judge(indexBucket, ({ bucket, lifecycle }) =>
        judge(index, (place) =>
          judge(lifecycle, (rules) => {
            const days = rules.flatMap((rule) => expiryDays(rule, place?.prefix ?? ""));
            if (days.length === 0) return passed(`${bucket}: no rule expires entries, so they stay`);
            const least = Math.min(...days);
            return judge(signsAtUse, (atUse) =>
              least < LEAST_ENTRY_DAYS[atUse ? "tickets" : "presigned"]
                ? failed("index-expires-early", `${bucket}: after ${counted(least, "day")}`)
                : passed(counted(least, "day")),
            );
          }),
        ),
      ),
  },
  {
    name: "aws-cors",
    title: "pages may read S3's answers to their uploads",
    judge: ({ uploadsBucket }) =>
      judge(uploadsBucket, ({ bucket, cors }) =>
        judge(cors, (rules) => {
          if (rules.length === 0) return passed(`${bucket} has no CORS rules: pages cannot read S3's answers`);
          return rules.some(({ AllowedMethods = [] }) => AllowedMethods.includes("PUT"))
            ? passed()
            : failed("cors-without-put", bucket);
        }),
      ),
  },
  {
    name: "aws-object-lock",
    title: "no upload is locked by default",
    judge: (deployment) =>
      ofBothBuckets(deployment, ({ bucket, locksObjects }) =>
        judge(locksObjects, (locks) => (locks ? failed("objects-locked", bucket) : passed())),
      ),
  },
];

function ofBothBuckets(
  { uploadsBucket, indexBucket }: Deployment,
  of: (facts: BucketFacts) => CheckResult,
): CheckResult {
  return all(judge(uploadsBucket, of), judge(indexBucket, of));
}

function judgeRegion({ bucket, region }: BucketFacts): CheckResult {
  return judge(region, (known) => {
    if (known === undefined) return failed("bucket-missing", bucket);
    return DEFAULT_REGIONS.includes(known)
      ? passed(`${bucket}: ${known}`)
      : failed("credentials-refused", `${bucket}: ${known}`);
  });
}

function judgeOriginRegion({ origin, uploadsBucket }: Deployment): CheckResult {
  return judge(origin, (known) =>
    judge(uploadsBucket, ({ region }) =>
      judge(region, (actual) => {
        const named = parseBucketHost(known?.DomainName ?? "")?.region;
        return named === undefined || actual === undefined || named === actual
          ? passed()
          : failed("region-wrong", `${actual}, not ${named}`);
      }),
    ),
  );
}

function judgeVersions(
  { bucket, versioned }: BucketFacts,
  code: "index-unversioned" | "uploads-unversioned",
): CheckResult {
  return judge(versioned, (keeps) => (keeps ? passed() : failed(code, bucket)));
}

/** After how many days a rule expires objects of a folder, if it is on and about that folder. */
function expiryDays({ Status, Filter, Prefix, Expiration }: LifecycleRule, folder: string): number[] {
  const prefix = Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? "";
  const isAbout = prefix.startsWith(folder) || folder.startsWith(prefix);
  return Status === "Enabled" && isAbout && Expiration?.Days !== undefined ? [Expiration.Days] : [];
}
