import { expect, test } from "vitest";

import { readLocalArguments } from "./local-arguments.ts";

const KEYS = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "S" };

test("uses port 8080 for the edge and 8081 for R2 by default", () => {
  expect(readLocalArguments([], {})).toEqual({ port: 8080, preferredR2Port: 8081 });
});

test("uses any free port for R2 if the edge does", () => {
  expect(readLocalArguments([], { PORT: "0" })).toMatchObject({ port: 0, preferredR2Port: 0 });
  expect(readLocalArguments([], { PORT: "9000" })).toMatchObject({ port: 9000, preferredR2Port: 8081 });
  expect(readLocalArguments([], { PORT: "8081" })).toMatchObject({ port: 8081, preferredR2Port: 0 });
  expect(readLocalArguments([], { PORT: "" })).toMatchObject({ port: 8080 });
});

test.each(["-1", "65536", "8080x", "1e3", "0x50", " 80", "8080.5"])("PORT=%j is refused", (PORT) => {
  expect(() => readLocalArguments([], { PORT })).toThrow(/^PORT must be/);
});

test("reads region and credentials for an S3 server", () => {
  const args = ["--s3-endpoint", "http://s3", "--bucket", "b-1", "--strategy", "versioning"];
  expect(readLocalArguments(args, { ...KEYS, AWS_SESSION_TOKEN: "T", AWS_REGION: "eu-west-1" })).toMatchObject({
    bucket: "b-1",
    strategy: "versioning",
    s3: {
      endpoint: "http://s3",
      region: "eu-west-1",
      credentials: { accessKeyId: "A", secretAccessKey: "S", sessionToken: "T" },
    },
  });
  expect(readLocalArguments([...args, "--region", "x"], { ...KEYS, AWS_REGION: "eu-west-1" })).toMatchObject({
    s3: { region: "x" },
  });
  expect(readLocalArguments(args, KEYS)).toMatchObject({ s3: { region: "us-east-1" } });
});

test("takes the time of signing", () => {
  expect(readLocalArguments(["--signing", "at-use"], {})).toMatchObject({ config: { signing: "at-use" } });
  expect(() => readLocalArguments(["--signing", "never"], {})).toThrow("--signing must be at-issue or at-use");
});

test("takes allowed origins one by one", () => {
  expect(readLocalArguments(["--cors-origin", "http://localhost:3000", "--cors-origin", "*"], {})).toMatchObject({
    config: { cors: { origins: ["http://localhost:3000", "*"] } },
  });
});

test("ignores AWS variables for the embedded R2", () => {
  expect(readLocalArguments([], { ...KEYS, AWS_REGION: "eu-west-1" })).toEqual(readLocalArguments([], {}));
});

test.each([
  [["--bucket", "No_Bucket"], {}, "--bucket must be"],
  [["--bucket"], {}, "see --help"],
  [["--strategy", "best"], {}, "--strategy: expected one of conditional,"],
  [["--region", "x"], {}, "--region goes with --s3-endpoint"],
  [["--s3-endpoint", "http://s3"], { AWS_ACCESS_KEY_ID: "A" }, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"],
  [["positional"], {}, "expected flags only; see --help"],
  [["--cors-origin", "app.example"], {}, "--cors-origin must be"],
  [["--cors-origin", "https://app.example/"], {}, "--cors-origin must be"],
  [["--cors-origin", "null"], {}, "--cors-origin must be"],
])("refuses %j with %j in one line", (args, env, message) => {
  expect(() => readLocalArguments(args, env)).toThrow(message);
  expect(() => readLocalArguments(args, env)).not.toThrow("\n");
});
