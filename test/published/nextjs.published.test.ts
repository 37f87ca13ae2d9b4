import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { EXAMPLES } from "../relay/examples.ts";
import { processEnv, runExample, UPLOAD_TOKEN } from "../relay/run-example.ts";
import { send } from "../relay/send.ts";
import { startR2 } from "../servers/r2.ts";
import { packPackages, succeed } from "./pack-packages.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-nextjs-"));
  const tarballs = await packPackages(["core", "adapter-s3", "adapter-fetch"], join(folder, "tarballs"));
  const project = join(folder, "project");
  await cp(join(EXAMPLES, "nextjs"), project, { recursive: true });
  const file = join(project, "package.json");
  const settings = JSON.parse(await readFile(file, "utf8")) as { dependencies: Record<string, string> };
  await writeFile(file, JSON.stringify({ ...settings, dependencies: { ...settings.dependencies, ...tarballs } }));
  await succeed("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], project);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("examples/nextjs: the types hold, `next build` builds it, and a URL of `next start` works once", async () => {
  const project = join(folder, "project");
  const quiet = { NEXT_TELEMETRY_DISABLED: "1" };
  expect(await succeed("npm", ["run", "build"], project, quiet)).toContain("/uploads/[...path]");

  const r2 = await startR2({ buckets: ["my-uploads"] });
  const env = processEnv(r2, "my-uploads", randomBytes(32).toString("base64url"));
  const server = await runExample(join(project, "node_modules/next/dist/bin"), "next", { ...env, ...quiet }, [], {
    args: ["start", project],
    mayComplain: true,
  });
  try {
    const headers = { authorization: `Bearer ${UPLOAD_TOKEN}` };
    expect((await send(`${server.url}/uploads/url`, { method: "GET" })).code).toBe("Unauthorized");
    const { body: granted } = await send(`${server.url}/uploads/url`, { method: "GET", headers });
    const url = granted.replace(/^http:\/\/[^/]+/, server.url); // the port is not known before it starts
    const upload = async () => {
      const { status, code } = await send(url, { body: [Buffer.from("hello")] });
      return [status, code];
    };
    expect([await upload(), await upload()]).toEqual([
      [200, ""],
      [403, "UrlAlreadyUsed"],
    ]);
  } finally {
    await server.stop();
    await r2.stop();
  }
});
