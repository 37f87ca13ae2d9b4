import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Local, startLocal } from "@presign-once/local-edge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { EXAMPLES, NODE_EXAMPLES, readDependencies } from "../relay/examples.ts";
import { processEnv, runExample, workerEnv } from "../relay/run-example.ts";
import { runWorker } from "../relay/run-worker.ts";
import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { createEmptyProject, type EmptyProject, readmeExample } from "./empty-project.ts";
import { packPackages, succeed } from "./pack-packages.ts";
import { uploadTwice } from "./upload-twice.ts";

/** Every package that is published, each after those that it depends on. */
const NAMES = [
  "core",
  "adapter-s3",
  "settings",
  "issuer",
  "adapter-edge",
  "adapter-fetch",
  "indexes",
  "client",
  "deploy-sst",
  "deploy-cdk",
  "local-edge",
  "cli",
];
/** Node's versions, and what asks for a later one: miniflare, which local-edge embeds. */
const NODES = [
  { node: 20, leftOut: ["local-edge"] },
  { node: 22, leftOut: [] },
  { node: 24, leftOut: [] },
];

const undo: (() => Promise<unknown>)[] = [];
let tarballs: Record<string, string>;
let r2: S3Server;
let local: Local;
let s3: { readonly access: string; readonly env: Record<string, string> };
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-tarballs-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  tarballs = await packPackages(NAMES, folder);
  r2 = await startR2({ buckets: ["my-index", "my-uploads"] });
  undo.push(() => r2.stop());
  local = await startLocal({ onLog: () => {} });
  undo.push(() => local.stop());
  const { region, endpoint, credentials } = r2;
  s3 = {
    access: JSON.stringify({ region, endpoint, forcePathStyle: true }),
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      NODE_NO_WARNINGS: "1", // the SDK's own, on Node 20
    },
  };
}, 300_000);
afterAll(async () => {
  for (const step of undo.reverse()) await step();
}, 60_000);

describe.each(NODES)("in an empty project on Node $node", ({ node, leftOut }) => {
  let project: EmptyProject;
  beforeAll(async () => {
    const kept = Object.entries(tarballs).filter(([name]) => !leftOut.includes(name.replace("@presign-once/", "")));
    const beside = await Promise.all([...NODE_EXAMPLES, "workers"].map(readDependencies));
    project = await createEmptyProject(node, Object.assign(Object.fromEntries(kept), ...beside));
  }, 300_000);
  afterAll(() => project?.remove());

  test("runs with that Node", async () => {
    expect(await project.run("console.log(process.version)")).toMatch(new RegExp(`^v${node}\\.`));
  });

  test("runs the examples of the workspace's README: an issuer, a relay, the core", async () => {
    const secret = randomBytes(32).toString("base64url");
    const issuer = await readmeExample("..", 0, { "<43 characters>": secret });
    expect(await project.run(issuer)).toMatch(/^https:\/\/d111111abcdef8\.cloudfront\.net\/u\/\S+\n$/);
    const relay = await readmeExample("..", 1, {
      'const access = { region: "eu-west-1" };': `const access = ${s3.access};`,
      'createServer(NODE_SERVER_OPTIONS, listener).on("checkContinue", listener).listen(8080, "127.0.0.1");': `
        void [createServer, NODE_SERVER_OPTIONS, listener];
        const url = await (await relay(new Request("http://127.0.0.1:8080/url"))).text();
        for (const body of ["hello", "again"])
          console.log((await relay(new Request(url, { method: "PUT", body, headers: { "content-length": "5" } }))).status);`,
    });
    const said = await project.run(relay, { ...s3.env, EDGE_SECRET: secret });
    expect(said.replace(/^\{.*\}\n/gm, "")).toBe("200\n403\n"); // without the log
    expect(await project.run(await readmeExample("..", 2))).toBe("accepted\nrefused\n");
  });

  test("can be required, too", async () => {
    const names = ["core", "adapter-s3", "settings", "issuer", "adapter-fetch", "client"];
    const code = `import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      for (const name of ${JSON.stringify(names)}) console.log(Object.keys(require("@presign-once/" + name)).length > 0);`;
    expect(await project.run(code, { NODE_NO_WARNINGS: "1" })).toBe("true\n".repeat(names.length));
  });

  test("core: runs the example of its README", async () => {
    expect(await project.run(await readmeExample("core", 0))).toBe("accepted\nrefused\n");
  });

  test("adapter-s3: runs the example of its README, on R2", async () => {
    const example = await readmeExample("adapter-s3", 0, { '{ region: "eu-west-1" }': s3.access });
    const said = await project.run(example, s3.env);
    expect(said.match(/status: '[\w-]+'/g)).toEqual([
      "status: 'registered'",
      "status: 'claimed'",
      "status: 'already-claimed'",
      "status: 'claimed'",
    ]);
  });

  test("adapter-s3: runs the same without the SDK", async () => {
    const example = await readmeExample("adapter-s3", 0, {
      "createS3Client, createSdkIndexS3": "createLeanIndexS3",
      'const client = createS3Client({ region: "eu-west-1" });': "",
      "createSdkIndexS3(client)": `createLeanIndexS3(${s3.access})`,
    });
    expect(await project.run(example, s3.env)).toContain("already-claimed");
  });

  test("cli: doctor examines both buckets", async () => {
    const server = ["--endpoint", r2.endpoint, "--region", r2.region];
    const buckets = ["--bucket", "my-uploads", "--index-bucket", "my-index"];
    const args = ["doctor", ...server, ...buckets, "--strategy", "conditional", "--rounds", "2"];
    const said = await project.command("presign-once", args, s3.env);
    expect(said).toMatch(/^conditional +not disproved +in 2 rounds/m);
    expect(said).toMatch(/^retries +fit +my-uploads kept one object/m);
  });

  test("cli: smoke-test finds nothing wrong with a deployment", async () => {
    const said = await project.command("presign-once", ["smoke-test", `${local.baseUrl}/url`]);
    expect(said).toMatch(/^1\d passed, 0 failed, /m);
  });

  test("cli: bundle makes the functions that the settings describe", async () => {
    const keys = [{ id: "k1", secret: randomBytes(32).toString("base64url") }];
    const settings = { region: "eu-west-1", uploads: { bucket: "my-uploads" }, index: {}, keys, authorizer: "none" };
    await writeFile(join(project.folder, "presign-once.json"), JSON.stringify(settings));
    const said = await project.command("presign-once", ["bundle", "--config", "presign-once.json", "--out", "edge"]);
    expect(said).toBe(`${join("edge", "issue")}\n${join("edge", "verify")}\n`);
    for (const name of ["issue", "verify"])
      expect(await readdir(join(project.folder, "edge", name))).toEqual(["config.json", "index.mjs"]);
  });

  test("adapter-edge: runs the examples of its README, and the bundles start", async () => {
    const start = `
      process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = "none";
      for (const dir of [issueDir, verifyDir]) {
        const { handler } = await import(new URL(dir + "/index.mjs", "file://" + process.cwd() + "/"));
        const answer = await handler({ Records: [{ cf: {
          config: { eventType: "viewer-request", requestId: "r" },
          request: { method: "DELETE", uri: "/", querystring: "", headers: {} },
        } }] });
        console.log(answer.status);
      }`;
    expect(await project.run((await readmeExample("adapter-edge", 0)) + start)).toMatch(/^405\b.*^405$/ms);
  });

  test("cli: issues, inspects and revokes on R2, by the command and by the example of its README", async () => {
    const settings = {
      ...JSON.parse(s3.access),
      baseUrl: "https://uploads.example",
      originPath: `${new URL(r2.endpoint).pathname}/my-uploads`,
      uploads: { bucket: "my-uploads" },
      index: { bucket: "my-index" },
      keys: [{ id: "k1", secret: randomBytes(32).toString("base64url") }],
    } as Record<string, unknown>;
    await writeFile(join(project.folder, "presign-once.config.json"), JSON.stringify(settings));
    const command = async (...args: string[]) =>
      JSON.parse(await project.command("presign-once", [...args, "--json"], s3.env)) as Record<string, unknown>;
    const { url } = (await command("issue")) as { url: string };
    expect(await command("inspect", url)).toMatchObject({ status: "issued" });
    expect(await command("revoke", url)).toMatchObject({ status: "revoked" });

    const other = await command("issue");
    const example = await readmeExample("cli", 0, {
      '  region: "eu-west-1",': JSON.stringify(settings).slice(1, -1) + ",",
    });
    const said = await project.run(
      `const url = ${JSON.stringify(other["url"])};\n${example}\nconsole.log(told.status, token.length);`,
      s3.env,
    );
    expect(said).toMatch(/^issued \d+\n$/);
  });

  test("issuer: runs the example of its README", async () => {
    const secret = randomBytes(32).toString("base64url");
    const said = await project.run(await readmeExample("issuer", 0, { "<43 characters>": secret }));
    expect(said).toMatch(/^https:\/\/d111111abcdef8\.cloudfront\.net\/u\/[\w-]+\.k1\.[0-9a-f]{64}\n$/);
  });

  test.skipIf(node === 20)("indexes: runs the example of its README, which needs node:sqlite", async () => {
    const said = await project.run(await readmeExample("indexes", 0), { NODE_NO_WARNINGS: "1" });
    expect(said.replace(/^\{.*\}\n/gm, "")).toBe("200\n403\n"); // without the decisions, which are logged
  });

  test("indexes: every entry can be imported without a client", async () => {
    const entries = ["", "/cloudflare", "/dynamodb", "/postgres", "/redis", "/sqlite", "/testing"];
    const code = entries.map((entry) => `await import("@presign-once/indexes${entry}");`).join("\n");
    expect(await project.run(`${code}\nconsole.log("imported");`)).toBe("imported\n");
  });

  test.each(NODE_EXAMPLES)("adapter-fetch: runs examples/%s", async (name) => {
    await copyFile(join(EXAMPLES, name, "server.ts"), join(project.folder, `${name}.ts`));
    const env = processEnv(r2, "my-uploads", randomBytes(32).toString("base64url"));
    // Node 20 runs no TypeScript.
    const file = node === 20 ? await asJavaScript(project.folder, name) : `${name}.ts`;
    const quiet = { ...env, NODE_NO_WARNINGS: "1" };
    const command = join(project.folder, "node_modules/.bin/node");
    const relay = await runExample(project.folder, file, quiet, [], { command });
    try {
      expect(await uploadTwice(relay.url)).toEqual([200, 403]);
    } finally {
      await relay.stop();
    }
  });

  test("adapter-fetch: runs examples/workers in workerd", async () => {
    const entry = join(project.folder, "worker.ts");
    await copyFile(join(EXAMPLES, "workers", "worker.ts"), entry);
    const env = workerEnv(r2, "my-uploads", randomBytes(32).toString("base64url"));
    const worker = await runWorker(env, { entry, project: project.folder });
    try {
      expect(await uploadTwice(worker.url)).toEqual([200, 403]);
    } finally {
      await worker.stop();
    }
  });

  test("client and deploy-sst can be imported", async () => {
    const code = `
      import { upload } from "@presign-once/client";
      import { singleUseUploads } from "@presign-once/deploy-sst";
      console.log(typeof upload, typeof singleUseUploads);`;
    expect(await project.run(code)).toBe("function function\n");
  });

  test("deploy-cdk: synthesizes the example of its README, and installs no Pulumi", async () => {
    const keys = [{ id: "key-1", secret: randomBytes(32).toString("base64url") }];
    await writeFile(join(project.folder, "edge-keys.json"), JSON.stringify(keys));
    const look = `
      const { template } = app.synth().getStackByName("Uploads");
      console.log(Object.keys(template.Outputs).join(), Object.keys(template.Resources).length > 10);`;
    expect(await project.run((await readmeExample("deploy-cdk", 0)) + look)).toBe("IssueEndpoint true\n");
    expect(await readdir(join(project.folder, "node_modules"))).not.toContain("@pulumi");
  }, 60_000);

  // The compiler is the workspace's, so one Node is enough.
  if (node === 24)
    test("deploy-cdk: its types hold without Pulumi and without skipLibCheck", async () => {
      const code = `
        import type { SingleUseUploadsProps } from "@presign-once/deploy-cdk";
        export const props = { authorizer: "none", bucketName: "my-uploads", edgeKeys: [] } satisfies SingleUseUploadsProps;
        // @ts-expect-error -- a bucket's name is a text
        export const wrong = { authorizer: "none", bucketName: 5, edgeKeys: [] } satisfies SingleUseUploadsProps;`;
      await writeFile(join(project.folder, "stack.ts"), code);
      const types = [
        "--types",
        "node",
        "--typeRoots",
        fileURLToPath(new URL("../../node_modules/@types", import.meta.url)),
      ];
      const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", ...types];
      await succeed("tsc", [...options, "stack.ts"], project.folder);
    }, 120_000);

  if (leftOut.includes("local-edge"))
    test("cli: local says which Node it needs", async () => {
      const failure = project.command("presign-once", ["local"]);
      await expect(failure).rejects.toThrow(/\npresign-once: local: needs Node 22 or newer, this is 20\.[\d.]+\n$/);
    });
  else {
    test("cli: local starts, and stops when it is interrupted", async () => {
      expect(await startAndInterrupt(project.folder)).toEqual({
        exitCode: 0,
        stdout: expect.stringMatching(/^edge .*\n/),
      });
    }, 60_000);

    test("local-edge: runs the example of its README", async () => {
      const said = await project.run(await readmeExample("local-edge", 0));
      expect(said.replace(/^\{.*\}\n/gm, "")).toBe("200\n403\n1\n"); // without the decisions, which are logged
    });
  }
});

describe("in a project with the cli alone", () => {
  let project: EmptyProject;
  beforeAll(async () => {
    const names = ["core", "adapter-s3", "settings", "issuer", "cli"].map((name) => `@presign-once/${name}`);
    project = await createEmptyProject(24, Object.fromEntries(names.map((name) => [name, tarballs[name] ?? ""])));
  }, 300_000);
  afterAll(() => project?.remove());

  test("installs neither esbuild nor miniflare", async () => {
    const installed = await readdir(join(project.folder, "node_modules"));
    expect(installed).not.toContain("esbuild");
    expect(installed).not.toContain("miniflare");
  });

  test("smoke-test --aws says in one line what to install", async () => {
    const args = ["smoke-test", "https://d111111abcdef8.cloudfront.net/url", "--aws"];
    const line = /failed:\npresign-once: smoke-test: needs @aws-sdk\/client-[^\n]+ @presign-once\/cli\n$/;
    await expect(project.command("presign-once", args)).rejects.toThrow(line);
  });

  test.each([
    ["adapter-edge", ["bundle", "--config", "presign-once.json", "--out", "edge"]],
    ["local-edge", ["local"]],
  ])("the command that needs %s says in one line what to install", async (name, args) => {
    const line = `presign-once: ${args[0]}: needs @presign-once/${name}: npm install @presign-once/${name} @presign-once/cli`;
    await expect(project.command("presign-once", args)).rejects.toThrow(`failed:\n${line}\n`);
  });
});

/** Runs `presign-once local` of a project until it is up, then interrupts it. */
async function startAndInterrupt(folder: string): Promise<{ exitCode: number | null; stdout: string }> {
  const bin = (name: string) => join(folder, "node_modules/.bin", name);
  const child = spawn(bin("node"), [bin("presign-once"), "local"], {
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    if (stdout.includes("\ntry ")) child.kill("SIGINT");
  });
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode, stdout };
}

/** Writes TypeScript beside itself as JavaScript; returns the name of that file. */
async function asJavaScript(folder: string, name: string): Promise<string> {
  const code = stripTypeScriptTypes(await readFile(join(folder, `${name}.ts`), "utf8"));
  await writeFile(join(folder, `${name}.js`), code);
  return `${name}.js`;
}
