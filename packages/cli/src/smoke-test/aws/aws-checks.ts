import type { Check } from "../check.ts";
import { type AwsCheck } from "./aws-check.ts";
import { behaviourChecks } from "./behaviour-checks.ts";
import { bucketChecks } from "./bucket-checks.ts";
import { distributionChecks } from "./distribution-checks.ts";
import { encryptionCheck } from "./encryption-check.ts";
import { functionCheck } from "./function-check.ts";
import type { Deployment } from "./read-deployment.ts";
import { roleChecks } from "./role-checks.ts";
import { storageChecks } from "./storage-checks.ts";

/** Every check of what AWS says about a deployment, in the order of the report. */
const AWS_CHECKS: readonly AwsCheck[] = [
  ...distributionChecks,
  ...behaviourChecks,
  functionCheck,
  ...roleChecks,
  ...bucketChecks,
  encryptionCheck,
  ...storageChecks,
];

/** Their names, for `--only`. */
export const awsCheckNames: readonly string[] = AWS_CHECKS.map(({ name }) => name);

/** The checks of a deployment that was read. They send nothing, and change nothing. */
export function awsChecks(deployment: Deployment): readonly Check[] {
  return AWS_CHECKS.map(({ name, title, judge }) => ({ name, title, run: async () => judge(deployment) }));
}
