import { runInNewContext } from "node:vm";

import { ACCOUNT } from "@presign-once/test/deploy/stand-ins/aws-provider";
import { expect } from "vitest";

import { type Property } from "./property.ts";
import { distributionOf, policyOf, UPLOADS } from "./read-stack.ts";

/** Optional parts of a stack: access logs, alarms, downloads. */
export const optionalProperties: readonly Property[] = [
  {
    name: "access logs are off, or have no field that may contain a signature or a ticket",
    of: ["plain", "everything", "tickets", "download links"],
    check(stack, variant) {
      expect(distributionOf(stack).loggingConfig).toBeUndefined();
      const deliveries = stack.all("cloudwatch/logDelivery:LogDelivery");
      expect(deliveries).toHaveLength(variant === "plain" ? 0 : 1);
      if (variant === "plain") return;
      for (const field of ["cs-uri-query", "cs(Referer)", "cs(Cookie)", "cs-headers", "cs-uri"])
        expect(deliveries[0]?.inputs["recordFields"]).not.toContain(field);
      const fields = deliveries[0]?.inputs["recordFields"] as readonly string[];
      expect(fields.includes("cs-uri-stem")).toBe(variant === "everything");
      const [source] = stack.all("cloudwatch/logDeliverySource:LogDeliverySource");
      const arn = `arn:aws:cloudfront::${ACCOUNT}:distribution/E1A2B3C4D5E6F7`;
      expect(source?.inputs).toEqual({ region: "us-east-1", logType: "ACCESS_LOGS", resourceArn: arn });
      const [destination] = stack.all("cloudwatch/logDeliveryDestination:LogDeliveryDestination");
      expect(destination?.inputs).toMatchObject({
        region: "us-east-1",
        deliveryDestinationConfiguration: { destinationResourceArn: "arn:aws:s3:::logs-of-theirs" },
      });
    },
  },
  {
    name: "alarms for function errors and error rates are in us-east-1, and only if there are topics",
    of: ["plain", "everything"],
    check(stack, variant) {
      const alarms = stack.all("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs);
      expect(alarms.map(({ metricName, threshold, statistic }) => [metricName, threshold, statistic])).toEqual(
        variant === "plain"
          ? []
          : [
              ["LambdaExecutionError", 0, "Sum"],
              ["LambdaValidationError", 0, "Sum"],
              ["LambdaLimitExceededErrors", 0, "Sum"],
              ["5xxErrorRate", 2, "Average"],
            ],
      );
      for (const alarm of alarms)
        expect(alarm).toMatchObject({
          region: "us-east-1",
          namespace: "AWS/CloudFront",
          dimensions: { DistributionId: "E1A2B3C4D5E6F7", Region: "Global" },
          comparisonOperator: "GreaterThanThreshold",
          alarmActions: ["arn:aws:sns:us-east-1:111122223333:oncall"],
        });
    },
  },
  {
    name: "stored objects are served only if configured, read-only, through a separate origin",
    of: ["plain", "everything", "downloads by signature"],
    check(stack, variant) {
      const { origins, orderedCacheBehaviors } = distributionOf(stack);
      if (variant === "plain") {
        expect([origins.length, orderedCacheBehaviors.length]).toEqual([1, 1]);
        expect(stack.all("cloudfront/originAccessControl:OriginAccessControl")).toEqual([]);
        return;
      }
      expect(origins[1]).toMatchObject({ originId: "downloads", originAccessControlId: "UploadsDownloads-0a1b2c3" });
      expect(origins[1]?.s3OriginConfig?.originAccessIdentity ?? "").toBe("");
      const behaviour = orderedCacheBehaviors[1];
      expect(behaviour).toMatchObject({ targetOriginId: "downloads", allowedMethods: ["GET", "HEAD"] });
      expect(behaviour?.pathPattern).toBe(variant === "everything" ? "/files/*" : "/get/*");
      expect(behaviour?.trustedKeyGroups).toEqual(variant === "everything" ? undefined : ["group-1"]);
      expect(behaviour?.lambdaFunctionAssociations).toBeUndefined();
    },
  },
  {
    name: "links for downloads have a cache key with the whole query, no kept answers, and a sandbox",
    of: ["plain", "download links"],
    check(stack, variant) {
      const { orderedCacheBehaviors, defaultCacheBehavior, customErrorResponses } = distributionOf(stack);
      if (variant === "plain") {
        expect([orderedCacheBehaviors.length, customErrorResponses]).toEqual([1, undefined]);
        return;
      }
      const { pathPattern, cachePolicyId, responseHeadersPolicyId, ...others } = orderedCacheBehaviors[1]!;
      expect(others).toEqual({ ...defaultCacheBehavior, cachePolicyId: undefined });
      expect(pathPattern).toBe("/d/*");
      expect([cachePolicyId, responseHeadersPolicyId]).toEqual([
        "UploadsDownloadLinks-0a1b2c3",
        "UploadsDownloadHeaders-0a1b2c3",
      ]);
      const { inputs: cache } = stack.one("cloudfront/cachePolicy:CachePolicy", "UploadsDownloadLinks");
      expect(cache).toMatchObject({
        ...{ minTtl: 0, defaultTtl: 0, maxTtl: 1 },
        parametersInCacheKeyAndForwardedToOrigin: { queryStringsConfig: { queryStringBehavior: "all" } },
      });
      const policy = stack.one("cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "UploadsDownloadHeaders");
      expect(policy.inputs["securityHeadersConfig"]).toMatchObject({
        contentTypeOptions: { override: true },
        contentSecurityPolicy: { contentSecurityPolicy: "sandbox", override: false },
      });
      expect(customErrorResponses?.map(({ errorCode }) => errorCode)).toEqual(
        expect.arrayContaining([400, 403, 404, 500, 502, 503, 504]),
      );
      for (const { errorCachingMinTtl } of customErrorResponses ?? []) expect(errorCachingMinTtl).toBe(0);
    },
  },
  {
    name: "a download path maps to the key of an upload and to no other key",
    of: ["everything", "downloads by signature"],
    check(stack, variant) {
      const code = String(stack.one("cloudfront/function:Function", "UploadsDownloadPath").inputs["code"]);
      const handler = runInNewContext(`${code}; handler`) as (event: { request: { uri: string } }) => { uri: string };
      const path = variant === "everything" ? "/files" : "/get";
      expect(handler({ request: { uri: `${path}/0b1c` } }).uri).toBe("/uploads/0b1c");
      expect(handler({ request: { uri: `${path}/../signatures/x` } }).uri).toBe("/uploads/../signatures/x");
    },
  },
  {
    name: "the bucket allows only this distribution to read uploads, if downloads are configured",
    of: ["plain", "everything"],
    check(stack, variant) {
      const { Statement } = policyOf(stack, "s3/bucketPolicy:BucketPolicy", "UploadsPolicy");
      const granting = Statement.filter(({ Effect }) => Effect === "Allow");
      expect(granting).toEqual(
        variant === "plain"
          ? []
          : [
              {
                Sid: "ReadByTheDistribution",
                Effect: "Allow",
                Principal: { Service: "cloudfront.amazonaws.com" },
                Action: "s3:GetObject",
                Resource: `arn:aws:s3:::${UPLOADS}/uploads/*`,
                Condition: {
                  StringEquals: { "aws:SourceArn": `arn:aws:cloudfront::${ACCOUNT}:distribution/E1A2B3C4D5E6F7` },
                },
              },
            ],
      );
    },
  },
];
