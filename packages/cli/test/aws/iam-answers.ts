import { ACCOUNT, type AwsModel } from "./aws-model.ts";
import type { AwsAnswer, AwsRequest, HttpAnswer } from "./start-aws.ts";
import { toXml } from "./to-xml.ts";

/**
 * Answers as IAM. Documents are JSON, escaped as in a URL.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export function answerIam({ roles }: AwsModel, { form }: AwsRequest): AwsAnswer {
  const operation = form.get("Action") ?? "";
  const roleName = form.get("RoleName") ?? "";
  const policyArn = form.get("PolicyArn") ?? "";
  const { trust, inline = {}, managed = {} } = roles[roleName] ?? {};
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/${roleName}`;
  const statements = Object.values(roles).flatMap((role) => role.managed[policyArn] ?? []);
  switch (operation) {
    case "GetRole":
      return answerOf(
        operation,
        roleArn,
        trust && { Role: { RoleName: roleName, AssumeRolePolicyDocument: escaped(trust) } },
      );
    case "ListRolePolicies":
      return answerOf(operation, roleArn, { IsTruncated: false, PolicyNames: { member: Object.keys(inline) } });
    case "GetRolePolicy": {
      const name = form.get("PolicyName") ?? "";
      const document = inline[name] && escaped(inline[name]);
      return answerOf(
        operation,
        roleArn,
        document && { RoleName: roleName, PolicyName: name, PolicyDocument: document },
      );
    }
    case "ListAttachedRolePolicies": {
      const member = Object.keys(managed).map((PolicyArn) => ({ PolicyName: PolicyArn.split("/").at(-1), PolicyArn }));
      return answerOf(operation, roleArn, { IsTruncated: false, AttachedPolicies: { member } });
    }
    case "GetPolicy":
      return answerOf(operation, policyArn, { Policy: { Arn: policyArn, DefaultVersionId: "v3" } });
    case "GetPolicyVersion":
      if (form.get("VersionId") !== "v3") throw new Error("not the default version");
      return answerOf(operation, policyArn, { PolicyVersion: { VersionId: "v3", Document: escaped(statements) } });
    default:
      throw new Error(`the stand-in for IAM does not know ${operation}`);
  }
}

function escaped(Statement: readonly object[]): string {
  return encodeURIComponent(JSON.stringify({ Version: "2012-10-17", Statement }));
}

function answerOf(operation: string, resource: string, value: object | "" | undefined): AwsAnswer {
  const answer =
    value === undefined || value === ""
      ? errorOf(404, "NoSuchEntity")
      : xml(200, toXml(`${operation}Response`, { [`${operation}Result`]: value }));
  return { action: `iam:${operation}`, resource, answer, denied: errorOf(403, "AccessDenied") };
}

function errorOf(status: number, Code: string): HttpAnswer {
  return xml(status, toXml("ErrorResponse", { Error: { Type: "Sender", Code, Message: "-" }, RequestId: "r" }));
}

function xml(status: number, body: string): HttpAnswer {
  return { status, headers: { "content-type": "text/xml" }, body };
}
