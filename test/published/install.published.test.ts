import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { createEmptyProject, type EmptyProject, readmeExample } from "./empty-project.ts";
import { packPackages } from "./pack-packages.ts";

/** Every package that is published, each after those that it depends on. */
const NAMES = ["core", "adapter-s3", "adapter-edge", "client", "deploy-sst", "cli", "local-edge"];
/** Node's versions, and what asks for a later one: miniflare, which local-edge embeds. */
const NODES = [
  { node: 20, leftOut: ["local-edge"] },
  { node: 22, leftOut: [] },
  { node: 24, leftOut: [] },
];

const undo: (() => Promise<unknown>)[] = [];
let tarballs: Record<string, string>;
let r2: S3Server;
let s3: { readonly access: string; readonly env: Record<string, string> };
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-tarballs-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  tarballs = await packPackages(NAMES, folder);
  r2 = await startR2({ buckets: ["my-index"] });
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
    project = await createEmptyProject(node, Object.fromEntries(kept));
  }, 300_000);
  afterAll(() => project?.remove());

  test("runs by that Node", async () => {
    expect(await project.run("console.log(process.version)")).toMatch(new RegExp(`^v${node}\\.`));
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
