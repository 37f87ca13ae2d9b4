import { strategyNames } from "@presign-once/adapter-s3/strategies";

/** One setting of the operator's tools, and the three names that can set it. */
interface Setting {
  /** Without the two hyphens. */
  readonly flag: string;
  readonly variable: string;
  /** Of the settings file; also what faults name. */
  readonly field: string;
  /** What stands for its value in `--help`. */
  readonly value: string;
  readonly help: string;
}

/** Settings of the file when none is named. */
export const DEFAULT_CONFIG_FILE = "presign-once.config.json";
/** Variable that names the settings file. */
export const CONFIG_VARIABLE = "PRESIGN_ONCE_CONFIG";

/** Every setting that has a flag. The file has more: all that the functions have. */
export const SETTINGS = {
  bucket: {
    flag: "bucket",
    variable: "PRESIGN_ONCE_BUCKET",
    field: "uploads.bucket",
    value: "NAME",
    help: "bucket of the uploads; the index is in it too, unless that is named",
  },
  indexBucket: {
    flag: "index-bucket",
    variable: "PRESIGN_ONCE_INDEX_BUCKET",
    field: "index.bucket",
    value: "NAME",
    help: "bucket of the index",
  },
  region: {
    flag: "region",
    variable: "AWS_REGION",
    field: "region",
    value: "REGION",
    help: "of the buckets",
  },
  endpoint: {
    flag: "endpoint",
    variable: "PRESIGN_ONCE_ENDPOINT",
    field: "endpoint",
    value: "URL",
    help: "another S3 server than AWS; implies buckets in the path",
  },
  prefix: {
    flag: "prefix",
    variable: "PRESIGN_ONCE_PREFIX",
    field: "index.prefix",
    value: "FOLDER",
    help: "folder of the index (default signatures/)",
  },
  strategy: {
    flag: "strategy",
    variable: "PRESIGN_ONCE_STRATEGY",
    field: "index.strategy",
    value: "NAME",
    help: `${strategyNames.join(", ")} (default ${strategyNames[0]})`,
  },
  baseUrl: {
    flag: "base-url",
    variable: "PRESIGN_ONCE_BASE_URL",
    field: "baseUrl",
    value: "URL",
    help: "where clients reach the edge, such as https://d111111abcdef8.cloudfront.net",
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** Every setting's name. */
export const settingNames = Object.keys(SETTINGS) as SettingName[];

const text = { type: "string" } as const;

/** The flags that name the index, as `parseArgs` takes them. */
export const indexFlags = {
  bucket: text,
  "index-bucket": text,
  region: text,
  endpoint: text,
  prefix: text,
  strategy: text,
  config: text,
} as const;

/**
 * The lines of `--help` about settings.
 *
 * @param names  of those that a command has flags for
 */
export function describeSettings(names: readonly SettingName[]): string {
  const rows = names.map((name) => SETTINGS[name]);
  const flags = rows.map(({ flag, value, help }) => `  ${`--${flag} ${value}`.padEnd(20)} ${help}\n`);
  const places = rows.map(({ flag, variable, field }) => {
    return `  --${flag.padEnd(14)} ${variable.padEnd(26)} ${field}\n`;
  });
  return `${flags.join("")}  ${"--config FILE".padEnd(20)} settings file (default ${DEFAULT_CONFIG_FILE}, if there is one)

The nearest word counts: the flag, then the variable, then the field of the settings file, which is the file that
the functions are bundled with, or less of it. Where it holds the edge keys, the tag of a URL is verified as well.

${places.join("")}  --${"config".padEnd(14)} ${CONFIG_VARIABLE}

A bucket that is named nearer than the file stands for both, unless the other one is named as near.
Credentials come from the usual AWS variables, files and roles.
`;
}
