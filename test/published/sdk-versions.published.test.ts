import { randomBytes } from "node:crypto";
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { EXAMPLES } from "../relay/examples.ts";
import { processEnv, runExample } from "../relay/run-example.ts";
import { startR2 } from "../servers/r2.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { createEmptyProject, type EmptyProject, readmeExample } from "./empty-project.ts";
import { packPackages, succeed } from "./pack-packages.ts";
import { uploadTwice } from "./upload-twice.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAMES = ["core", "adapter-s3", "settings", "issuer", "adapter-fetch"];
/** The oldest version of the AWS SDK that the packages take, and the one that the workspace is tested with. */
const SDKS = ["3.700.0", await pinnedSdk()];
/** What a project passes of its own SDK to the packages; checked, not run. */
const TYPES = `
  import { S3Client } from "@aws-sdk/client-s3";
  import * as s3 from "@presign-once/adapter-s3";
  import { createS3UploadSink } from "@presign-once/adapter-s3/sink";
  const client = new S3Client({ region: "eu-west-1" });
  const bucket = "my-bucket";
  s3.createConditionalIndex({ s3: s3.createSdkIndexS3(client), bucket });
  s3.createS3Presigner({ s3: client, bucket });
  s3.createS3DownloadSource({ s3: client, bucket });
  createS3UploadSink({ s3: client, bucket });
`;

let folder: string;
let tarballs: Record<string, string>;
let r2: S3Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-tarballs-"));
  tarballs = await packPackages(NAMES, folder);
  r2 = await startR2({ buckets: ["my-index", "my-uploads"] });
}, 300_000);
afterAll(async () => {
  await r2?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

describe.each(SDKS)("beside version %s of the AWS SDK", (version) => {
  let project: EmptyProject;
  beforeAll(async () => {
    const sdk = { "@aws-sdk/client-s3": version, "@aws-sdk/lib-storage": version };
    project = await createEmptyProject(24, { ...tarballs, ...sdk });
  }, 300_000);
  afterAll(() => project?.remove());

  test("there is one copy of it", async () => {
    const copies = globSync("node_modules/**/@aws-sdk/{client-s3,lib-storage}/package.json", { cwd: project.folder });
    const versions = copies.map(async (file) => JSON.parse(await readFile(join(project.folder, file), "utf8")).version);
    expect(await Promise.all(versions)).toEqual([version, version]);
  });

  test("its client has the types that the packages expect, without skipLibCheck", async () => {
    await writeFile(join(project.folder, "types.ts"), TYPES);
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
    const target = ["--noEmit", "--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom,dom.iterable"];
    const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules/@types"), "--skipLibCheck", "false"];
    await succeed("tsc", [...strict, ...target, ...types, "types.ts"], project.folder);
  });

  test("an index claims once, through a presigner's URL", async () => {
    const access = JSON.stringify({ region: r2.region, endpoint: r2.endpoint, forcePathStyle: true });
    const example = await readmeExample("adapter-s3", 0, { '{ region: "eu-west-1" }': access });
    const { accessKeyId, secretAccessKey } = r2.credentials;
    const said = await project.run(example, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
    expect(said.match(/status: '[\w-]+'/g)?.slice(0, 3)).toEqual([
      "status: 'registered'",
      "status: 'claimed'",
      "status: 'already-claimed'",
    ]);
  });

  test("a relay stores one upload of a URL", async () => {
    await writeFile(join(project.folder, "relay.ts"), await readFile(join(EXAMPLES, "node/server.ts"), "utf8"));
    const env = processEnv(r2, "my-uploads", randomBytes(32).toString("base64url"));
    const relay = await runExample(project.folder, "relay.ts", { ...env, NODE_NO_WARNINGS: "1" }, []);
    try {
      expect(await uploadTwice(relay.url)).toEqual([200, 403]);
    } finally {
      await relay.stop();
    }
  });

  // With the pinned version they are unit tests.
  if (version === SDKS[0])
    test("the tests of adapter-s3 pass with it", async () => {
      const config = ["--config", "test/published/other-sdk.config.ts"];
      await succeed("vitest", ["run", ...config, "packages/adapter-s3"], ROOT, {
        SDK_FROM: project.folder,
        TEST_SUITE: "",
      });
    }, 300_000);
});

/** The version of the AWS SDK that this workspace is locked to. */
async function pinnedSdk(): Promise<string> {
  const { devDependencies } = JSON.parse(await readFile(join(ROOT, "packages/adapter-s3/package.json"), "utf8"));
  return devDependencies["@aws-sdk/client-s3"];
}
