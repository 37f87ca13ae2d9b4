import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import type { ViteUserConfig } from "vitest/config";

/** What a suite of tests is, and how Vitest runs it. */
interface Suite {
  /** For `pnpm test --help`. */
  readonly help: string;
  readonly test: ViteUserConfig["test"];
  /** Options beside Vitest's, each with a value: the variable that its tests find it in. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Runtimes that run the tests where they are installed, since each is 100 MB. */
const optionalRuntimes = ["bun", "deno"].filter((command) =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, command))),
);

/** For suites whose files wait for a server most of the time: more workers than two cores get by default. */
const sideBySide: ViteUserConfig["test"] = { maxWorkers: 3 };

/** Every suite that Vitest runs beside the unit tests, by the name that `pnpm test` takes. */
export const suites: Readonly<Record<string, Suite>> = {
  heavy: {
    help: "what takes longer than the unit tests may: races, end to end, real servers",
    test: { ...sideBySide, include: ["{bench,packages,test}/**/*.heavy.test.ts"], testTimeout: 300_000 },
  },
  search: {
    help: "on demand: the fuzzers with many runs, and the full search for echoes of the origin lock",
    test: { include: ["test/**/*.search.test.ts"], testTimeout: 600_000 },
  },
  ceph: {
    help: "the laws, doctor and the end-to-end tests on Ceph RGW, installed from Debian if missing (root)",
    test: {
      ...sideBySide,
      include: ["{packages,test}/**/*.ceph.test.ts"],
      globalSetup: "test/servers/ceph-setup.ts",
      testTimeout: 60_000,
    },
  },
  stores: {
    help: "the indexes on PostgreSQL, Redis, SQLite, DynamoDB and Cloudflare; servers installed from Debian if missing (root)",
    test: {
      include: ["test/stores/*.stores.test.ts"],
      globalSetup: "test/servers/stores-setup.ts",
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  },
  browser: {
    help: "client and page in Chromium and Firefox, installed from Debian if missing (root); --gib N: large downloads",
    options: { "--gib": "TEST_GIB" },
    test: {
      include: ["test/browser/*.browser.ts"],
      globalSetup: "test/browser/chromium-setup.ts",
      fileParallelism: false,
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  },
  runtimes: {
    help: "core in workerd and Chromium, a relay's downloads in workerd; both in Deno and Bun where these are installed",
    test: {
      include: ["chromium", "workerd", ...optionalRuntimes].map((runtime) => `test/runtimes/${runtime}.runtimes.ts`),
      globalSetup: ["test/browser/chromium-setup.ts", "test/runtimes/tests-in-node.ts"],
      fileParallelism: false,
    },
  },
  published: {
    help: "the packages as published, installed by npm on Node 20, 22 and 24",
    test: { include: ["test/published/*.published.test.ts"], testTimeout: 120_000, hookTimeout: 60_000 },
  },
  deploy: {
    help: "deployments rehearsed with the real SST, without AWS",
    test: {
      include: ["test/deploy/*.deploy.test.ts"],
      // SST takes seconds for each command, and two at a time would be in each other's way.
      testTimeout: 180_000,
      hookTimeout: 300_000,
      fileParallelism: false,
      bail: 1,
    },
  },
  gates: {
    help: "a planted violation for each gate of `pnpm check`",
    // Each test runs a whole gate; each file has a copy of the workspace to itself.
    test: { include: ["gates/*.test.ts"], testTimeout: 240_000, hookTimeout: 240_000, maxWorkers: 2 },
  },
};

/** Suites that are programs with options of their own. */
export const programs: Readonly<Record<string, { readonly help: string; readonly file: string }>> = {
  faults: { help: "rounds of claims through a failing network, from a printed seed", file: "test/faults/cli.ts" },
  interleavings: { help: "every schedule of every strategy", file: "test/interleavings/cli.ts" },
  mutants: { help: "breaks the claim path in one place after the other", file: "test/mutants/cli.ts" },
  clients: { help: "17 real HTTP clients and browsers against edge and relay", file: "test/clients/cli.ts" },
  servers: {
    help: "on demand: which strategy holds on which S3 server; installs them",
    file: "test/servers/battery/cli.ts",
  },
  large: { help: "an upload of 8 GiB through the relay", file: "test/relay/cli.ts" },
};
