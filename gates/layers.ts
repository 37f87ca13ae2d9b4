import { readdirSync } from "node:fs";
import { join } from "node:path";

import type { OxlintOverride } from "oxlint";

/** A folder of the workspace and what its files may import beside their own folder's files. */
interface Layer {
  /** Folder or file, from the root of the workspace. A later row that covers the same file replaces an earlier one. */
  readonly path: string;
  /** Names, or prefixes ending in `*`. */
  readonly mayImport: readonly string[];
  /** Folders under the package's `src` that these files may import. Default: all. A folder without a row of its own counts as none. */
  readonly mayReach?: readonly string[];
  /** Names that its tests may import beside those that every test may import. */
  readonly testsMayImport?: readonly string[];
}

const fetch = ["@presign-once/core", "@presign-once/core/forms", "@presign-once/core/http"];
const s3 = ["@presign-once/core", "@presign-once/core/forms", "node:*"];
const sdk = [...s3, "@aws-sdk/*"];
const edge = [
  "@presign-once/core",
  "@presign-once/core/forms",
  "@presign-once/core/http",
  "@presign-once/adapter-s3",
  "@presign-once/adapter-s3/strategies",
  "@presign-once/settings",
  "node:*",
];
const deploy = ["@presign-once/adapter-s3/strategies", "@presign-once/settings", "@pulumi/*", "node:*"];
const operator = [
  "@presign-once/core",
  "@presign-once/core/forms",
  "@presign-once/core/http",
  "@presign-once/core/operator",
  "@presign-once/adapter-s3",
  "@presign-once/adapter-s3/doctor",
  "@presign-once/adapter-s3/failures",
  "@presign-once/adapter-s3/strategies",
  "@presign-once/issuer",
  "@presign-once/settings",
  "node:*",
];

/** Which way the arrows point: inward, to `core`, and inside a package down this list. A package without a row may import nothing. */
const layers: readonly Layer[] = [
  { path: "packages/*/src", mayImport: [] },

  { path: "packages/core/src", mayImport: [], mayReach: ["bytes", "ports", "url", "gate", "ticket", "edge", "relay"] },
  {
    path: "packages/core/src/operator",
    mayImport: [],
    mayReach: ["bytes", "ports", "url", "gate", "ticket", "edge", "relay"],
  },
  {
    path: "packages/core/src/http",
    mayImport: [],
    mayReach: ["bytes", "ports", "url", "gate", "ticket", "edge", "relay"],
  },
  { path: "packages/core/src/relay", mayImport: [], mayReach: ["bytes", "ports", "url", "gate", "ticket"] },
  { path: "packages/core/src/edge", mayImport: [], mayReach: ["bytes", "ports", "url", "gate", "ticket"] },
  { path: "packages/core/src/ticket", mayImport: [], mayReach: ["bytes", "ports", "url", "gate"] },
  { path: "packages/core/src/gate", mayImport: [], mayReach: ["bytes", "ports", "url"] },
  { path: "packages/core/src/testing", mayImport: [], mayReach: ["bytes", "ports", "url"] },
  { path: "packages/core/src/url", mayImport: [], mayReach: ["bytes", "ports"] },
  { path: "packages/core/src/ports", mayImport: [], mayReach: ["bytes"] },
  { path: "packages/core/src/bytes", mayImport: [], mayReach: [] },

  {
    path: "packages/settings/src",
    mayImport: [
      "@presign-once/core",
      "@presign-once/core/forms",
      "@presign-once/core/http",
      "@presign-once/adapter-s3/strategies",
      "zod/mini",
      "node:*",
    ],
  },

  { path: "packages/adapter-s3/src", mayImport: [], mayReach: ["s3", "strategies", "lean", "sdk", "upload"] },
  {
    path: "packages/adapter-s3/src/doctor",
    mayImport: [...sdk, "@presign-once/core/testing"],
    mayReach: ["s3", "strategies", "sdk", "upload"],
  },
  { path: "packages/adapter-s3/src/events", mayImport: sdk, mayReach: [] },
  { path: "packages/adapter-s3/src/upload", mayImport: sdk, mayReach: ["s3", "sdk"] },
  { path: "packages/adapter-s3/src/sdk", mayImport: sdk, mayReach: ["s3"] },
  { path: "packages/adapter-s3/src/lean", mayImport: s3, mayReach: ["s3"] },
  { path: "packages/adapter-s3/src/strategies", mayImport: s3, mayReach: ["s3"] },
  { path: "packages/adapter-s3/src/s3", mayImport: s3, mayReach: [] },

  { path: "packages/adapter-edge/src", mayImport: edge, mayReach: ["cloudfront", "functions"] },
  {
    path: "packages/adapter-edge/src/bundle",
    mayImport: ["@presign-once/core", "@presign-once/settings", "esbuild", "node:*"],
    mayReach: [],
  },
  { path: "packages/adapter-edge/src/functions", mayImport: edge, mayReach: ["cloudfront"] },
  {
    path: "packages/adapter-edge/src/functions/jwt-authorizer.ts",
    mayImport: [...edge, "jose"],
    mayReach: ["cloudfront"],
  },
  {
    path: "packages/adapter-edge/src/functions/composition.ts",
    mayImport: [...edge, "tsyringe"],
    mayReach: ["cloudfront"],
  },
  {
    path: "packages/adapter-edge/src/cloudfront",
    mayImport: fetch,
    mayReach: [],
    testsMayImport: ["@presign-once/settings"],
  },

  { path: "packages/adapter-fetch/src", mayImport: fetch },
  { path: "packages/adapter-fetch/src/node", mayImport: [...fetch, "node:*"] },
  { path: "packages/adapter-fetch/src/sha256.ts", mayImport: [...fetch, "@noble/hashes/*"] },

  {
    path: "packages/deploy-sst/src",
    mayImport: deploy,
    testsMayImport: ["@presign-once/adapter-edge", "@presign-once/core/forms"],
  },
  {
    path: "packages/deploy-cdk/src",
    mayImport: [
      "@presign-once/adapter-edge/bundle",
      "@presign-once/deploy-sst/arguments",
      "@presign-once/deploy-sst/stack",
      "aws-cdk-lib",
      "constructs",
      "node:*",
    ],
  },
  { path: "packages/deploy-sst/src/bundle", mayImport: [...deploy, "@presign-once/adapter-edge/bundle", "esbuild"] },

  {
    path: "packages/client/src",
    mayImport: [],
    testsMayImport: ["@presign-once/core", "@presign-once/core/forms", "@presign-once/core/http"],
  },
  { path: "packages/client/src/react.ts", mayImport: ["react"] },

  {
    path: "packages/issuer/src",
    mayImport: [
      "@presign-once/core",
      "@presign-once/core/http",
      "@presign-once/adapter-s3",
      "@presign-once/adapter-s3/strategies",
      "@presign-once/settings",
    ],
  },

  { path: "packages/indexes/src", mayImport: ["@presign-once/core"], mayReach: ["cloudflare"] },
  { path: "packages/indexes/src/cloudflare", mayImport: ["@presign-once/core"] },
  { path: "packages/indexes/src/testing", mayImport: ["@presign-once/core", "node:*"], mayReach: [] },

  {
    path: "packages/cli/src",
    mayImport: operator,
    testsMayImport: ["@presign-once/local-edge", "@aws-sdk/client-s3"],
  },
  { path: "packages/cli/src/smoke-test/aws", mayImport: [...operator, "@aws-sdk/*"] },
  { path: "packages/cli/src/examine-module.ts", mayImport: [...operator, "@presign-once/core/testing"] },
  { path: "packages/cli/src/bundle.ts", mayImport: [...operator, "@presign-once/adapter-edge/bundle"] },
  { path: "packages/cli/src/local.ts", mayImport: [...operator, "@presign-once/local-edge"] },
  { path: "packages/cli/src/local-arguments.ts", mayImport: [...operator, "@presign-once/local-edge"] },

  {
    path: "packages/local-edge/src",
    mayImport: [
      "@presign-once/adapter-edge/bundle",
      "@presign-once/adapter-s3",
      "@presign-once/adapter-s3/doctor",
      "@presign-once/adapter-s3/failures",
      "@presign-once/adapter-s3/strategies",
      "@aws-sdk/*",
      "miniflare",
      "node:*",
    ],
  },
  { path: "packages/local-edge/src/local-issue-function.ts", mayImport: ["@presign-once/adapter-edge"] },
  {
    path: "packages/local-edge/src/page",
    mayImport: ["@presign-once/client", "esbuild", "node:*"],
  },
];

/** What every test may import on top of its layer. */
const allTestsMayImport = ["@presign-once/core/testing", "@presign-once/test/*", "node:*", "vitest", "fast-check"];

/** Path segments by which a relative import would leave its package, or its package's sources. */
const otherPackages = [
  "adapter-edge",
  "adapter-fetch",
  "adapter-s3",
  "cli",
  "client",
  "core",
  "deploy-cdk",
  "deploy-sst",
  "indexes",
  "issuer",
  "local-edge",
  "settings",
];
const foreignSegments = [...otherPackages, "bench", "dist", "gates", "node_modules", "packages", "scripts", "src"];

/** The rows of {@link layers}, for sources and then for tests, as overrides of the linter's configuration. */
export function layerOverrides(): OxlintOverride[] {
  const sources = layers.map((layer) => override(filesOf(layer.path, "*.ts"), layer, [...foreignSegments, "test"]));
  const tests = layers.map(({ path, mayImport, testsMayImport = [] }) => {
    const layer = { path, mayImport: [...mayImport, ...allTestsMayImport, ...testsMayImport] };
    return override(filesOf(path, "*.test.ts"), layer, foreignSegments);
  });
  return [...sources, ...tests];
}

function filesOf(path: string, pattern: string): string {
  return path.endsWith(".ts") ? path.replace(/\.ts$/, pattern.slice(1)) : `${path}/**/${pattern}`;
}

function override(files: string, layer: Layer, foreign: readonly string[]): OxlintOverride {
  const names = [...layer.mayImport, ...(layer.mayReach ?? []).map((folder) => `${folder}/`)];
  const list = names.length > 0 ? names.join(", ") : "nothing";
  const message = `${layer.path} may import only its own files and: ${list} (gates/layers.ts).`;
  return {
    files: [files],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: forbiddenBy(layer, foreign), message }] }] },
  };
}

/** Gitignore-style patterns, the last match deciding: forbid all, allow the listed and the relative, forbid what leaves. */
function forbiddenBy(layer: Layer, foreign: readonly string[]): string[] {
  const { mayImport } = layer;
  const scopes = new Set(mayImport.filter((name) => name.startsWith("@")).map((name) => name.split("/")[0]));
  return [
    "*",
    // A pattern cannot allow what stands below something forbidden, so each scope is opened and its contents closed.
    ...[...scopes].flatMap((scope) => [`!${scope}`, `/${scope}/**`]),
    ...mayImport.flatMap((name) => (name.endsWith("*") ? [`!${name}`, `!${name}/**`] : [`!${name}`])),
    "!./**",
    "!../**",
    ...foreign.map((segment) => `.*/**/${segment}/**`),
    ...foldersOutOfReach(layer).map((folder) => `.*/**/${folder}/**`),
    ...(layer.mayReach === undefined || layer.path.endsWith("/src") ? [] : ["../*.ts"]),
  ];
}

/** The other folders under a layer's `src`, as they are on disk, less those that it may reach. */
function foldersOutOfReach({ path, mayReach }: Layer): string[] {
  if (mayReach === undefined) return [];
  const [, src = "", own] = /^(packages\/[^/]+\/src)(?:\/([^/]+))?/.exec(path) ?? [];
  return readdirSync(join(import.meta.dirname, "..", src), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== own && !mayReach.includes(entry.name))
    .map(({ name }) => name);
}
