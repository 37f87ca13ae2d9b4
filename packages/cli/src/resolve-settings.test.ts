import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import { resolveSettings, type SettingFlags } from "./resolve-settings.ts";
import { DEFAULT_CONFIG_FILE, settingNames, SETTINGS } from "./settings.ts";

const SECRET = Buffer.alloc(32, "planted").toString("base64url");
/** Settings as the functions are bundled with. */
const FUNCTIONS = {
  region: "eu-west-1",
  uploads: { bucket: "file-uploads" },
  index: { bucket: "file-index", prefix: "file/", strategy: "versioning" },
  endpoint: "https://file.example",
  baseUrl: "https://edge.file.example",
  keys: [{ id: "k1", secret: SECRET }],
  authorizer: "none",
};
/** The value of each setting in the environment and by flag. */
const VALUES = {
  bucket: ["env-uploads", "flag-uploads"],
  indexBucket: ["env-index", "flag-index"],
  region: ["us-east-2", "us-west-2"],
  endpoint: ["https://env.example", "https://flag.example"],
  prefix: ["env/", "flag/"],
  strategy: ["sealed", "versioning"],
  baseUrl: ["https://edge.env.example", "https://edge.flag.example"],
} as const;

/** Resolves in a directory of its own, with a settings file if one is given. */
async function resolve({
  flags = {},
  env = {},
  file,
  uploads = false,
  fileName = DEFAULT_CONFIG_FILE,
}: {
  flags?: SettingFlags;
  env?: Record<string, string>;
  file?: unknown;
  uploads?: boolean;
  fileName?: string;
}) {
  const directory = await mkdtemp(join(tmpdir(), "presign-once-cli-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const json = typeof file === "string" ? file : JSON.stringify(file);
  if (file !== undefined) await writeFile(join(directory, fileName), json);
  return resolveSettings(flags, { env, directory }, { uploads });
}

describe("the nearest setting counts:", () => {
  test("the file's, if there is no other", async () => {
    expect(await resolve({ file: FUNCTIONS })).toMatchObject({
      ...FUNCTIONS,
      uploads: { bucket: "file-uploads", prefix: "uploads/" },
      forcePathStyle: false,
      authorizer: "none",
    });
  });

  test.each(settingNames)("for %s the flag's, then the environment's, then the file's", async (name) => {
    const { flag, variable, field } = SETTINGS[name];
    const [set, given] = VALUES[name];
    const read = async (options: object) => {
      const config = (await resolve({ file: FUNCTIONS, ...options })) as Record<string, unknown>;
      return field.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config);
    };
    expect(await read({ env: { [variable]: set }, flags: { [flag]: given } })).toBe(given);
    expect(await read({ env: { [variable]: set } })).toBe(set);
    expect(await read({ env: { [variable]: "" } })).toBe(await read({}));
  });

  test("a file named by flag or environment, instead of the one in the directory", async () => {
    const file = { ...FUNCTIONS, region: "eu-north-1" };
    for (const named of [{ flags: { config: "other.json" } }, { env: { PRESIGN_ONCE_CONFIG: "other.json" } }])
      expect(await resolve({ ...named, file, fileName: "other.json" })).toMatchObject({ region: "eu-north-1" });
  });

  test("an endpoint from flag or environment uses path-style buckets", async () => {
    expect(await resolve({ file: FUNCTIONS, flags: { endpoint: "http://127.0.0.1:9000" } })).toMatchObject({
      forcePathStyle: true,
    });
  });
});

describe("a bucket from flag or environment", () => {
  const of = async (options: object) => {
    const { uploads, index } = await resolve({ file: FUNCTIONS, ...options });
    return [uploads.bucket, index.bucket];
  };
  test("is used for uploads and index", async () => {
    expect(await of({ flags: { bucket: "named" } })).toEqual(["named", "named"]);
    expect(await of({ env: { PRESIGN_ONCE_BUCKET: "named" } })).toEqual(["named", "named"]);
  });

  test("unless the other one is given in the same way", async () => {
    expect(await of({ flags: { bucket: "one", "index-bucket": "two" } })).toEqual(["one", "two"]);
    expect(await of({ env: { PRESIGN_ONCE_INDEX_BUCKET: "two" }, flags: { bucket: "one" } })).toEqual(["one", "one"]);
    expect(await of({ env: { PRESIGN_ONCE_BUCKET: "one" }, flags: { "index-bucket": "two" } })).toEqual(["one", "two"]);
  });
});

describe("for issue, a bucket from flag or environment", () => {
  const of = async (options: object) => {
    const { uploads, index } = await resolve({ file: FUNCTIONS, uploads: true, ...options });
    return [uploads.bucket, index.bucket];
  };
  const [one, two] = ["one-PLANTED", "two-PLANTED"];
  const both =
    "or name both, with --bucket and --index-bucket or with PRESIGN_ONCE_BUCKET and PRESIGN_ONCE_INDEX_BUCKET";

  const ambiguous: [by: string, options: object][] = [
    ["--bucket", { flags: { bucket: one } }],
    ["--bucket", { flags: { bucket: "file-index" } }],
    ["--bucket", { flags: { bucket: "file-uploads" } }],
    ["PRESIGN_ONCE_BUCKET", { env: { PRESIGN_ONCE_BUCKET: one } }],
    ["--bucket", { flags: { bucket: one }, env: { PRESIGN_ONCE_INDEX_BUCKET: two } }],
    ["--bucket", { flags: { bucket: one }, env: { PRESIGN_ONCE_BUCKET: two, PRESIGN_ONCE_INDEX_BUCKET: two } }],
    ["--bucket", { flags: { bucket: one }, file: { ...FUNCTIONS, uploads: {} } }],
  ];
  test.each(ambiguous)("is refused as %s if the file has two buckets: %j", async (by, options) => {
    const error = await of(options).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    expect(String(error)).toContain(`${by}: stands for both buckets, which are two in ${DEFAULT_CONFIG_FILE}: `);
    expect(String(error)).toContain(both);
    expect(String(error)).not.toContain("PLANTED");
  });

  const clear: [options: object, buckets: [string, string]][] = [
    [{}, ["file-uploads", "file-index"]],
    [{ flags: { bucket: "one", "index-bucket": "two" } }, ["one", "two"]],
    [{ env: { PRESIGN_ONCE_BUCKET: "one", PRESIGN_ONCE_INDEX_BUCKET: "two" } }, ["one", "two"]],
    [{ env: { PRESIGN_ONCE_BUCKET: "one" }, flags: { "index-bucket": "two" } }, ["one", "two"]],
    [{ env: { PRESIGN_ONCE_INDEX_BUCKET: "two" } }, ["file-uploads", "two"]],
    [{ flags: { "index-bucket": "two" } }, ["file-uploads", "two"]],
    [{ flags: { bucket: "one" }, file: { ...FUNCTIONS, index: {} } }, ["one", "one"]],
    [{ flags: { bucket: "one" }, file: { ...FUNCTIONS, index: { bucket: "file-uploads" } } }, ["one", "one"]],
    [{ flags: { bucket: "file-index" }, file: { ...FUNCTIONS, uploads: {} } }, ["file-index", "file-index"]],
    [{ flags: { bucket: "one" }, file: { ...FUNCTIONS, uploads: undefined, index: undefined } }, ["one", "one"]],
  ];
  test.each(clear)("is used if its meaning is clear: %j", async (options, buckets) => {
    const [uploads, index = uploads] = await of(options);
    expect([uploads, index]).toEqual(buckets);
  });
});

test("two flags are enough to read the index, which may be in another bucket than the uploads", async () => {
  expect(await resolve({ flags: { bucket: "some-bucket", region: "eu-west-1" } })).toMatchObject({
    uploads: { bucket: "some-bucket" },
    index: { bucket: "some-bucket", prefix: "signatures/", strategy: "conditional" },
  });
  expect(await resolve({ flags: { "index-bucket": "some-index", region: "eu-west-1" } })).toMatchObject({
    index: { bucket: "some-index" },
  });
  expect(await resolve({ file: { region: "eu-west-1", index: { bucket: "some-index" } } })).toMatchObject({
    index: { bucket: "some-index" },
  });
});

describe("names a mistake by flag, variable or field, without its value:", () => {
  const PLANTED = "hunter2 PLANTED";
  const sound = { region: "eu-west-1", bucket: "some-bucket" };
  const mistakes: [name: string, options: Parameters<typeof resolve>[0], message: string | RegExp][] = [
    [
      "no region",
      { flags: { bucket: "some-bucket" } },
      "region is missing: set it with --region, with AWS_REGION, or in the field region of presign-once.config.json",
    ],
    [
      "no bucket",
      { flags: { region: "eu-west-1" } },
      "bucket is missing: set it with --bucket, with PRESIGN_ONCE_BUCKET, or in the field uploads.bucket of presign-once.config.json",
    ],
    [
      "no bucket for uploads, where they are needed",
      { flags: { region: "eu-west-1", "index-bucket": "some-index" }, uploads: true },
      "bucket is missing: ",
    ],
    ["a flag", { flags: { ...sound, region: PLANTED } }, "--region: expected an AWS region"],
    ["a flag without a value", { flags: { ...sound, region: "" } }, "--region: expected an AWS region"],
    ["a bucket", { flags: { ...sound, bucket: PLANTED } }, "--bucket: expected the name of a bucket"],
    [
      "an index bucket",
      { flags: { ...sound, "index-bucket": PLANTED } },
      "--index-bucket: expected the name of a bucket",
    ],
    ["a prefix", { flags: { ...sound, prefix: PLANTED } }, "--prefix: expected folders of"],
    ["a strategy", { flags: { ...sound, strategy: PLANTED } }, "--strategy: expected conditional, "],
    [
      "a variable",
      { flags: sound, env: { PRESIGN_ONCE_ENDPOINT: PLANTED } },
      "PRESIGN_ONCE_ENDPOINT: expected an http",
    ],
    [
      "a field",
      { file: { ...FUNCTIONS, index: { prefix: PLANTED } } },
      `${DEFAULT_CONFIG_FILE}: index.prefix: expected`,
    ],
    [
      "a field of the wrong kind",
      { file: { ...FUNCTIONS, uploads: PLANTED } },
      `${DEFAULT_CONFIG_FILE}: uploads: expected`,
    ],
    ["unknown fields", { file: { ...FUNCTIONS, a: 1, index: { b: 1 } } }, /index\.b: unknown field.*a: unknown field/],
    [
      "a secret",
      { file: { ...FUNCTIONS, keys: [{ id: "k", secret: PLANTED }] } },
      `${DEFAULT_CONFIG_FILE}: keys.0.secret: expected`,
    ],
    ["no JSON", { file: `{"keys": ${PLANTED}` }, `${DEFAULT_CONFIG_FILE}: expected JSON`],
    ["no object", { file: [PLANTED] }, `${DEFAULT_CONFIG_FILE}: expected an object`],
    [
      "a named file that is not there",
      { flags: { config: `${PLANTED}.json` } },
      "--config: the settings file cannot be read: it does not exist (ENOENT)",
    ],
    [
      "a file that the environment names and that is not there",
      { env: { PRESIGN_ONCE_CONFIG: PLANTED } },
      "PRESIGN_ONCE_CONFIG: the settings file cannot be read: it does not exist (ENOENT)",
    ],
    ...(["--bucket", "PRESIGN_ONCE_BUCKET"] as const).map((by): [string, object, RegExp] => [
      `one bucket of another form that ${by} names for both, once`,
      by === "--bucket"
        ? { file: { region: "eu-west-1" }, flags: { bucket: "B_PLANTED" } }
        : { file: { region: "eu-west-1" }, env: { [by]: "B_PLANTED" } },
      new RegExp(`^${by}: expected the name of a bucket$`),
    ]),
    [
      "two buckets of another form, each under its own name",
      { file: FUNCTIONS, flags: { bucket: "B_", "index-bucket": "C_" } },
      /^--bucket: expected the name of a bucket; --index-bucket: expected the name of a bucket$/,
    ],
    [
      "the same in the file, by both fields",
      { file: { ...FUNCTIONS, uploads: { bucket: "B_" }, index: { bucket: "B_" } } },
      /: uploads\.bucket: expected the name of a bucket; .*: index\.bucket: expected the name of a bucket$/,
    ],
    ["a folder", { flags: { config: "." } }, "--config: the settings file cannot be read: it is a folder (EISDIR)"],
  ];
  test.each(mistakes)("%s", async (_name, options, message) => {
    const error = await resolve(options).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    expect(error?.message).toMatch(typeof message === "string" ? "" : message);
    if (typeof message === "string") expect(error?.message).toContain(message);
    expect(error?.message).not.toContain("PLANTED");
    expect(error?.message).not.toContain("\n");
  });

  test("in a named file, by the name of the file", async () => {
    const file = { ...FUNCTIONS, region: 7 };
    await expect(resolve({ flags: { config: "other.json" }, file, fileName: "other.json" })).rejects.toThrow(
      "other.json: region: expected",
    );
  });
});
