import { ACCOUNT } from "@presign-once/test/deploy/stand-ins/aws-provider";
import { expect } from "vitest";

import { ALL_VARIANTS, type Property } from "./property.ts";
import { behaviours, distributionOf, INDEX, uploadBehaviours, UPLOADS } from "./read-stack.ts";

const EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** How uploads are to be served. */
export const distributionProperties: readonly Property[] = [
  {
    name: "uploads go to the bucket's regional host name, without a signature by CloudFront",
    of: ["plain", "everything", "downloads by signature"],
    check(stack) {
      expect(distributionOf(stack).origins[0]).toEqual({
        originId: "uploads",
        domainName: `${UPLOADS}.s3.${stack.region}.amazonaws.com`,
        s3OriginConfig: { originAccessIdentity: "" },
      });
      expect(stack.all("cloudfront/originAccessIdentity:OriginAccessIdentity")).toEqual([]);
      for (const behaviour of uploadBehaviours(stack)) expect(behaviour.targetOriginId).toBe("uploads");
    },
  },
  {
    name: "only https is served, without a redirect from http",
    of: ALL_VARIANTS,
    check(stack) {
      for (const { viewerProtocolPolicy } of behaviours(stack)) expect(viewerProtocolPolicy).toBe("https-only");
    },
  },
  {
    name: "both behaviours allow all seven methods, and a function decides",
    of: ["plain", "everything"],
    check(stack) {
      for (const { allowedMethods } of uploadBehaviours(stack)) expect(allowedMethods.toSorted()).toEqual(EVERY_METHOD);
    },
  },
  {
    name: "neither uploads nor URLs are cached or compressed",
    of: ["plain", "everything"],
    check(stack) {
      for (const { cachePolicyId, compress } of uploadBehaviours(stack))
        expect([cachePolicyId, compress]).toEqual(["4135ea2d-6df8-44a3-9df3-4b5a84be39ad", false]);
    },
  },
  {
    name: "the origin gets every header of the viewer but Host, every query, and no cookie",
    of: ["plain", "downloads by signature"],
    check(stack) {
      const policy = stack.one("cloudfront/originRequestPolicy:OriginRequestPolicy", "UploadsOriginRequests");
      expect(policy.inputs).toMatchObject({
        headersConfig: { headerBehavior: "allExcept", headers: { items: ["Host"] } },
        cookiesConfig: { cookieBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "all" },
      });
      for (const { originRequestPolicyId } of uploadBehaviours(stack))
        expect(originRequestPolicyId).toBe("UploadsOriginRequests-0a1b2c3");
    },
  },
  {
    name: "an origin request policy that is named is used, and none is made",
    of: ["everything"],
    check(stack) {
      for (const { originRequestPolicyId } of uploadBehaviours(stack))
        expect(originRequestPolicyId).toBe("0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f");
      expect(stack.all("cloudfront/originRequestPolicy:OriginRequestPolicy")).toEqual([]);
    },
  },
  {
    name: "every request meets a function first: the issue function at its path, the verify function everywhere else",
    of: ["plain", "everything"],
    check(stack, variant) {
      const [all, url] = uploadBehaviours(stack);
      const runs = (name: string) => [
        {
          eventType: "viewer-request",
          includeBody: false,
          lambdaArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}-0a1b2c3:1`,
        },
      ];
      expect(all?.lambdaFunctionAssociations).toEqual(runs("UploadsVerify"));
      expect(url?.lambdaFunctionAssociations).toEqual(runs("UploadsIssue"));
      expect(url?.pathPattern).toBe(variant === "everything" ? "/uploads-url" : "/url");
    },
  },
  {
    name: "the distribution is on, speaks HTTP/3 and IPv6, and a deployment waits for it",
    of: ["plain", "everything"],
    check(stack, variant) {
      expect(distributionOf(stack)).toMatchObject({
        enabled: true,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        waitForDeployment: true,
        priceClass: variant === "everything" ? "PriceClass_100" : "PriceClass_All",
        restrictions: { geoRestriction: { restrictionType: "none" } },
      });
    },
  },
  {
    name: "the distribution is created after buckets and permissions",
    of: ["plain", "versioning"],
    check(stack, variant) {
      const { dependsOn } = stack.one("cloudfront/distribution:Distribution", "UploadsDistribution");
      const needed = ["UploadsPrivate", "UploadsIndexPrivate", "UploadsIssuePolicy", "UploadsVerifyPolicy"];
      if (variant === "versioning") needed.push("UploadsIndexVersions");
      expect(needed.filter((name) => !dependsOn.includes(name))).toEqual([]);
    },
  },
  {
    name: "a domain uses its certificate and is in the outputs; by default CloudFront's domain is",
    of: ["plain", "everything"],
    check(stack, variant) {
      const { aliases, viewerCertificate } = distributionOf(stack);
      if (variant === "everything") {
        expect(aliases).toEqual(["up.example", "*.up.example"]);
        expect(viewerCertificate).toEqual({
          acmCertificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/c",
          sslSupportMethod: "sni-only",
          minimumProtocolVersion: "TLSv1.2_2021",
        });
      } else {
        expect(aliases).toBeUndefined();
        expect(viewerCertificate).toEqual({ cloudfrontDefaultCertificate: true });
      }
      const own = variant === "everything";
      const url = own ? "https://up.example" : "https://d111111abcdef8.cloudfront.net";
      expect(stack.outputs).toEqual({
        url,
        issueEndpoint: `${url}${own ? "/uploads-url" : "/url"}`,
        bucket: UPLOADS,
        indexBucket: INDEX,
        distributionId: "E1A2B3C4D5E6F7",
        distributionDomainName: "d111111abcdef8.cloudfront.net",
      });
    },
  },
  {
    name: "a given web ACL is attached",
    of: ["plain", "everything"],
    check(stack, variant) {
      const arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/w/1";
      expect(distributionOf(stack).webAclId).toBe(variant === "everything" ? arn : undefined);
    },
  },
];
