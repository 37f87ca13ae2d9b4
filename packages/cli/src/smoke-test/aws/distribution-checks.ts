import { type AwsCheck, failed, judge, passed } from "./aws-check.ts";
import { parseBucketHost } from "./read-deployment.ts";

/** Rules of a web ACL are not read: only an upload shows whether they let it pass. */
const WAF_NOTE = "AWS WAF is attached: managed rules may block uploads (docs/deploy.md#aws-waf)";

/** What holds for the distribution as a whole, and for the account. */
export const distributionChecks: readonly AwsCheck[] = [
  {
    name: "aws-distribution",
    title: "the distribution is on and deployed",
    judge: ({ distribution }) =>
      judge(distribution, ({ Id, Status, DistributionConfig }) => {
        if (DistributionConfig?.Enabled !== true) return failed("distribution-disabled", Id);
        // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Distribution.html: Deployed, or InProgress
        if (Status !== "Deployed") return failed("distribution-deploying", `${Id}: ${Status}`);
        return passed(isSet(DistributionConfig.WebACLId) ? `${Id}; ${WAF_NOTE}` : Id);
      }),
  },
  {
    name: "aws-origin",
    title: "uploads go to the bucket's regional host name, unsigned by CloudFront",
    judge: ({ origin }) =>
      judge(origin, (known) => {
        const { DomainName = "", CustomOriginConfig, S3OriginConfig, OriginAccessControlId } = known ?? {};
        const host = parseBucketHost(DomainName);
        if (host === undefined || CustomOriginConfig !== undefined)
          return failed("origin-not-s3", known === undefined ? "a group of origins" : DomainName);
        if (host.region === undefined) return failed("origin-not-regional", DomainName);
        // Why there is none: docs/deploy.md#no-origin-access-control
        if (isSet(OriginAccessControlId)) return failed("oac-attached", `OAC ${OriginAccessControlId}`);
        if (isSet(S3OriginConfig?.OriginAccessIdentity))
          return failed("oac-attached", `OAI ${S3OriginConfig?.OriginAccessIdentity}`);
        return passed(host.bucket);
      }),
  },
  {
    name: "aws-concurrency",
    title: "enough functions may run at once",
    judge: ({ concurrency }) =>
      judge(concurrency, (most) => {
        const seen = `${most} in us-east-1; every other region has a quota of its own`;
        return most < LOW_CONCURRENCY ? failed("concurrency-low", seen) : passed(seen);
      }),
  },
];

/**
 * The default is 1,000, and new accounts are reported to have 10, which is 100 requests a second.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const LOW_CONCURRENCY = 100;

/** CloudFront leaves settings that are not set out, or empty. */
function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== "";
}
