import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { writeExamples } from "../relay/readme-examples.ts";
import { processEnv, runExample } from "../relay/run-example.ts";
import { runWorker } from "../relay/run-worker.ts";
import { send } from "../relay/send.ts";
import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { createEmptyProject, type EmptyProject, readmeExample } from "./empty-project.ts";
import { packPackages } from "./pack-packages.ts";

/** Every package that is published, each after those that it depends on. */
const NAMES = [
  "core",
  "adapter-s3",
  "settings",
  "adapter-edge",
  "adapter-fetch",
  "client",
  "deploy-sst",
  "cli",
  "local-edge",
];
/** Node's versions, and what asks for a later one: miniflare, which local-edge embeds. */
const NODES = [
  { node: 20, leftOut: ["local-edge"] },
  { node: 22, leftOut: [] },
  { node: 24, leftOut: [] },
];

/** What the examples of adapter-fetch need beside. */
const BESIDE = { hono: "^4", "@hono/node-server": "^2", "@aws-sdk/client-s3": "^3" };

const undo: (() => Promise<unknown>)[] = [];
let tarballs: Record<string, string>;
let r2: S3Server;
let s3: { readonly access: string; readonly env: Record<string, string> };
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-tarballs-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  tarballs = await packPackages(NAMES, folder);
  r2 = await startR2({ buckets: ["my-index", "my-uploads"] });
  undo.push(() => r2.stop());
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
    project = await createEmptyProject(node, { ...Object.fromEntries(kept), ...BESIDE });
  }, 300_000);
  afterAll(() => project?.remove());

  test("runs by that Node", async () => {
    expect(await project.run("console.log(process.version)")).toMatch(new RegExp(`^v${node}\\.`));
  });

  test("the example of the workspace's README", async () => {
    expect(await project.run(await readmeExample("..", 0))).toBe("accepted\nrefused\n");
  });

  test("core: the example of its README", async () => {
    expect(await project.run(await readmeExample("core", 0))).toBe("accepted\nrefused\n");
  });

  test("adapter-s3: the example of its README, at R2", async () => {
    const example = await readmeExample("adapter-s3", 0, { '{ region: "eu-west-1" }': s3.access });
    const said = await project.run(example, s3.env);
    expect(said.match(/status: '[\w-]+'/g)).toEqual([
      "status: 'registered'",
      "status: 'claimed'",
      "status: 'already-claimed'",
      "status: 'claimed'",
    ]);
  });

  test("adapter-s3: the same without the SDK", async () => {
    const example = await readmeExample("adapter-s3", 0, {
      "createS3Client, createSdkIndexS3": "createLeanIndexS3",
      'const client = createS3Client({ region: "eu-west-1" });': "",
      "createSdkIndexS3(client)": `createLeanIndexS3(${s3.access})`,
    });
    expect(await project.run(example, s3.env)).toContain("already-claimed");
  });

  test("adapter-s3: the doctor", async () => {
    const place = ["--endpoint", r2.endpoint, "--region", r2.region, "--bucket", "my-index"];
    const said = await project.command(
      "presign-once-doctor",
      [...place, "--strategy", "conditional", "--rounds", "2"],
      s3.env,
    );
    expect(said).toContain("conditional");
  });

  test("adapter-edge: the examples of its README, and what they bundled starts", async () => {
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

  test("cli: issue, inspect and revoke at R2, by the command and by the example of its README", async () => {
    const settings = {
      ...JSON.parse(s3.access),
      edgeUrl: "https://uploads.example",
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

  const examples = ["node", "hono"] as const;
  test.each(examples)("adapter-fetch: %s.ts of its README, pasted", async (name) => {
    await writeExamples(project.folder);
    const env = processEnv(r2, "my-uploads", randomBytes(32).toString("base64url"));
    // Node 20 runs no TypeScript.
    const file = node === 20 ? await asJavaScript(project.folder, ["relay", name]) : `${name}.ts`;
    const quiet = { ...env, NODE_NO_WARNINGS: "1" };
    const relay = await runExample(project.folder, file, quiet, [], join(project.folder, "node_modules/.bin/node"));
    try {
      expect(await uploadTwice(relay.url)).toEqual([200, 403]);
    } finally {
      await relay.stop();
    }
  });

  test("adapter-fetch: worker.ts of its README, pasted, in workerd", async () => {
    const worker = await runWorker(
      await writeExamples(project.folder),
      {
        ...{ S3_ENDPOINT: r2.endpoint, BUCKET: "my-uploads", EDGE_SECRET: randomBytes(32).toString("base64url") },
        ACCESS_KEY_ID: r2.credentials.accessKeyId,
        SECRET_ACCESS_KEY: r2.credentials.secretAccessKey,
      },
      true,
    );
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

  if (!leftOut.includes("local-edge"))
    test("local-edge: the example of its README", async () => {
      const said = await project.run(await readmeExample("local-edge", 0));
      expect(said.replace(/^\{.*\}\n/gm, "")).toBe("200\n403\n1\n"); // without the decisions, which are logged
    });
});

/** The status of two uploads with one URL of a relay. */
async function uploadTwice(relay: string): Promise<number[]> {
  const { body: url } = await send(`${relay}/url`, { method: "GET" });
  const upload = async () => (await send(url, { body: [Buffer.from("hello")] })).status;
  return [await upload(), await upload()];
}

/** Writes TypeScript beside itself as JavaScript; returns the name of the last. */
async function asJavaScript(folder: string, names: readonly string[]): Promise<string> {
  let written = "";
  for (const name of names) {
    written = `${name}.js`;
    const code = stripTypeScriptTypes(await readFile(join(folder, `${name}.ts`), "utf8"));
    await writeFile(join(folder, written), code.replace('"./relay.ts"', '"./relay.js"'));
  }
  return written;
}
