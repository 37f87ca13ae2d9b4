import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { parseEdgeConfig, parseOperatorConfig } from "@presign-once/settings";
import { afterAll, beforeAll, expect, test } from "vitest";

import { settingsOf } from "../../deploy-sst/test/properties/read-stack.ts";
import { SingleUseUploads } from "../src/single-use-uploads.ts";
import { recordTemplate } from "./record-template.ts";

const PACKAGE = resolve(import.meta.dirname, "..");
const PAGES = { README: join(PACKAGE, "README.md"), guide: resolve(PACKAGE, "../../docs/deploy-cdk.md") };

/** A folder with this package and its peers. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-pages-"));
  const installed = join(folder, "node_modules", "@presign-once");
  await mkdir(installed, { recursive: true });
  await symlink(PACKAGE, join(installed, "deploy-cdk"));
  for (const peer of ["aws-cdk-lib", "constructs"])
    await symlink(join(PACKAGE, "node_modules", peer), join(folder, "node_modules", peer));
  const keys = [{ id: "key-1", secret: "A".repeat(43) }];
  await writeFile(join(folder, "edge-keys.json"), JSON.stringify(keys));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A block of a language on a page, by default the first. */
async function block(page: string, language: string, place = 0): Promise<string> {
  const text = await readFile(page, "utf8");
  const code = [...text.matchAll(new RegExp(`^ *\`\`\`${language}\n(.*?)^ *\`\`\`$`, "gms"))][place]?.[1];
  if (code === undefined) throw new Error(`${page} has no ${language} ${place}`);
  return code;
}

/** The template of an app, synthesized without credentials. */
async function synthesized(name: string, code: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, stripTypeScriptTypes(code.replace("<the digest>", "0a".repeat(32))));
  const env = { PATH: process.env["PATH"], CDK_OUTDIR: join(folder, `${name}.out`) };
  await promisify(execFile)(process.execPath, ["--conditions=source", file], { cwd: folder, env });
  return readFile(join(folder, `${name}.out`, "Uploads.template.json"), "utf8");
}

test.each(Object.entries(PAGES))(
  "the app of the %s is synthesized, without credentials",
  async (name, page) => {
    const { Outputs } = JSON.parse(await synthesized(name, await block(page, "ts"))) as { Outputs: object };
    expect(Object.keys(Outputs)).toEqual(["IssueEndpoint"]);
  },
  60_000,
);

test("the backend of the guide gets settings without keys, and may read one secret", async () => {
  await mkdir(join(folder, "api"));
  const code = (await block(PAGES.guide, "ts")) + (await block(PAGES.guide, "ts", 1));
  const template = await synthesized("backend", code);
  expect(template).not.toContain("A".repeat(43));
  const { Resources } = JSON.parse(template) as { Resources: Record<string, { Type: string; Properties: any }> }; // oxlint-disable-line typescript/no-explicit-any -- a template
  const [api, ...others] = Object.values(Resources).filter(({ Properties }) => Properties.Environment !== undefined);
  expect(others).toEqual([]);
  const { ISSUER_SETTINGS, EDGE_KEYS } = api!.Properties.Environment.Variables;
  expect(EDGE_KEYS).toBe("uploads/edge-keys");
  const text = ISSUER_SETTINGS["Fn::Join"][1].map((part: unknown) =>
    typeof part === "string" ? part : "host.example",
  );
  expect(() => parseOperatorConfig(JSON.parse(text.join("")))).not.toThrow();
  expect(JSON.parse(text.join(""))).toMatchObject({ baseUrl: "https://host.example" });
  const policies = Object.values(Resources).filter(({ Type }) => Type === "AWS::IAM::Policy");
  expect(policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement)).toEqual([
    {
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: expect.objectContaining({ "Fn::Join": expect.anything() }),
    },
  ]);
}, 60_000);

test("the settings of the page about CloudFormation are those of the construct with its defaults", async () => {
  const json = (await block(resolve(PACKAGE, "../../docs/deploy-cloudformation.md"), "json"))
    .replace("<43 characters>", "A".repeat(43))
    .replace("<64 hexadecimal digits>", "0a".repeat(32));
  const { region, uploads, index } = parseEdgeConfig(JSON.parse(json));
  const made = settingsOf(recordTemplate(SingleUseUploads, {}, []), "UploadsIssue") as unknown as Record<
    string,
    object
  >;
  const withoutBucket = (place: object) => ({ ...place, bucket: undefined });
  expect(region).toBe(made["region"]);
  expect(withoutBucket(uploads)).toEqual(withoutBucket(made["uploads"]!));
  expect(withoutBucket(index)).toEqual(withoutBucket(made["index"]!));
}, 60_000);
