import type * as Aws from "@pulumi/aws";

import { EDGE_REGION } from "./edge-functions.ts";
import type { Providers } from "./providers.ts";
import type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

const PERIOD_SECONDS = 300;

/** What CloudFront counts when a function breaks: it threw, answered nonsense, or was throttled. */
const FUNCTION_FAULTS = ["LambdaExecutionError", "LambdaValidationError", "LambdaLimitExceededErrors"];

/**
 * Rings when a function breaks at all, and when too many answers are errors of the server's side.
 *
 * Refusals, such as that of a used URL, are 4xx and ring nothing.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
 */
export function createAlarms(
  { aws }: Providers,
  name: string,
  distribution: Aws.cloudfront.Distribution,
  { topicArns, errorPercent = 5 }: NonNullable<SingleUseUploadsArgs["alarms"]>,
): void {
  const common = {
    region: EDGE_REGION, // where CloudFront reports to, from everywhere
    namespace: "AWS/CloudFront",
    dimensions: { DistributionId: distribution.id, Region: "Global" },
    period: PERIOD_SECONDS,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
    alarmActions: [...topicArns],
    okActions: [...topicArns],
  };
  for (const metricName of FUNCTION_FAULTS)
    new aws.cloudwatch.MetricAlarm(`${name}${metricName}`, {
      ...common,
      alarmDescription: `An edge function of presign-once ${name} failed.`,
      metricName,
      statistic: "Sum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
    });
  new aws.cloudwatch.MetricAlarm(`${name}5xxErrorRate`, {
    ...common,
    alarmDescription: `More than ${errorPercent} % of the answers of presign-once ${name} were 5xx.`,
    metricName: "5xxErrorRate",
    statistic: "Average",
    comparisonOperator: "GreaterThanThreshold",
    threshold: errorPercent,
  });
}
