import type { DiagnosisCode } from "../diagnoses.ts";
import { type AwsCheck, judge } from "./aws-check.ts";
import { encryptionRights, type NeededRights, type StorageSettings, tagRights, uploadRights } from "./needed-rights.ts";
import { judgeRights } from "./role-checks.ts";

/** Whether the roles may do what the settings of `--config` say about uploads. Which role signs them is a setting too. */
export const storageChecks: readonly AwsCheck[] = [
  storageCheck("aws-upload-rights", "the roles may do what the settings say", uploadRights, "role-right-missing"),
  storageCheck(
    "aws-upload-encryption",
    "the roles may use the key of uploads.encryption",
    encryptionRights,
    "encryption-key-refused",
  ),
  storageCheck("aws-upload-tags", "the signing role may tag uploads", tagRights, "tags-right-missing"),
];

function storageCheck(
  name: string,
  title: string,
  rightsOf: (settings: StorageSettings) => NeededRights,
  code: DiagnosisCode,
): AwsCheck {
  return {
    name,
    title,
    judge: (deployment) => judge(deployment.settings, (settings) => judgeRights(deployment, rightsOf(settings), code)),
  };
}
