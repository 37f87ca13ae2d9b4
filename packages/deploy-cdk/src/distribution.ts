import {
  distributionSettings,
  downloadParts,
  linkCachePolicy,
  linkHeadersPolicy,
  oneTimeParts,
  ORIGIN_ACCESS,
  originRequestPolicy,
  PATH_RUNTIME,
  rewriteCode,
} from "@presign-once/deploy-sst/stack";
import { aws_cloudfront as cloudfront, type CfnResource, Names } from "aws-cdk-lib";
import type { Construct } from "constructs";

import { inWordsOfCloudFormation } from "./cloudfront-names.ts";
import type { EdgeFunction } from "./edge-function.ts";
import type { SingleUseUploadsProps } from "./single-use-uploads-props.ts";

/** What the distribution is made of, beside the arguments. */
interface DistributionParts {
  readonly domainName: string;
  readonly issue: EdgeFunction;
  readonly verify: EdgeFunction;
  /** What has to be in place before the first request. */
  readonly ready: readonly CfnResource[];
}

/** Puts the functions in front of the bucket. */
export function createDistribution(
  scope: Construct,
  name: string,
  props: SingleUseUploadsProps,
  { domainName, issue, verify, ready }: DistributionParts,
): cloudfront.CfnDistribution {
  const settings = distributionSettings<string>(name, props, {
    uploadsDomainName: domainName,
    originRequestPolicyId: props.originRequestPolicyId ?? createOriginRequestPolicy(scope, name).ref,
    issueArn: issue.versionArn,
    verifyArn: verify.versionArn,
    downloads: props.downloads && createDownloads(scope, domainName, props.downloads),
    oneTime: props.oneTimeDownloads && createOneTimeDownloads(scope, name),
  });
  const origins = settings.origins.map((origin) => ({ s3OriginConfig: { originAccessIdentity: "" }, ...origin }));
  const distribution = new cloudfront.CfnDistribution(scope, "Distribution", {
    distributionConfig: inWordsOfCloudFormation({ ...settings, origins }),
  });
  for (const resource of ready) distribution.addResourceDependency(resource);
  return distribution;
}

function createOriginRequestPolicy(scope: Construct, name: string): cloudfront.CfnOriginRequestPolicy {
  return new cloudfront.CfnOriginRequestPolicy(scope, "OriginRequests", {
    originRequestPolicyConfig: {
      name: nameOf(scope, "OriginRequests"),
      ...inWordsOfCloudFormation<Omit<cloudfront.CfnOriginRequestPolicy.OriginRequestPolicyConfigProperty, "name">>(
        originRequestPolicy(name),
      ),
    },
  });
}

function createDownloads(
  scope: Construct,
  domainName: string,
  downloads: NonNullable<SingleUseUploadsProps["downloads"]>,
) {
  const signing = new cloudfront.CfnOriginAccessControl(scope, "Downloads", {
    originAccessControlConfig: { name: nameOf(scope, "Downloads"), ...ORIGIN_ACCESS },
  });
  const toKey = new cloudfront.CfnFunction(scope, "DownloadPath", {
    name: nameOf(scope, "DownloadPath"),
    autoPublish: true,
    functionCode: rewriteCode(downloads.path),
    functionConfig: { comment: "presign-once: from path to key", runtime: PATH_RUNTIME },
  });
  const made = { domainName, originAccessControlId: signing.attrId, functionArn: toKey.attrFunctionArn };
  return downloadParts<string>(made, downloads);
}

function createOneTimeDownloads(scope: Construct, name: string) {
  const cache = new cloudfront.CfnCachePolicy(scope, "DownloadLinks", {
    cachePolicyConfig: { name: nameOf(scope, "DownloadLinks"), ...linkCachePolicy(name) },
  });
  const headers = new cloudfront.CfnResponseHeadersPolicy(scope, "DownloadHeaders", {
    responseHeadersPolicyConfig: { name: nameOf(scope, "DownloadHeaders"), ...linkHeadersPolicy(name) },
  });
  return oneTimeParts<string>(cache.ref, headers.ref);
}

/** CloudFront wants names that no other stack of the account has. */
function nameOf(scope: Construct, what: string): string {
  return `${Names.uniqueResourceName(scope, { maxLength: 40 })}${what}`;
}
