import { tmpdir } from "node:os";

/** The credentials of the functions, as the execution role provides them on AWS. */
export type FunctionCredentials = {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
};

/** Region and credentials that a function finds in its environment. */
export type FunctionIdentity = FunctionCredentials & { region: string };

/**
 * The environment variables of one function: those the Lambda runtime sets, and none of the developer's own.
 *
 * `HOME` is not one of Lambda's; it is the bundle's folder here, so that `~/.aws` is as absent as it is there.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function lambdaEnvironment(name: string, dir: string, identity: FunctionIdentity): Record<string, string> {
  return {
    _HANDLER: "index.handler",
    AWS_ACCESS_KEY_ID: identity.accessKeyId,
    AWS_DEFAULT_REGION: identity.region,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "1",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_REGION: identity.region,
    AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
    ...(identity.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: identity.sessionToken }),
    HOME: dir,
    LAMBDA_TASK_ROOT: dir,
    LANG: "en_US.UTF-8",
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    TMPDIR: tmpdir(),
    TZ: ":UTC",
  };
}
