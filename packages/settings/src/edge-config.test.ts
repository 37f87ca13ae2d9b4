import { readFileSync } from "node:fs";

import { PresignOnceError } from "@presign-once/core";
import { describe, expect, test } from "vitest";

import { SECRET, settings } from "../../../test/support/edge-settings.ts";
import { tableRows } from "../../../test/support/table-rows.ts";
import { parseEdgeConfig, parseEdgeConfigJson } from "./edge-config.ts";
import { parseVerifyConfigJson } from "./verify-config.ts";

/** Stands in every wrong value that can hold a text, and must never come back. */
const PLANTED = "hunter2-PLANTED";

const NAME = "expected the name of a bucket";
const FOLDER = "expected folders of letters, digits, - . _ ~, each followed by /, 480 characters at most";
const BOOLEAN = "expected true or false";
const LIFE = "expected a whole number of seconds from 1 to 2592000";
const SIZE = "expected a whole number of bytes from 0 to 5368709120";
const STRATEGY = "expected conditional, sealed or versioning";
const ENDPOINT = "expected an http or https URL without a query";
const EDGE_URL = "expected an http or https URL without a path";
const KEY =
  "expected the ARN of a KMS key such as arn:aws:kms:REGION:ACCOUNT:key/ID, and neither an alias nor an id alone";
const KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ORIGINS = "expected origins as browsers send them, such as https://app.example, or *";

/** Every field: its path, the form that its fault names, whether it may be left out, and values that are not of that form. */
const fields: readonly (readonly [path: string, form: string, optional: boolean, wrong: readonly unknown[]])[] = [
  ["region", "expected an AWS region such as eu-west-1, or auto for R2", false, [7, "", `EU ${PLANTED}`]],
  [
    "endpoint",
    ENDPOINT,
    true,
    [7, "", `ftp://${PLANTED}`, `https://${PLANTED}?q`, `https://${PLANTED}:99999`, "https://["],
  ],
  ["forcePathStyle", BOOLEAN, true, [PLANTED, "true", 1]],
  ["uploads", "expected an object", false, [PLANTED, 7, [PLANTED]]],
  ["uploads.bucket", NAME, false, [7, "", "ab", PLANTED, "-bucket", "x".repeat(64)]],
  ["uploads.prefix", FOLDER, true, [7, "", "/", PLANTED, `/${PLANTED}/`, `${PLANTED}//`, "../", "a b/", "%2F/"]],
  [
    "uploads.encryption",
    "expected an object with type AES256, or with type aws:kms and keyArn",
    true,
    [7, "AES256", PLANTED, [PLANTED]],
  ],
  ["uploads.encryption.type", "expected AES256 or aws:kms", false, [7, "", PLANTED, "aws:kms:dsse"]],
  ["uploads.encryption.keyArn", KEY, true, [7, "", PLANTED, "alias/a", KEY_ARN.replace("key/", "alias/")]],
  ["uploads.tags", "expected an object of texts by names of tags", true, [7, PLANTED, [PLANTED], { [PLANTED]: 7 }]],
  ["index", "expected an object", true, [PLANTED, 7, [PLANTED]]],
  ["index.bucket", NAME, true, [7, "", PLANTED]],
  ["index.prefix", FOLDER, true, [7, "", PLANTED, "signatures"]],
  ["index.strategy", STRATEGY, true, [7, "", PLANTED, "Conditional"]],
  [
    "originPath",
    "expected nothing, or a path such as /bucket, without a / at its end",
    true,
    [7, "/", PLANTED, "/a/", "/a?b"],
  ],
  [
    "baseUrl",
    EDGE_URL,
    true,
    [7, "", PLANTED, `https://${PLANTED}/`, `https://u:${PLANTED}@host`, "https://host:99999"],
  ],
  ["signing", "expected at-issue or at-use", true, [7, "", PLANTED]],
  ["expiresInSeconds", LIFE, true, [PLANTED, "900", 0, -1, 1.5, 2_592_001, 1e300]],
  ["maxExpiresInSeconds", LIFE, true, [PLANTED, "900", 0, -1, 1.5, 2_592_001, 1e300]],
  ["maxBytes", SIZE, true, [PLANTED, "900", -1, 1.5, 5_368_709_121, 1e300]],
  ["keys", "expected a list of edge keys", false, [PLANTED, 7, { 0: PLANTED }]],
  ["keys.0", "expected an object with id and secret", true, [PLANTED, 7]],
  ["keys.0.id", "expected 1 to 32 letters, digits, - or _", false, [7, "", `${PLANTED}.1`, "x".repeat(33)]],
  [
    "keys.0.secret",
    "expected 32 random bytes in base64url: 43 characters",
    false,
    [
      7,
      "",
      PLANTED,
      "A".repeat(42),
      "A".repeat(44),
      `${"A".repeat(42)}B`,
      `${"A".repeat(42)}=`,
      `${PLANTED}${"+".repeat(28)}`,
    ],
  ],
  ["keys.0.allows", "expected an object", true, [7, PLANTED, [PLANTED]]],
  ["cors", "expected an object", true, [PLANTED, 7, [PLANTED]]],
  ["cors.origins", "expected a list of origins", false, [PLANTED, 7]],
  [
    "cors.origins.0",
    ORIGINS,
    true,
    [
      7,
      "",
      PLANTED,
      "null",
      "*.example",
      "https://app.example/",
      "https://App.example",
      "https://app.example:443",
      "https://app.example:99999",
    ],
  ],
  ["cors.credentials", "expected true or false", true, [PLANTED, 1, null]],
  ["retries", "expected an object", true, [PLANTED, 7, true, [PLANTED]]],
  [
    "retries.leaseSeconds",
    "expected a whole number of seconds from 1 to 3600",
    true,
    [PLANTED, "300", 0, -1, 1.5, 3601],
  ],
  ["retries.evidence", "expected versions or object", true, [7, "", PLANTED]],
  ["downloads", "expected an object", true, [PLANTED, 7, true, [PLANTED]]],
  [
    "downloads.leaseSeconds",
    "expected a whole number of seconds from 1 to 86400",
    true,
    [PLANTED, "300", 0, -1, 1.5, 86_401],
  ],
  [
    "subjectMetadata",
    "expected a name of 1 to 128 lower-case letters, digits and -, none of filename, presign-once-id, presign-once-attempt",
    true,
    [7, "", "Uploaded-By", "a b", "filename", "presign-once-id", "presign-once-attempt", "x".repeat(129)],
  ],
  ["ifNoneMatch", BOOLEAN, true, [PLANTED, "false", 0]],
  [
    "authorizer",
    'expected "none", or an object of type bearer, jwt or custom',
    false,
    [7, "", PLANTED, true, "bearer"],
  ],
];

test("needs only the required fields, and the rest has the documented defaults", () => {
  expect(parseEdgeConfig(settings())).toEqual({
    region: "eu-west-1",
    forcePathStyle: false,
    uploads: { bucket: "some-uploads", prefix: "uploads/" },
    index: { prefix: "signatures/", strategy: "conditional" },
    originPath: "",
    signing: "at-issue",
    expiresInSeconds: 900,
    maxExpiresInSeconds: 3600,
    maxBytes: 5_368_709_120,
    keys: [{ id: "k1", secret: SECRET }],
    cors: { origins: [], credentials: false },
    ifNoneMatch: false,
    authorizer: { type: "none" },
  });
});

test("refuses retries with the strategy for servers that ignore conditions, and names both fields", () => {
  const asked = settings({ retries: {}, index: { strategy: "versioning" } });
  expect(() => parseEdgeConfig(asked)).toThrow(/retries: expected none with index\.strategy versioning/);
  expect(() => parseVerifyConfigJson(JSON.stringify(asked))).toThrow(/index\.strategy versioning/);
});

test("lets only tickets live longer than the credentials that sign", () => {
  expect(parseEdgeConfig(settings({ maxExpiresInSeconds: 2_592_000, signing: "at-use" }))).toMatchObject({});
  expect(faultsOf(settings({ maxExpiresInSeconds: 3_601 }))).toEqual([
    "maxExpiresInSeconds: expected 3600 or less, or signing at-use: a presigned URL ends with the credentials that signed it",
  ]);
});

test("has the documented defaults for offered retries", () => {
  expect(parseEdgeConfig(settings({ retries: {} })).retries).toEqual({ leaseSeconds: 300, evidence: "versions" });
});

test("offers downloads only if asked to, and never where they would hide uploads", () => {
  expect(parseEdgeConfig(settings({ downloads: {} })).downloads).toEqual({ leaseSeconds: 3600 });
  for (const prefix of ["d/", "d/in/"]) {
    const hidden = settings({ downloads: {}, uploads: { bucket: "some-uploads", prefix } });
    expect(faultsOf(hidden)).toEqual(["downloads: expected another uploads.prefix than d/, where the links are"]);
    expect(() => parseVerifyConfigJson(JSON.stringify(hidden))).toThrow(/^downloads: /);
    expect(() => parseEdgeConfig({ ...hidden, downloads: undefined })).not.toThrow();
  }
});

test("keeps every setting as given", () => {
  const all = {
    region: "auto",
    endpoint: "http://127.0.0.1:9000/prefix",
    forcePathStyle: true,
    uploads: { bucket: "bucket.with-dots.1", prefix: "a/b.c/" },
    index: { bucket: "another", prefix: "~once_/", strategy: "sealed" as const },
    originPath: "/prefix/bucket.with-dots.1",
    baseUrl: "http://127.0.0.1:8080",
    signing: "at-use" as const,
    expiresInSeconds: 259_200,
    maxExpiresInSeconds: 2_592_000,
    maxBytes: 0,
    keys: [
      { id: "new", secret: SECRET },
      { id: "old_-1", secret: "A".repeat(43), allows: { uploads: ["tenant-7/"], downloads: ["", "a/"] } },
    ],
    cors: { origins: ["https://app.example", "http://localhost:5173", "*"], credentials: false },
    retries: { leaseSeconds: 60, evidence: "object" as const },
    downloads: { leaseSeconds: 86_400 },
    subjectMetadata: "uploaded-by",
    ifNoneMatch: true,
    authorizer: { type: "custom" as const },
  };
  expect(parseEdgeConfig(all)).toEqual(all);
});

describe.each(fields)("%s", (path, form, optional, wrong) => {
  test("is refused in the wrong form, with its name and the expected form, without its value", () => {
    for (const value of [...wrong, null, ...(form.includes("an object") ? [] : [{ [PLANTED]: PLANTED }])]) {
      const faults = faultsOf(withField(path, value));
      expect([value, faults.filter((fault) => fault.startsWith(`${path}: `))]).toEqual([
        value,
        expect.arrayContaining([`${path}: ${form}`]),
      ]);
      expect(faults.join("; ")).not.toContain(PLANTED);
    }
  });

  test(optional ? "may be left out" : "is required", () => {
    const without = withField(path, undefined);
    if (optional) expect(() => parseEdgeConfig(without)).not.toThrow(/: missing/);
    else expect(faultsOf(without)).toContain(`${path}: missing, ${form}`);
  });
});

test("refuses an unknown field by name at every depth, without its value", () => {
  const { uploads, keys } = settings();
  const unknown = {
    ...settings(),
    bucket: PLANTED,
    uploads: { ...uploads, acl: PLANTED },
    index: { ttl: PLANTED },
    keys: [{ ...keys[0], comment: PLANTED }],
    cors: { origins: [], methods: [PLANTED] },
  };
  expect(faultsOf(unknown).sort()).toEqual([
    "bucket: unknown field",
    "cors.methods: unknown field",
    "index.ttl: unknown field",
    "keys.0.comment: unknown field",
    "uploads.acl: unknown field",
  ]);
});

test("refuses a __proto__ in the JSON, which changes nothing", () => {
  const json = JSON.stringify(settings()).replace("{", '{"__proto__":{"ifNoneMatch":true},');
  expect(() => parseEdgeConfigJson(json)).toThrow("__proto__: unknown field");
});

test("names several faults at once", () => {
  const faults = faultsOf({
    region: 7,
    uploads: {},
    index: { strategy: PLANTED },
    keys: [],
    authorizer: "none",
    extra: 1,
  });
  expect(faults.sort()).toEqual([
    "extra: unknown field",
    `index.strategy: ${STRATEGY}`,
    "keys: expected at least one edge key",
    "region: expected an AWS region such as eu-west-1, or auto for R2",
    `uploads.bucket: missing, ${NAME}`,
  ]);
});

test("names each wrong field once", () => {
  for (const [path, , , wrong] of fields)
    for (const value of wrong) {
      const named = faultsOf(withField(path, value)).map((fault) => fault.split(":")[0]);
      expect([path, value, named.filter((name) => name === path).length]).toEqual([path, value, 1]);
    }
});

test("the index may not share a folder with the uploads of the same bucket", () => {
  const overlapping: [uploads: string, index: string][] = [
    ["same/", "same/"],
    ["a/", "a/signatures/"],
    ["signatures/uploads/", "signatures/"],
  ];
  for (const [prefix, indexPrefix] of overlapping) {
    const uploads = { bucket: "some-uploads", prefix };
    const fault = "index.prefix: expected another folder than uploads.prefix, in the same bucket";
    expect(faultsOf(settings({ uploads, index: { prefix: indexPrefix } }))).toEqual([fault]);
    expect(faultsOf(settings({ uploads, index: { bucket: "some-uploads", prefix: indexPrefix } }))).toEqual([fault]);
    expect(() =>
      parseEdgeConfig(settings({ uploads, index: { bucket: "another", prefix: indexPrefix } })),
    ).not.toThrow();
  }
  const apart = settings({ uploads: { bucket: "some-uploads", prefix: "a/" }, index: { prefix: "ab/" } });
  expect(() => parseEdgeConfig(apart)).not.toThrow();
});

test("limits the default lifetime to the maximum", () => {
  const fault = "expiresInSeconds: expected maxExpiresInSeconds or less (default 900)";
  expect(faultsOf(settings({ expiresInSeconds: 61, maxExpiresInSeconds: 60 }))).toEqual([fault]);
  expect(faultsOf(settings({ maxExpiresInSeconds: 899 }))).toEqual([fault]);
  expect(parseEdgeConfig(settings({ maxExpiresInSeconds: 900 }))).toMatchObject({ expiresInSeconds: 900 });
});

test("has the same defaults for no index as for an empty one", () => {
  const { index: _index, ...rest } = settings();
  expect(parseEdgeConfig(rest)).toEqual(parseEdgeConfig(settings({ index: {} })));
});

test("refuses folders of a key that are none", () => {
  const allows = { uploads: ["a"], downloads: PLANTED };
  const keys = [
    { id: "1", secret: SECRET },
    { id: "2", secret: SECRET, allows },
  ];
  expect(faultsOf({ ...settings(), keys })).toEqual([
    `keys.1.allows.uploads.0: ${FOLDER}`,
    "keys.1.allows.downloads: expected a list of folders",
  ]);
});

test("refuses a limit of the first key, which signs for /url", () => {
  const keys = ["first", "second"].map((id) => ({ id, secret: SECRET, allows: { uploads: [] } }));
  expect(faultsOf(settings({ keys }))).toEqual(["keys.0.allows: expected none: the first key signs what /url issues"]);
});

test("refuses to mark objects with the subject of an authorizer that names none", () => {
  const fault = "subjectMetadata: expected none with authorizer none, which names no caller";
  expect(faultsOf(settings({ subjectMetadata: "uploaded-by" }))).toEqual([fault]);
  const custom = settings({ subjectMetadata: "uploaded-by", authorizer: { type: "custom" } });
  expect(parseEdgeConfig(custom)).toMatchObject({ subjectMetadata: "uploaded-by" });
});

test("refuses two keys with one id", () => {
  const keys = ["same", "other", "same"].map((id) => ({ id, secret: SECRET }));
  expect(faultsOf(settings({ keys }))).toEqual(["keys: expected every id once"]);
});

test("refuses input that is no object or no JSON, without quoting it", () => {
  for (const value of [undefined, null, 7, PLANTED, [settings()], true])
    expect(faultsOf(value)).toEqual([expect.stringMatching(/^config: (?:missing, )?expected an object$/)]);
  for (const json of ["", PLANTED, `{"region":"${PLANTED}"`, `{"keys":${PLANTED}}`, "\u{FEFF}{}"]) {
    const error = thrownBy(() => parseEdgeConfigJson(json));
    expect([error.code, error.message, error.cause]).toEqual(["CONFIG_INVALID", "config: expected JSON", undefined]);
  }
});

test("parses valid JSON", () => {
  expect(parseEdgeConfigJson(JSON.stringify(settings()))).toEqual(parseEdgeConfig(settings()));
});

describe("credentials", () => {
  const refused =
    "cors.credentials: expected false, or cors.origins without *: no browser takes credentials together with any origin";
  const rules = (origins: string[], credentials: boolean) => settings({ cors: { origins, credentials } });

  test.each([[["*"]], [["https://app.example", "*"]]])("are refused together with *: %j", (origins) => {
    expect(faultsOf(rules(origins, true))).toEqual([refused]);
    expect(parseEdgeConfig(rules(origins, false)).cors.credentials).toBe(false);
  });

  test("are accepted with named origins", () => {
    expect(parseEdgeConfig(rules(["https://app.example"], true)).cors.credentials).toBe(true);
  });
});

test("docs/edge.md lists every field, with its default and form", () => {
  const rows = tableRows(readFileSync(new URL("../../../docs/edge.md", import.meta.url), "utf8"), "Settings");
  const documented = rows.map(([field = ""]) => field.replace("[]", ".0"));
  const leaves = fields
    .map(([path]) => path)
    .filter(
      (path) =>
        ["keys", "index", "retries"].includes(path) || !/^(?:uploads|cors|keys\.0|cors\.origins\.0)$/.test(path),
    );
  expect(documented).toEqual(leaves);
  const { index, uploads, expiresInSeconds, maxExpiresInSeconds, maxBytes, forcePathStyle, ifNoneMatch } =
    parseEdgeConfig(settings());
  const lives = { expiresInSeconds, maxExpiresInSeconds, maxBytes };
  const defaults = { ...index, "uploads.prefix": uploads.prefix, ...lives, forcePathStyle, ifNoneMatch };
  for (const [name, value] of Object.entries(defaults)) {
    const row = rows.find(([field = ""]) => [name, `index.${name}`].includes(field));
    expect([name, row?.[2]]).toEqual([name, String(value)]);
  }
  for (const [field = "", , byDefault] of rows) {
    const { [field]: optional } = Object.fromEntries(
      fields.map(([path, , isOptional]) => [path.replace(".0", "[]"), isOptional]),
    );
    expect([field, byDefault === "required"]).toEqual([field, field === "cors.origins" ? false : !optional]);
  }
});

test("the settings in the README are valid once they have a secret", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const json = /```json\n(.*?)```/s.exec(readme)?.[1] ?? "";
  expect(faultsOf(JSON.parse(json))).toEqual(["keys.0.secret: expected 32 random bytes in base64url: 43 characters"]);
  expect(() => parseEdgeConfigJson(json.replace("<43 characters>", SECRET))).not.toThrow();
});

/** Valid settings in which one field, a path with dots, has another value, or is absent for `undefined`. */
function withField(path: string, value: unknown): unknown {
  const config: Record<string, unknown> = structuredClone(
    settings({
      uploads: { bucket: "some-uploads", encryption: { type: "aws:kms", keyArn: KEY_ARN } },
      ...{ cors: { origins: [] }, retries: {}, downloads: {} },
    }),
  );
  const names = path.split(".");
  const last = names.pop() ?? "";
  const parent = names.reduce((object, name) => object[name] as Record<string, unknown>, config);
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return config;
}

function faultsOf(value: unknown): string[] {
  const error = thrownBy(() => parseEdgeConfig(value));
  expect(error.code).toBe("CONFIG_INVALID");
  expect(error.cause).toBeUndefined();
  return error.message.split("; ");
}

function thrownBy(work: () => unknown): PresignOnceError {
  try {
    work();
  } catch (error) {
    if (error instanceof PresignOnceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
