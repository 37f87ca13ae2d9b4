import type * as CloudFront from "@aws-sdk/client-cloudfront";
import type * as Iam from "@aws-sdk/client-iam";
import type * as Lambda from "@aws-sdk/client-lambda";
import type * as S3 from "@aws-sdk/client-s3";

import { importOptional } from "../../import-optional.ts";

/** Where CloudFront and IAM have their one endpoint, and Lambda@Edge its functions. */
const EDGE_REGION = "us-east-1";

const PACKAGES = ["@aws-sdk/client-cloudfront", "@aws-sdk/client-lambda", "@aws-sdk/client-iam"];

/** The AWS SDK's clients, each beside the commands that it takes. */
export interface AwsClients {
  readonly cloudfront: typeof CloudFront & { readonly client: CloudFront.CloudFrontClient };
  readonly lambda: typeof Lambda & { readonly client: Lambda.LambdaClient };
  readonly iam: typeof Iam & { readonly client: Iam.IAMClient };
  readonly s3: typeof S3 & { readonly client: S3.S3Client };
  /** Closes their sockets. */
  close(): void;
}

/**
 * Opens the clients with the caller's own credentials, which the SDK finds by itself. Nothing is sent yet.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: a package is not installed; names the line that installs all of them
 */
export async function openAwsClients(): Promise<AwsClients> {
  const [cloudfront, lambda, iam, s3] = await Promise.all([
    importOptional("@aws-sdk/client-cloudfront", () => import("@aws-sdk/client-cloudfront"), PACKAGES),
    importOptional("@aws-sdk/client-lambda", () => import("@aws-sdk/client-lambda"), PACKAGES),
    importOptional("@aws-sdk/client-iam", () => import("@aws-sdk/client-iam"), PACKAGES),
    import("@aws-sdk/client-s3"),
  ]);
  const region = { region: EDGE_REGION };
  const clients = {
    cloudfront: new cloudfront.CloudFrontClient(region),
    lambda: new lambda.LambdaClient(region),
    iam: new iam.IAMClient(region),
    // The region of a bucket is one of the facts that are asked for.
    s3: new s3.S3Client({ ...region, followRegionRedirects: true }),
  };
  return {
    cloudfront: { ...cloudfront, client: clients.cloudfront },
    lambda: { ...lambda, client: clients.lambda },
    iam: { ...iam, client: clients.iam },
    s3: { ...s3, client: clients.s3 },
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
