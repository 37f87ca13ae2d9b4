import type * as Aws from "@pulumi/aws";
import type * as Pulumi from "@pulumi/pulumi";

import type { BucketRef } from "./bucket.ts";
import type { Downloads } from "./downloads.ts";
import type { EdgeFunction } from "./edge-functions.ts";
import type { OneTimeDownloads } from "./one-time-downloads.ts";
import type { Input, Providers } from "./providers.ts";
import type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

/** CloudFront's managed policy. */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/** A behaviour takes two methods, three or all seven; PUT is only among the seven. The functions refuse the others. */
const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

const UPLOADS_ORIGIN = "uploads";

/** Default path that issues URLs. */
export const DEFAULT_ISSUE_PATH = "/url";

/** What the distribution is made of, beside the arguments. */
export interface DistributionParts<Text> {
  readonly uploadsDomainName: Text;
  readonly originRequestPolicyId: Text;
  /** ARNs of the functions, with their versions. */
  readonly issueArn: Text;
  readonly verifyArn: Text;
  readonly downloads: Downloads<Text> | undefined;
  readonly oneTime: OneTimeDownloads<Text> | undefined;
}

/** The arguments that concern the distribution. */
interface DistributionArgs<Text> extends Pick<SingleUseUploadsArgs, "priceClass" | "issuePath"> {
  readonly webAclArn?: Text;
  readonly domain?: { readonly names: readonly string[]; readonly certificateArn: Text };
}

/**
 * The distribution, in the words of Pulumi's provider.
 *
 * CloudFront adds no signature of its own to what it sends to the uploads origin: S3 takes only one, and the URL has it.
 */
export function distributionSettings<Text>(
  name: string,
  args: DistributionArgs<Text>,
  { uploadsDomainName, originRequestPolicyId, issueArn, verifyArn, downloads, oneTime }: DistributionParts<Text>,
) {
  const { domain, webAclArn } = args;
  const behaviour = {
    targetOriginId: UPLOADS_ORIGIN,
    viewerProtocolPolicy: "https-only", // a redirect would have sent the URL in the clear, and a PUT does not follow it
    allowedMethods: ALL_METHODS,
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: CACHING_DISABLED,
    originRequestPolicyId,
    compress: false,
  };
  return {
    enabled: true,
    comment: `presign-once: ${name}`,
    httpVersion: "http2and3",
    isIpv6Enabled: true,
    priceClass: args.priceClass ?? "PriceClass_All",
    origins: [
      {
        originId: UPLOADS_ORIGIN,
        domainName: uploadsDomainName,
        // Of type S3: from a custom origin S3 refuses the X-Amz-Cf-Id that CloudFront adds, since no URL signs it.
        s3OriginConfig: { originAccessIdentity: "" },
      },
      ...(downloads === undefined ? [] : [downloads.origin]),
    ],
    defaultCacheBehavior: { ...behaviour, lambdaFunctionAssociations: [viewerRequest(verifyArn)] },
    orderedCacheBehaviors: [
      {
        ...behaviour,
        pathPattern: args.issuePath ?? DEFAULT_ISSUE_PATH,
        lambdaFunctionAssociations: [viewerRequest(issueArn)],
      },
      ...(oneTime === undefined
        ? []
        : [{ ...behaviour, ...oneTime.behaviour, lambdaFunctionAssociations: [viewerRequest(verifyArn)] }]),
      ...(downloads === undefined ? [] : [downloads.behaviour]),
    ],
    ...(oneTime === undefined ? {} : { customErrorResponses: oneTime.errors }),
    restrictions: { geoRestriction: { restrictionType: "none" } },
    ...(webAclArn === undefined ? {} : { webAclId: webAclArn }),
    ...(domain === undefined ? {} : { aliases: [...domain.names] }),
    viewerCertificate:
      domain === undefined
        ? { cloudfrontDefaultCertificate: true }
        : {
            acmCertificateArn: domain.certificateArn,
            sslSupportMethod: "sni-only",
            minimumProtocolVersion: "TLSv1.2_2021",
          },
  };
}

/** Puts the functions in front of the bucket. */
export function createDistribution(
  { aws }: Providers,
  name: string,
  {
    args,
    uploads,
    issue,
    verify,
    downloads,
    oneTime,
    ready,
  }: {
    readonly args: SingleUseUploadsArgs;
    readonly uploads: BucketRef;
    readonly issue: EdgeFunction;
    readonly verify: EdgeFunction;
    readonly downloads: Downloads | undefined;
    readonly oneTime: OneTimeDownloads | undefined;
    /** What has to be in place before the first request. */
    readonly ready: readonly Pulumi.Resource[];
  },
): Aws.cloudfront.Distribution {
  const settings = distributionSettings<Input<string>>(name, args, {
    uploadsDomainName: uploads.regionalDomainName,
    originRequestPolicyId: args.originRequestPolicyId ?? createOriginRequestPolicy(aws, name).id,
    issueArn: issue.lambda.qualifiedArn,
    verifyArn: verify.lambda.qualifiedArn,
    ...{ downloads, oneTime },
  });
  return new aws.cloudfront.Distribution(
    `${name}Distribution`,
    { ...settings, waitForDeployment: true },
    { dependsOn: [...ready] },
  );
}

/**
 * What of a request reaches S3: everything but `Host` and cookies.
 *
 * No managed policy says this, and `AllViewerExceptHostHeader` forwards cookies: CloudFront then does not support
 * conditional requests with `If-None-Match`, by which S3 refuses a second object.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
 */
export function originRequestPolicy(name: string) {
  return {
    comment: `presign-once: ${name}: all but Host and cookies`,
    headersConfig: { headerBehavior: "allExcept", headers: { items: ["Host"] } },
    cookiesConfig: { cookieBehavior: "none" },
    queryStringsConfig: { queryStringBehavior: "all" },
  };
}

function createOriginRequestPolicy(aws: Providers["aws"], name: string): Aws.cloudfront.OriginRequestPolicy {
  return new aws.cloudfront.OriginRequestPolicy(`${name}OriginRequests`, originRequestPolicy(name));
}

function viewerRequest<Text>(lambdaArn: Text) {
  return { eventType: "viewer-request", lambdaArn, includeBody: false };
}
