import type { FunctionConfiguration } from "@aws-sdk/client-lambda";

import type { CheckResult } from "../check.ts";
import { all, type AwsCheck, failed, judge, passed } from "./aws-check.ts";

/** The oldest Node.js that AWS still supports at the edge, and the stack offers. */
const OLDEST_NODE = 22;

/**
 * What a function may have that sees viewer requests.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge
 */
const LIMITS = { memoryMb: 128, timeoutSeconds: 5 };

/** Whether the two functions can run. */
export const functionCheck: AwsCheck = {
  name: "aws-functions",
  title: "Lambda@Edge can run both functions",
  judge: ({ issue, verify }) => all(judge(issue.lambda, judgeFunction), judge(verify.lambda, judgeFunction)),
};

function judgeFunction(lambda: FunctionConfiguration): CheckResult {
  const { FunctionName, State, LastUpdateStatus, Runtime, StateReasonCode } = lambda;
  if (State !== "Active" || LastUpdateStatus === "Failed")
    return failed("function-not-active", `${FunctionName}: ${State} ${StateReasonCode ?? ""}`.trimEnd());
  const [, node = "0"] = /^nodejs(\d+)\.x$/.exec(Runtime ?? "") ?? [];
  if (Number(node) < OLDEST_NODE) return failed("function-runtime", `${FunctionName}: ${Runtime}`);
  const [unfit] = unsupportedBy(lambda);
  return unfit === undefined ? passed() : failed("function-unfit", `${FunctionName}: ${unfit}`);
}

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html */
function unsupportedBy(lambda: FunctionConfiguration): string[] {
  const { Architectures = ["x86_64"], Environment, VpcConfig, Layers = [], MemorySize = 0, Timeout = 0 } = lambda;
  const found: (string | false)[] = [
    Architectures.join() !== "x86_64" && `architecture ${Architectures.join()}`,
    Object.keys(Environment?.Variables ?? {}).length > 0 && "environment variables",
    (VpcConfig?.VpcId ?? "") !== "" && "a VPC",
    Layers.length > 0 && "layers",
    lambda.DeadLetterConfig?.TargetArn !== undefined && "a dead letter queue",
    lambda.TracingConfig?.Mode === "Active" && "X-Ray tracing",
    lambda.KMSKeyArn !== undefined && "a KMS key of your own",
    MemorySize > LIMITS.memoryMb && `${MemorySize} MB of memory`,
    Timeout > LIMITS.timeoutSeconds && `a timeout of ${Timeout} s`,
  ];
  return found.filter((fault) => fault !== false);
}
