import type { CheckResult } from "../check.ts";
import type { DiagnosisCode } from "../diagnoses.ts";
import { all, type AwsCheck, failed, judge, passed } from "./aws-check.ts";
import { foldersOf, type IndexPlace, UPLOADS_FOLDER } from "./index-place.ts";
import { indexRights, logRights, type NeededRights, type Right } from "./needed-rights.ts";
import { mayAllow, type Statement, trusts } from "./policy-statements.ts";
import type { Deployment } from "./read-deployment.ts";

/**
 * Both services that run a function at the edge.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
 */
const SERVICES = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"];

/** What holds for the roles of the two functions. */
export const roleChecks: readonly AwsCheck[] = [
  {
    name: "aws-role-trust",
    title: "both roles can be assumed at the edge",
    judge: (deployment) =>
      ofBothRoles((role) =>
        judge(deployment[role].role.trust, (statements) => {
          const missing = SERVICES.filter((service) => !trusts(statements, service));
          return missing.length === 0 ? passed() : failed("role-trust-missing", `${role}: ${missing.join(", ")}`);
        }),
      ),
  },
  {
    name: "aws-role-rights",
    title: "the roles allow what the functions do",
    judge: (deployment) =>
      all(
        judge(deployment.index, (place) =>
          place === undefined
            ? failed("role-right-missing", "verify: s3:PutObject on the index")
            : judgeRights(deployment, indexRights(place)),
        ),
        judge(deployment.uploadsBucket, ({ bucket }) =>
          judge(deployment.issue.role.rights, (rights) => {
            const place = deployment.index.status === "read" ? deployment.index.value : undefined;
            const key = `arn:aws:s3:::${bucket}/${uploadsFolder(rights, bucket, place)}x`;
            return judgeRights(deployment, { issue: [["s3:PutObject", key]], verify: [] });
          }),
        ),
      ),
  },
  {
    name: "aws-logs",
    title: "the functions may write their logs",
    judge: (deployment) =>
      ofBothRoles((role) =>
        judge(deployment[role].lambda, ({ FunctionArn = "" }) =>
          judgeRole(deployment, role, logRights(FunctionArn), "logs-right-missing"),
        ),
      ),
  },
];

/**
 * Judges whether both roles have rights at all.
 *
 * @param code  the diagnosis where one is missing
 */
export function judgeRights(
  deployment: Deployment,
  needed: NeededRights,
  code: DiagnosisCode = "role-right-missing",
): CheckResult {
  return ofBothRoles((role) => judgeRole(deployment, role, needed[role], code));
}

function judgeRole(
  deployment: Deployment,
  role: "issue" | "verify",
  needed: readonly Right[],
  code: DiagnosisCode,
): CheckResult {
  return judge(deployment[role].role.rights, (rights) => {
    const missing = needed.find(([action, resource]) => !mayAllow(rights, action, resource));
    return missing === undefined ? passed() : failed(code, `${role}: ${missing.join(" on ")}`);
  });
}

function ofBothRoles(of: (role: "issue" | "verify") => CheckResult): CheckResult {
  return all(of("issue"), of("verify"));
}

/** The folder that URLs are signed for: one that the issue role may write to, beside that of the index. */
function uploadsFolder(rights: readonly Statement[], uploads: string, index: IndexPlace | undefined): string {
  const folders = foldersOf(rights, "s3:PutObject").filter(
    ({ bucket, prefix }) => bucket === uploads && !(bucket === index?.bucket && prefix.startsWith(index.prefix)),
  );
  return folders[0]?.prefix ?? UPLOADS_FOLDER;
}
