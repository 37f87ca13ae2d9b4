import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

const CLI = fileURLToPath(new URL("cli.ts", import.meta.url));

/** Prints, when the process ends, the names of all packages that it has loaded. */
const RECORDER = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  const names = new Set();
  registerHooks({
    resolve(specifier, context, next) {
      const [name] = /^(?:@[^/]+\\/)?[a-z][^/:]*(?=$|\\/)/.exec(specifier) ?? [];
      if (name !== undefined) names.add(specifier.startsWith("@presign-once/") ? specifier : name);
      return next(specifier, context);
    },
  });
  process.on("exit", () => process.stderr.write("loaded " + [...names].join(" ") + "\\n"));
`)}`;

/** Runs the command in a process of its own, and tells what it has loaded. */
function loadedBy(...args: string[]): Promise<string[]> {
  const node = ["--conditions=source", `--import=${RECORDER}`, CLI, ...args];
  const env = { ...process.env, AWS_REGION: "us-east-1", PRESIGN_ONCE_BUCKET: "some-bucket", NODE_OPTIONS: "" };
  return new Promise((resolve) => {
    execFile(process.execPath, node, { env }, (_error, _stdout, stderr) => {
      resolve((/^loaded (.*)$/m.exec(stderr)?.[1] ?? "nothing was recorded").split(" "));
    });
  });
}

const HEAVY = ["@aws-sdk/client-s3", "@presign-once/adapter-s3", "zod"];
/** What `bundle`, `local` and `smoke-test --aws` alone need. */
const OPTIONAL = [
  "@presign-once/adapter-edge",
  "@presign-once/adapter-edge/bundle",
  "@presign-once/local-edge",
  "@aws-sdk/client-cloudfront",
  "@aws-sdk/client-lambda",
  "@aws-sdk/client-iam",
];

describe("only commands that send requests to S3 load the AWS SDK", { timeout: 60_000 }, () => {
  const commands = ["inspect", "doctor", "smoke-test", "bundle", "local"];
  const others = commands.flatMap((name) => [
    [name, "--help"],
    [name, "--mistyped"],
  ]);
  test.each([[["token"]], [["--help"]], ...others.map((args) => [args])])("not by %j", async (args) => {
    const loaded = await loadedBy(...args);
    expect(loaded).toContain("@presign-once/core");
    for (const name of [...HEAVY, ...OPTIONAL]) expect(loaded).not.toContain(name);
  });

  test("no command loads packages that only the functions and their bundler need", async () => {
    const loaded = await loadedBy("inspect", "https://edge.example/?");
    expect(loaded).toEqual(expect.arrayContaining(HEAVY));
    for (const name of ["tsyringe", "jose", "esbuild", "miniflare", ...OPTIONAL]) expect(loaded).not.toContain(name);
  });
});
