import type * as Aws from "@pulumi/aws";

import { EDGE_REGION } from "./edge-functions.ts";
import type { Input, Providers } from "./providers.ts";
import type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

const PERIOD_SECONDS = 300;

/** What CloudFront counts when a function breaks: it threw, answered nonsense, or was throttled. */
const FUNCTION_FAULTS = ["LambdaExecutionError", "LambdaValidationError", "LambdaLimitExceededErrors"];

/** Alarms of a distribution, each with the end of its name. */
export function alarmSettings<Text>(
  name: string,
  distributionId: Text,
  { topicArns, errorPercent = 5 }: { readonly topicArns: readonly Text[]; readonly errorPercent?: number },
) {
  const common = {
    namespace: "AWS/CloudFront",
    dimensions: { DistributionId: distributionId, Region: "Global" },
    period: PERIOD_SECONDS,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
    comparisonOperator: "GreaterThanThreshold",
    alarmActions: [...topicArns],
    okActions: [...topicArns],
  };
  return [
    ...FUNCTION_FAULTS.map((metricName) => ({
      ...common,
      alarmDescription: `An edge function of presign-once ${name} failed.`,
      metricName,
      statistic: "Sum",
      threshold: 0,
    })),
    {
      ...common,
      alarmDescription: `More than ${errorPercent} % of the answers of presign-once ${name} were 5xx.`,
      metricName: "5xxErrorRate",
      statistic: "Average",
      threshold: errorPercent,
    },
  ];
}

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
  alarms: NonNullable<SingleUseUploadsArgs["alarms"]>,
): void {
  for (const settings of alarmSettings<Input<string>>(name, distribution.id, alarms))
    new aws.cloudwatch.MetricAlarm(`${name}${settings.metricName}`, {
      region: EDGE_REGION, // where CloudFront reports to, from everywhere
      ...settings,
    });
}
