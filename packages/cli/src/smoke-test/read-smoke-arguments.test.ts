import { Readable } from "node:stream";

import { describe, expect, test } from "vitest";

import { runCommand } from "../index.ts";
import { readSmokeArguments, TOKEN_VARIABLE } from "./read-smoke-arguments.ts";

const ENDPOINT = "https://d111111abcdef8.cloudfront.net/url";

const read = (args: readonly string[], env: Record<string, string> = {}, stdin = "") =>
  readSmokeArguments([ENDPOINT, ...args], { env, stdin: Readable.from([Buffer.from(stdin)]) }, ["sizes", "race"]);

test("without options nothing is sent but the endpoint is asked, and a new deployment is waited for", async () => {
  expect(await read([])).toEqual({
    endpoint: ENDPOINT,
    headers: [],
    origin: undefined,
    bucket: undefined,
    only: [],
    slow: false,
    aws: false,
    distributionId: undefined,
    config: undefined,
    waitSeconds: 300,
    json: false,
  });
});

test("a token comes from the flag, the standard input or the environment, the flag first", async () => {
  const expected = (token: string) => [["authorization", `Bearer ${token}`]];
  expect((await read(["--token", "a.b-c"], { [TOKEN_VARIABLE]: "other" })).headers).toEqual(expected("a.b-c"));
  expect((await read(["--token", "-"], {}, "from-stdin\n")).headers).toEqual(expected("from-stdin"));
  expect((await read([], { [TOKEN_VARIABLE]: "from-env" })).headers).toEqual(expected("from-env"));
  expect((await read([], { [TOKEN_VARIABLE]: "" })).headers).toEqual([]);
});

test("headers, checks, bucket and times are taken as they are typed", async () => {
  const typed = ["--header", "X-Ticket: a b", "--header", "x-b:c", "--only", "race", "--only", "sizes", "--wait", "0"];
  expect(await read([...typed, "--bucket", "my-uploads"], { AWS_REGION: "eu-west-1" })).toMatchObject({
    headers: [
      ["x-ticket", "a b"],
      ["x-b", "c"],
    ],
    only: ["race", "sizes"],
    waitSeconds: 0,
    bucket: { name: "my-uploads", region: "eu-west-1", endpoint: undefined },
  });
});

describe("a mistake prints one line that names it and repeats nothing, and exits with 2", () => {
  const mistakes: [args: string[], message: string][] = [
    [[], "expected one issue endpoint, such as https://d111111abcdef8.cloudfront.net/url"],
    [["d111111abcdef8.cloudfront.net/secret"], "expected one issue endpoint"],
    [["ftp://secret.example/url"], "expected one issue endpoint"],
    [["https://user:secret@d111.cloudfront.net/url"], "expected one issue endpoint"],
    [[ENDPOINT, "secret"], "expected one issue endpoint"],
    [[ENDPOINT, "--only", "secret"], "--only: expected one of sizes, http2, "],
    [[ENDPOINT, "--wait", "secret"], "--wait: expected a whole number of seconds from 0 to 3600"],
    [[ENDPOINT, "--wait", "3601"], "--wait: expected a whole number"],
    [[ENDPOINT, "--header", "secret"], "--header: expected 'Name: value'"],
    [[ENDPOINT, "--header", "a: secret\nb: c"], "--header: expected 'Name: value'"],
    [[ENDPOINT, "--token", "secret secret"], "--token: expected a bearer token"],
    [
      [ENDPOINT, "--token", "a", "--header", "Authorization: secret"],
      "--header: expected no Authorization beside --token",
    ],
    [[ENDPOINT, "--origin", "secret.example"], "--origin: expected one origin"],
    [[ENDPOINT, "--origin", "*"], "--origin: expected one origin"],
    [[ENDPOINT, "--bucket", "My_Secret"], "--bucket: expected the name of a bucket"],
    [[ENDPOINT, "--bucket", "my-uploads"], "--region: missing; or set AWS_REGION"],
    [[ENDPOINT, "--bucket", "my-uploads", "--region", "secret"], "region: expected one of AWS such as eu-west-1"],
    [[ENDPOINT, "--bucket", "my-uploads", "--endpoint", "secret"], "--endpoint: expected an http or https URL"],
    [[ENDPOINT, "--region", "eu-west-1"], "--region: expected --bucket too"],
    [[ENDPOINT, "--endpoint", "https://secret.example"], "--endpoint: expected --bucket too"],
    [[ENDPOINT, "--aws", "--region", "eu-west-1"], "--region: expected --bucket too"],
    [[ENDPOINT, "--only", "aws-https"], "--only aws-https: expected --aws too"],
    [[ENDPOINT, "--only", "sizes", "--only", "aws-https"], "--only aws-https: expected --aws too"],
    [[ENDPOINT, "--config", "secret"], "--config: expected --aws too"],
    [[ENDPOINT, "--aws", "--only", "aws-upload-tags"], "--only aws-upload-tags: expected --config too"],
    [[ENDPOINT, "--only", "aws-upload-tags"], "--only aws-upload-tags: expected --aws too"],
    [[ENDPOINT, "--aws", "--config", "secret"], "--config: the settings file cannot be read"],
    [[ENDPOINT, "--only", "cors"], "--only cors: expected --origin too"],
    [[ENDPOINT, "--only", "bucket"], "--only bucket: expected --bucket or --aws too"],
    [[ENDPOINT, "--secret"], "Unknown option '--secret'"],
  ];
  test.each(mistakes)("%j", async (args, message) => {
    const { exitCode, stdout, stderr } = await runCommand(["smoke-test", ...args], { env: {} });
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^presign-once: smoke-test: [^\n]+\n$/);
    expect(stderr).toContain(message);
    if (!message.includes("--secret")) expect(stderr).not.toMatch(/secret/i);
  });
});
