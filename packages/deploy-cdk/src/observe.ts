import { alarmSettings, recordFields, suffixPath } from "@presign-once/deploy-sst/stack";
import { aws_cloudwatch as cloudwatch, aws_logs as logs, Names } from "aws-cdk-lib";
import type { Construct } from "constructs";

import type { SingleUseUploadsProps } from "./single-use-uploads-props.ts";

/** Delivers access logs to a bucket, a JSON object a line, without queries. */
export function createAccessLogs(
  scope: Construct,
  distributionArn: string,
  { bucketArn, folder }: NonNullable<SingleUseUploadsProps["accessLogs"]>,
  { hasTickets }: { readonly hasTickets: boolean },
): void {
  const name = Names.uniqueResourceName(scope, { maxLength: 50 });
  const source = new logs.CfnDeliverySource(scope, "Log", {
    name: `${name}Log`,
    logType: "ACCESS_LOGS",
    resourceArn: distributionArn,
  });
  const destination = new logs.CfnDeliveryDestination(scope, "LogBucket", {
    name: `${name}LogBucket`,
    outputFormat: "json",
    destinationResourceArn: bucketArn,
  });
  const delivery = new logs.CfnDelivery(scope, "LogDelivery", {
    deliverySourceName: source.ref,
    deliveryDestinationArn: destination.attrArn,
    recordFields: recordFields({ hasTickets }),
    s3SuffixPath: suffixPath(folder),
    s3EnableHiveCompatiblePath: false,
  });
  delivery.addResourceDependency(source);
}

/** Rings when a function breaks, and when too many answers are errors of the server's side. */
export function createAlarms(
  scope: Construct,
  name: string,
  distributionId: string,
  alarms: NonNullable<SingleUseUploadsProps["alarms"]>,
): void {
  for (const { dimensions, ...settings } of alarmSettings<string>(name, distributionId, alarms))
    new cloudwatch.CfnAlarm(scope, settings.metricName, {
      ...settings,
      dimensions: Object.entries(dimensions).map(([dimension, value]) => ({ name: dimension, value })),
    });
}
