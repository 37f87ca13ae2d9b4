import { kmsKeyArn } from "./argument-forms.ts";
import { invalidArguments } from "./deploy-error.ts";
import { regionOfKey } from "./policies.ts";
import type { Input, Output, Providers } from "./providers.ts";

/** A KMS key, and which argument of which stack named it. */
export interface KeyArgument {
  readonly stack: string;
  readonly argument: "kmsKeyArn" | "encryption.keyArn" | "index.kmsKeyArn";
  readonly arn: Input<string>;
}

/**
 * The ARN of the key of a bucket, checked as soon as it is known; `undefined` for a bucket without one.
 *
 * @param region  of the bucket
 * @returns  fails the deployment with {@link DeployError} `ARGUMENT_INVALID` for a key that S3 would not take there
 */
export function keyIn(
  { pulumi }: Pick<Providers, "pulumi">,
  region: Output<string>,
  key: KeyArgument | undefined,
): Output<string | undefined> {
  if (key === undefined) return pulumi.output(undefined);
  return pulumi.all([key.arn, region]).apply(([arn, known]) => requireKeyIn({ ...key, arn }, known));
}

/**
 * The ARN of a key, if it has the form of one and the key is in the region of the bucket; any account will do.
 *
 * @throws {DeployError} `ARGUMENT_INVALID`: names the argument, and what was expected
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function requireKeyIn({ stack, argument, arn }: KeyArgument & { readonly arn: string }, region: string): string {
  if (!kmsKeyArn.is(arn)) throw invalidArguments(stack, [`${argument}: expected ${kmsKeyArn.words}`]);
  const ofKey = regionOfKey(arn);
  if (ofKey !== region)
    throw invalidArguments(stack, [`${argument}: expected a key in ${region}, the region of the bucket, not ${ofKey}`]);
  return arn;
}
