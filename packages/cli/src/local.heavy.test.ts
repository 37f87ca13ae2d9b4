import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { startR2 } from "@presign-once/local-edge";
import { expect, onTestFinished, test } from "vitest";

import { startCli } from "../test/start-cli.ts";

const run = promisify(execFile);
const README = fileURLToPath(new URL("../README.md", import.meta.url));
const SLOW = { timeout: 60_000 };

function valueOf(stdout: string, name: string): string {
  return new RegExp(`^${name} +(.*)$`, "m").exec(stdout)?.[1] ?? "";
}

async function isReachable(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

test("prints a line that uploads once and is refused once, and leaves nothing behind after Ctrl-C", SLOW, async () => {
  const cli = await startCli(["local"]);
  await cli.printed("\nshare ");
  const [edge, origin] = [valueOf(cli.output.stdout, "edge"), valueOf(cli.output.stdout, "origin")];
  expect(cli.output.stdout).toBe(
    `edge    ${edge}\norigin  ${origin}\nbucket  presign-once-local\npage    ${edge}/\n` +
      `try     url=$(curl -s ${edge}/url); curl -T README.md "$url"; curl -T README.md "$url"\n` +
      `share   ${valueOf(cli.output.stdout, "share")}\n`,
  );
  expect(edge).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/cdn-cgi\/local\/r2\/s3\/presign-once-local$/);

  const line = valueOf(cli.output.stdout, "try").replaceAll("README.md", README);
  const { stdout } = await run("bash", ["-c", line.replaceAll("curl -T", "curl -s -w '[%{http_code}]' -T")]);
  expect(stdout).toMatch(/^\[200\]<\?xml [^]*<Code>UrlAlreadyUsed<\/Code>[^]*\[403\]$/);
  const shared = await run("bash", ["-c", valueOf(cli.output.stdout, "share")]);
  expect(shared.stdout).toMatch(/^http:\S+\/d\/\S+\nfor one reader 200\n\{"code":"UrlAlreadyUsed",.*\} 410\n$/);
  expect(cli.output.stderr).toContain('"outcome":"already-claimed"');
  expect(cli.output.stderr).not.toContain("X-Amz-Signature");

  cli.child.kill("SIGINT");
  expect(await cli.ended).toBe(0);
  expect(await cli.leftovers()).toEqual([]);
  await expect.poll(() => isReachable(origin), { timeout: 5_000 }).toBe(false);
  expect(await isReachable(edge)).toBe(false);
});

test("leaves no R2 behind if it is killed while starting", SLOW, async () => {
  const cli = await startCli(["local"]);
  await cli.printed("\ntry ");
  cli.child.kill("SIGKILL");
  await cli.ended;
  await expect.poll(() => isReachable(valueOf(cli.output.stdout, "origin")), { timeout: 5_000 }).toBe(false);
});

test("ends at once and leaves no edge key behind if it is interrupted while starting", SLOW, async () => {
  const cli = await startCli(["local"]);
  await expect
    .poll(() => cli.leftovers(), { timeout: 20_000, interval: 5 })
    .toContainEqual(expect.stringMatching(/^presign-once-local-[^/]+$/));
  cli.child.kill("SIGTERM");
  expect([0, 130]).toContain(await cli.ended);
  expect((await cli.leftovers()).filter((path) => path.endsWith("config.json"))).toEqual([]);
});

test("uses a given S3 server with its bucket, region and credentials", SLOW, async () => {
  const r2 = await startR2({ buckets: ["my-bucket"] });
  onTestFinished(() => r2.stop());
  const cli = await startCli(
    ["local", "--s3-endpoint", r2.endpoint, "--bucket", "my-bucket", "--region", "auto", "--strategy", "conditional"],
    {
      AWS_ACCESS_KEY_ID: r2.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: r2.credentials.secretAccessKey,
    },
  );
  await cli.printed("\ntry ");
  const url = await (await fetch(`${valueOf(cli.output.stdout, "edge")}/url`)).text();
  expect((await fetch(url, { method: "PUT", body: "hello" })).status).toBe(200);

  const s3 = new S3Client({ endpoint: r2.endpoint, region: "auto", forcePathStyle: true, credentials: r2.credentials });
  onTestFinished(() => s3.destroy());
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "my-bucket", Prefix: "uploads/" }));
  expect(Contents).toHaveLength(1);
  const object = await s3.send(new GetObjectCommand({ Bucket: "my-bucket", Key: Contents[0]!.Key }));
  expect(await object.Body!.transformToString()).toBe("hello");

  cli.child.kill("SIGTERM");
  expect(await cli.ended).toBe(0);
});

const KEYS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "SECRETEXAMPLE" };

/** On a busy machine a step may take the second after which it is reported. */
const withoutProgress = (stderr: string) => stderr.replace(/^.* \.\.\.\n/gm, "");

test.each([
  ["an unknown flag", ["--what"], {}, 2, "Unknown option '--what'; see --help"],
  ["a bad PORT", [], { PORT: "http" }, 2, "PORT must be a whole number from 0 to 65535"],
  [
    "an endpoint without a server",
    ["--s3-endpoint", "http://127.0.0.1:9"],
    KEYS,
    1,
    "no S3 server answers at http://127.0.0.1:9 (ECONNREFUSED)",
  ],
])("%s prints one line and fails", SLOW, async (_, args, env, exitCode, message) => {
  const cli = await startCli(["local", ...args], env);
  expect(await cli.ended).toBe(exitCode);
  expect(cli.output.stdout).toBe("");
  expect(withoutProgress(cli.output.stderr)).toMatch(/^presign-once: local: [^\n]+\n$/);
  expect(cli.output.stderr).toContain(message);
  expect(await cli.leftovers()).toEqual([]);
});

test("a port in use prints one line and fails", SLOW, async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void blocker.close());
  const { port } = blocker.address() as { port: number };
  const r2 = await startR2({ buckets: ["my-bucket"] });
  onTestFinished(() => r2.stop());
  const cli = await startCli(["local", "--s3-endpoint", r2.endpoint, "--region", "auto", "--bucket", "my-bucket"], {
    ...KEYS,
    PORT: String(port),
  });
  expect(await cli.ended).toBe(1);
  expect(withoutProgress(cli.output.stderr)).toBe(
    `presign-once: local: port ${port} on 127.0.0.1 is taken: stop what uses it, or set PORT to another one (0: any free one)\n`,
  );
});
