import { PresignOnceError } from "@presign-once/core";

import { classifyS3Failure, isPermanentKind, type PermanentS3FailureKind } from "./s3-failure.ts";

const CAUSE_AND_FIX: Readonly<Record<PermanentS3FailureKind, readonly [cause: string, fix: string]>> = {
  "no-credentials": ["no AWS credentials", "give this process some"],
  "missing-bucket": ["the bucket does not exist", "correct bucket, region or endpoint in the settings, or create it"],
  "wrong-region": [
    "S3 does not serve the bucket in this region",
    "correct the region in the settings; a new bucket may need some hours",
  ],
  "clock-skewed": ["the clock of this machine is wrong", "set it"],
  "unknown-caller": [
    "S3 does not accept the credentials",
    "replace them; in an opt-in region check that they are valid there",
  ],
  forbidden: [
    "S3 denies access",
    "give the role its rights on the bucket, and on its KMS key if it has one; read the bucket's own policy",
  ],
  "not-implemented": [
    "this server lacks an operation",
    "run presign-once doctor, and choose a strategy that it does not reject",
  ],
  refused: ["S3 refuses the request", "check the endpoint, and the bucket's settings and KMS key"],
};

/**
 * Puts into words what trying again cannot mend: what it means, what S3 answered, and what the operator has to change.
 *
 * @param error  what a request to S3 threw
 * @returns      a `STORE_REFUSED`, whose message may be logged and whose `cause` is the error; any other error as it is
 */
export function explainFailure(error: unknown): unknown {
  const { kind, words } = classifyS3Failure(error);
  if (!isPermanentKind(kind)) return error;
  const [cause, fix] = CAUSE_AND_FIX[kind];
  return new PresignOnceError("STORE_REFUSED", `${cause} (${words.join(" ")}): ${fix}`, { cause: error });
}
