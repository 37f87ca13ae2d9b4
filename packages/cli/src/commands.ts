import type { ListedCommand } from "./command.ts";

/** Every command, in the order in which `--help` lists them. Loaded one by one, so that none waits for another's modules. */
export const commands: readonly ListedCommand[] = [
  {
    name: "issue",
    summary: "issue a URL for one upload, as /url does",
    load: async () => (await import("./issue.ts")).issue,
  },
  {
    name: "inspect",
    summary: "report the state of a URL: issued, claimed, expired, revoked, unknown",
    load: async () => (await import("./inspect.ts")).inspect,
  },
  {
    name: "revoke",
    summary: "revoke an unused URL, permanently",
    load: async () => (await import("./revoke.ts")).revoke,
  },
  {
    name: "doctor",
    summary: "check which strategies hold on the index bucket",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "smoke-test",
    summary: "test a live deployment over HTTP, from issuing a URL to the refusal of its second use",
    load: async () => (await import("./smoke-test/smoke-test.ts")).smokeTest,
  },
  {
    name: "token",
    summary: "create a bearer token for /url, and its line for the settings",
    load: async () => (await import("./token.ts")).token,
  },
  {
    name: "bundle",
    summary: "make the two Lambda@Edge functions from one settings file",
    load: async () => (await import("./bundle.ts")).bundle,
  },
  {
    name: "local",
    summary: "run edge and S3 server on this machine, until Ctrl-C",
    load: async () => (await import("./local.ts")).local,
  },
];
