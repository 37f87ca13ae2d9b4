import { defineConfig } from "oxlint";

import { layerOverrides } from "./gates/layers.ts";

export default defineConfig({
  plugins: ["eslint", "typescript", "unicorn", "oxc", "import", "promise", "node"],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  categories: { correctness: "error", suspicious: "error" },
  // sst.config.ts is typed by what `sst install` generates; Next is not installed here.
  ignorePatterns: ["**/dist/**", "examples/nextjs/**", "artifacts/**", ".sst/**", "sst.config.ts"],
  rules: {
    // An exhaustive switch needs no return after it; sorting a fresh array in place is fine; spreads group long tables.
    "typescript/consistent-return": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    "unicorn/no-useless-spread": "off",
    // A loop that waits sees what changes meanwhile.
    "no-unmodified-loop-condition": "off",
    // The objects that factories return do not use `this`.
    "typescript/unbound-method": "off",
    // Control characters are what header values are checked for.
    "no-control-regex": "off",
    // Written for browsers, or a matter of taste.
    "typescript/no-unnecessary-type-parameters": "off",
    "unicorn/prefer-string-starts-ends-with": "off",
    "unicorn/require-post-message-target-origin": "off",
    "unicorn/consistent-function-scoping": "off",
    "import/no-named-as-default-member": "off",
    "import/no-unassigned-import": "off",
    "no-underscore-dangle": "off",
    "unicorn/require-module-specifiers": "off",
    // Narrowing what was just checked is how input is parsed here.
    "typescript/no-unsafe-type-assertion": "off",

    "no-empty-pattern": ["error", { allowObjectPatternsAsParameters: true }],
    eqeqeq: "error",
    "no-var": "error",
    "prefer-const": "error",
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "import/no-dynamic-require": ["error", { esmodule: true }],
    "typescript/consistent-type-imports": ["error", { disallowTypeAnnotations: true }],
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-require-imports": "error",
    "typescript/no-unsafe-argument": "error",
    "typescript/no-unsafe-assignment": "error",
    "typescript/no-unsafe-call": "error",
    "typescript/no-unsafe-member-access": "error",
    "typescript/no-unsafe-return": "error",
    "typescript/only-throw-error": "error",
    "typescript/require-array-sort-compare": ["error", { ignoreStringArrays: true }],
    "typescript/return-await": ["error", "error-handling-correctness-only"],
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
    "unicorn/prefer-node-protocol": "error",
  },
  overrides: [
    ...layerOverrides(),
    {
      files: ["**/*.test.ts", "test/**", "packages/*/test/**"],
      rules: {
        "typescript/no-unnecessary-type-assertion": "off",
        "typescript/no-non-null-assertion": "off",
        "typescript/no-unsafe-argument": "off",
        "typescript/no-unsafe-assignment": "off",
        "typescript/no-unsafe-call": "off",
        "typescript/no-unsafe-member-access": "off",
        "typescript/no-unsafe-return": "off",
      },
    },
    { files: ["**/*.config.ts", "examples/workers/worker.ts"], rules: { "import/no-default-export": "off" } },
    // The page beside it has the elements.
    { files: ["examples/*/app.{ts,tsx}"], rules: { "typescript/no-non-null-assertion": "off" } },
    // Loads the bundles of functions, whose place is known only when it runs.
    // A resource is declared by making it.
    { files: ["packages/deploy-{cdk,sst}/**"], rules: { "no-new": "off" } },
    {
      files: [
        "bench/cold/cold-process.ts",
        "bench/contenders/edge-bundles.ts",
        "packages/deploy-sst/src/bundle/check-function.ts",
        "packages/cli/src/index-module.ts",
        "packages/indexes/src/testing/*.ts",
        "packages/local-edge/src/function-process.ts",
      ],
      rules: { "import/no-dynamic-require": "off" },
    },
  ],
});
