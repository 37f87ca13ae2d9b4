import {
  checkArguments,
  EDGE_REGION,
  invalidArguments,
  type NamedEdgeKey,
  type SingleUseUploadsArgs,
} from "@presign-once/deploy-sst/stack";
import { Stack, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";

import type { EdgeKey, SingleUseUploadsProps } from "./single-use-uploads-props.ts";

const BUCKET_NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/**
 * The arguments in the form that both stacks share, checked.
 *
 * @throws {DeployError} `ARGUMENT_INVALID`: names every argument that is wrong, and the form expected
 */
export function checkProps(scope: Construct, name: string, props: SingleUseUploadsProps): SingleUseUploadsArgs {
  const { edgeKeys, bucketName, indexBucketName, ...shared } = props;
  const faults: string[] = [];
  const expect = (holds: boolean, expected: string) => void (holds || faults.push(expected));
  expect(
    Stack.of(scope).region === EDGE_REGION,
    `stack: expected one with env: { region: "${EDGE_REGION}" }, since Lambda@Edge takes functions from nowhere else`,
  );
  expect(
    (bucketName === undefined) !== (shared.bucket === undefined),
    "bucketName: expected a name for the bucket that is made, or bucket, the name of one that exists",
  );
  for (const [argument, given] of Object.entries({ bucketName, indexBucketName }))
    expect(
      given === undefined || BUCKET_NAME.test(given),
      `${argument}: expected 3 to 63 lower-case letters, digits and hyphens, known when the app is synthesized`,
    );
  expect(Array.isArray(edgeKeys), "edgeKeys: expected a list of keys, each with id and secret");
  if (faults.length > 0) throw invalidArguments(name, faults);
  const args = { ...shared, edgeKeys: edgeKeys.map(withoutSecret) } as SingleUseUploadsArgs;
  checkArguments(name, withoutTokens(args) as SingleUseUploadsArgs);
  return args;
}

function withoutSecret(key: EdgeKey): NamedEdgeKey {
  const { secret: _, ...named } = key;
  return named;
}

/** What CloudFormation will know later has no form yet; the check of arguments takes an object for that. */
function withoutTokens(value: unknown): unknown {
  if (typeof value === "string") return Token.isUnresolved(value) ? {} : value;
  if (Array.isArray(value)) return value.map(withoutTokens);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutTokens(part)]));
}
