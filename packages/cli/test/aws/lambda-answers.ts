import { ACCOUNT, type AwsModel } from "./aws-model.ts";
import type { AwsAnswer, AwsRequest } from "./start-aws.ts";

/**
 * Answers as Lambda in us-east-1.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 */
export function answerLambda(model: AwsModel, { path, query }: AwsRequest): AwsAnswer {
  const [, name] = /^\/2015-03-31\/functions\/(?:arn:.*:)?([^/:]+)\/configuration$/.exec(path) ?? [];
  if (name !== undefined) {
    const resource = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}:${query.get("Qualifier")}`;
    return answerOf("lambda:GetFunctionConfiguration", resource, model.functions[name]);
  }
  if (path !== "/2016-08-19/account-settings" && path !== "/2016-08-19/account-settings/")
    throw new Error(`the stand-in for Lambda does not know ${path}`);
  return answerOf("lambda:GetAccountSettings", "*", { AccountLimit: { ConcurrentExecutions: model.concurrency } });
}

function answerOf(action: string, resource: string, value: object | undefined): AwsAnswer {
  const answer = value === undefined ? errorOf(404, "ResourceNotFoundException") : json(200, value);
  return { action, resource, answer, denied: errorOf(403, "AccessDeniedException") };
}

function errorOf(status: number, code: string) {
  return { ...json(status, { Message: "-" }), headers: { "x-amzn-errortype": code } };
}

function json(status: number, value: object) {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
