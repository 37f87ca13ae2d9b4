import type * as Aws from "@pulumi/aws";

import { EDGE_REGION } from "./edge-functions.ts";
import type { Providers } from "./providers.ts";
import type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

/** Everything useful but queries, referrers and cookies: the query of a presigned URL makes it work. */
const FIELDS = [
  "date",
  "time",
  "x-edge-location",
  "sc-bytes",
  "c-ip",
  "cs-method",
  "cs(Host)",
  "cs-uri-stem",
  "sc-status",
  "cs(User-Agent)",
  "x-edge-result-type",
  "x-edge-request-id",
  "x-host-header",
  "cs-protocol",
  "cs-bytes",
  "time-taken",
  "ssl-protocol",
  "x-edge-response-result-type",
  "cs-protocol-version",
  "time-to-first-byte",
  "x-edge-detailed-result-type",
];

/** The path, which of a ticket is all that makes it work. */
const PATH_FIELD = "cs-uri-stem";

/** The fields of a line of the log. */
export function recordFields({ hasTickets }: { readonly hasTickets: boolean }): string[] {
  return FIELDS.filter((field) => !hasTickets || field !== PATH_FIELD);
}

/** Where in its bucket the log goes. */
export function suffixPath(folder = "presign-once"): string {
  return `${folder}/{yyyy}/{MM}/{dd}`;
}

/**
 * Delivers access logs to a bucket, a JSON object a line.
 *
 * CloudFront's older logging cannot leave a field out, and would write every query down.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export function createAccessLogs(
  { aws }: Providers,
  name: string,
  distribution: Aws.cloudfront.Distribution,
  { bucketArn, folder }: NonNullable<SingleUseUploadsArgs["accessLogs"]>,
  { hasTickets }: { readonly hasTickets: boolean },
): void {
  const source = new aws.cloudwatch.LogDeliverySource(`${name}Log`, {
    region: EDGE_REGION,
    logType: "ACCESS_LOGS",
    resourceArn: distribution.arn,
  });
  const destination = new aws.cloudwatch.LogDeliveryDestination(`${name}LogBucket`, {
    region: EDGE_REGION,
    outputFormat: "json",
    deliveryDestinationConfiguration: { destinationResourceArn: bucketArn },
  });
  new aws.cloudwatch.LogDelivery(`${name}LogDelivery`, {
    region: EDGE_REGION,
    deliverySourceName: source.name,
    deliveryDestinationArn: destination.arn,
    recordFields: recordFields({ hasTickets }),
    s3DeliveryConfigurations: [{ suffixPath: suffixPath(folder), enableHiveCompatiblePath: false }],
  });
}
