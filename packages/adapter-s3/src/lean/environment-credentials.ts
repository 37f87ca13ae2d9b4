import type { S3Credentials } from "./sigv4.ts";

/**
 * The credentials in the environment, where Lambda puts those of the function's role; no request is made.
 *
 * @throws an error named `CredentialsProviderError`, as the AWS SDK's own chain does, when there are none
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function environmentCredentials(): S3Credentials {
  const accessKeyId = process.env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = process.env["AWS_SECRET_ACCESS_KEY"];
  if (!accessKeyId || !secretAccessKey)
    throw Object.assign(new Error("There are no AWS credentials in the environment"), {
      name: "CredentialsProviderError",
    });
  return { accessKeyId, secretAccessKey, sessionToken: process.env["AWS_SESSION_TOKEN"] || undefined };
}

/** Makes of whatever credentials were given a way to ask for them. */
export function credentialsFrom(
  given: S3Credentials | (() => S3Credentials | Promise<S3Credentials>) | undefined,
): () => S3Credentials | Promise<S3Credentials> {
  if (given === undefined) {
    let found: S3Credentials | undefined;
    return () => (found ??= environmentCredentials()); // they stay as long as the process
  }
  return typeof given === "function" ? given : () => given;
}
