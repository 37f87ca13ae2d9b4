import type { OxlintOverride } from "oxlint";

/** A folder of the workspace and what its files may import beside their own package's files. */
interface Layer {
  /** Folder or file, from the root of the workspace. A later row that covers the same file replaces an earlier one. */
  readonly path: string;
  /** Names, or prefixes ending in `*`. */
  readonly mayImport: readonly string[];
  /** Folders of the same package that these files may not import from. */
  readonly mayNotReach?: readonly string[];
}

const s3 = ["@presign-once/core", "@aws-sdk/*", "node:*"];
const edge = [...s3, "@presign-once/core/http", "@presign-once/adapter-s3", "zod", "zod/*"];
const fetch = ["@presign-once/core", "@presign-once/core/http"];
const deploy = ["@presign-once/adapter-edge", "@pulumi/*", "node:*"];
const operator = [
  "@presign-once/core",
  "@presign-once/core/http",
  "@presign-once/core/operator",
  "@presign-once/adapter-s3",
  "@presign-once/adapter-s3/doctor",
  "@presign-once/adapter-edge/config",
  "node:*",
];

/** Which way the arrows point: inward, to `core`. A package without a row may import nothing. */
const layers: readonly Layer[] = [
  { path: "packages/*/src", mayImport: [] },
  { path: "packages/core/src", mayImport: [], mayNotReach: ["http", "operator", "testing"] },
  { path: "packages/core/src/http", mayImport: [], mayNotReach: ["operator", "testing"] },
  { path: "packages/core/src/operator", mayImport: [], mayNotReach: ["http", "testing"] },
  { path: "packages/core/src/testing", mayImport: [] },
  { path: "packages/adapter-s3/src", mayImport: s3 },
  { path: "packages/adapter-s3/src/doctor", mayImport: [...s3, "@presign-once/core/testing"] },
  { path: "packages/adapter-edge/src", mayImport: edge },
  { path: "packages/adapter-edge/src/jwt-authorizer.ts", mayImport: [...edge, "jose"] },
  { path: "packages/adapter-edge/src/bundle", mayImport: [...edge, "esbuild"] },
  { path: "packages/adapter-edge/src/composition.ts", mayImport: [...edge, "tsyringe"] },
  { path: "packages/adapter-fetch/src", mayImport: fetch },
  { path: "packages/adapter-fetch/src/node", mayImport: [...fetch, "node:*"] },
  { path: "packages/adapter-fetch/src/sha256.ts", mayImport: [...fetch, "@noble/hashes/*"] },
  { path: "packages/deploy-sst/src", mayImport: deploy },
  { path: "packages/deploy-sst/src/bundle", mayImport: [...deploy, "@presign-once/adapter-edge/bundle", "esbuild"] },
  { path: "packages/client/src", mayImport: [] },
  { path: "packages/cli/src", mayImport: operator },
  {
    path: "packages/local-edge/src",
    mayImport: ["@presign-once/adapter-edge/bundle", "@presign-once/adapter-s3", "@aws-sdk/*", "miniflare", "node:*"],
  },
  {
    path: "packages/local-edge/src/page",
    mayImport: ["@presign-once/client", "esbuild", "node:*"],
  },
];

/** What tests may import on top of their layer. */
const testsMayImport = ["@presign-once/core/testing", "@presign-once/test/*", "node:*", "vitest", "fast-check"];

/** Path segments by which a relative import would leave its package, or its package's sources. */
const otherPackages = [
  "adapter-edge",
  "adapter-fetch",
  "adapter-s3",
  "cli",
  "client",
  "core",
  "deploy-sst",
  "local-edge",
];
const foreignSegments = [...otherPackages, "bench", "dist", "gates", "node_modules", "packages", "scripts", "src"];

/** The rows of {@link layers}, for sources and then for tests, as overrides of the linter's configuration. */
export function layerOverrides(): OxlintOverride[] {
  const sources = layers.map((layer) => override(filesOf(layer.path, "*.ts"), layer, [...foreignSegments, "test"]));
  const tests = layers.map(({ path, mayImport }) =>
    override(filesOf(path, "*.test.ts"), { path, mayImport: [...mayImport, ...testsMayImport] }, foreignSegments),
  );
  return [...sources, ...tests];
}

function filesOf(path: string, pattern: string): string {
  return path.endsWith(".ts") ? path.replace(/\.ts$/, pattern.slice(1)) : `${path}/**/${pattern}`;
}

function override(files: string, layer: Layer, foreign: readonly string[]): OxlintOverride {
  const list = layer.mayImport.length > 0 ? layer.mayImport.join(", ") : "nothing";
  const message = `${layer.path} may import only its own files and: ${list} (gates/layers.ts).`;
  return {
    files: [files],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: forbiddenBy(layer, foreign), message }] }] },
  };
}

/** Gitignore-style patterns, the last match deciding: forbid all, allow the listed and the relative, forbid what leaves. */
function forbiddenBy({ mayImport, mayNotReach = [] }: Layer, foreign: readonly string[]): string[] {
  const scopes = new Set(mayImport.filter((name) => name.startsWith("@")).map((name) => name.split("/")[0]));
  return [
    "*",
    // A pattern cannot allow what stands below something forbidden, so each scope is opened and its contents closed.
    ...[...scopes].flatMap((scope) => [`!${scope}`, `/${scope}/**`]),
    ...mayImport.flatMap((name) => (name.endsWith("*") ? [`!${name}`, `!${name}/**`] : [`!${name}`])),
    "!./**",
    "!../**",
    ...foreign.map((segment) => `.*/**/${segment}/**`),
    ...mayNotReach.map((folder) => `.*/**/${folder}/**`),
  ];
}
