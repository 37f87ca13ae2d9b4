import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // the compiler

const PACKAGE = resolve(import.meta.dirname, "..");
const TYPES = resolve(PACKAGE, "..", "..", "node_modules", "@types");
const TSC = resolve(PACKAGE, "..", "..", "node_modules", ".bin", "tsc");

/** A project that has this package as it is published, and no Pulumi, as an SST app has it. */
let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "presign-once-types-"));
  const scope = join(project, "node_modules", "@presign-once");
  const installed = join(scope, "deploy-sst");
  await mkdir(installed, { recursive: true });
  await writeFile(join(installed, "package.json"), JSON.stringify({ type: "module", exports: "./dist/index.js" }));
  for (const name of ["adapter-s3", "settings"]) await symlink(resolve(PACKAGE, "..", name), join(scope, name));
  const output = ["--outDir", join(installed, "dist"), "--customConditions", "source", "--emitDeclarationOnly"];
  expect(await tsc(PACKAGE, "-p", "tsconfig.build.json", ...output, "--rootDir", "src", "--noCheck")).toBe("");
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** What the compiler says. */
function tsc(cwd: string, ...args: string[]): Promise<string> {
  return new Promise((done) => execFile(TSC, args, { cwd }, (_error, stdout) => done(stdout)));
}

test("where Pulumi cannot be resolved, types are still checked", async () => {
  await writeFile(
    join(project, "app.ts"),
    `import { singleUseUploads, type SingleUseUploadsArgs } from "@presign-once/deploy-sst";
declare const aws: { s3: object; lambda: object; iam: object; cloudfront: object };
declare const pulumi: { CustomResource: unknown; Output: unknown; asset: object };
const args = { authorizer: "none" } satisfies SingleUseUploadsArgs;
const uploads = singleUseUploads({ aws, pulumi }, "Uploads", args);
uploads.url.apply((url) => url.toUpperCase());
uploads.issueRole.arn.apply((arn) => arn.toUpperCase());
// @ts-expect-error -- no authorizer
export const number = { authorizer: 5 } satisfies SingleUseUploadsArgs;
// @ts-expect-error -- bucket is a text
export const bucket = { authorizer: "none", bucket: 5 } satisfies SingleUseUploadsArgs;
// @ts-expect-error -- no providers
singleUseUploads({ aws }, "Uploads", args);
// @ts-expect-error -- url is a text that is known later
export const url: string = uploads.url;
// @ts-expect-error -- so is the ARN of a role
uploads.issueRole.arn.apply((arn: number) => arn);
`,
  );
  const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--customConditions", "source"];
  const more = ["--allowImportingTsExtensions", "--types", "node", "--typeRoots", TYPES, "--target", "es2023"];
  expect(await tsc(project, ...flags, ...more, "app.ts")).toBe("");
});
