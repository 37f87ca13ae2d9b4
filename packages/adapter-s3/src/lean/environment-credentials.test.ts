import { expect, onTestFinished, test, vi } from "vitest";

import { isPermanent, mayHaveLanded } from "../s3/s3-failure.ts";
import { environmentCredentials } from "./environment-credentials.ts";

function environment(variables: Record<string, string | undefined>): void {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
    vi.stubEnv(name, variables[name]);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test("reads the variables that Lambda sets", () => {
  environment({ AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t" });
  expect(environmentCredentials()).toEqual({ accessKeyId: "a", secretAccessKey: "s", sessionToken: "t" });
  environment({ AWS_ACCESS_KEY_ID: "b", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "" });
  expect(environmentCredentials()).toEqual({ accessKeyId: "b", secretAccessKey: "s", sessionToken: undefined });
});

test.each([
  {},
  { AWS_ACCESS_KEY_ID: "a" },
  { AWS_SECRET_ACCESS_KEY: "s" },
  { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "s" },
])("throws for incomplete credentials, and sends nothing: %j", (variables) => {
  environment(variables);
  let thrown: unknown;
  try {
    environmentCredentials();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ name: "CredentialsProviderError" });
  expect(mayHaveLanded(thrown)).toBe(false);
  expect(isPermanent(thrown)).toBe(true);
});
