import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { parseEdgeConfig } from "@presign-once/settings";
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

/** The first block of a language on a page. */
async function block(page: string, language: string): Promise<string> {
  const text = await readFile(page, "utf8");
  const [, code] = new RegExp(`^ *\`\`\`${language}\n(.*?)^ *\`\`\`$`, "ms").exec(text) ?? [];
  if (code === undefined) throw new Error(`${page} has no ${language}`);
  return code;
}

test.each(Object.entries(PAGES))(
  "the app of the %s is synthesized, without credentials",
  async (name, page) => {
    const code = (await block(page, "ts")).replace("<the digest>", "0a".repeat(32));
    const file = join(folder, `${name}.mjs`);
    await writeFile(file, stripTypeScriptTypes(code));
    const env = { PATH: process.env["PATH"], CDK_OUTDIR: join(folder, `${name}.out`) };
    await promisify(execFile)(process.execPath, ["--conditions=source", file], { cwd: folder, env });
    const { Outputs } = JSON.parse(await readFile(join(folder, `${name}.out`, "Uploads.template.json"), "utf8")) as {
      Outputs: object;
    };
    expect(Object.keys(Outputs)).toEqual(["IssueEndpoint"]);
  },
  60_000,
);

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
