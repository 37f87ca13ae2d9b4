import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

import { type CommandResult, runCommand } from "../../scripts/run-command.ts";
import type { AwsApi } from "./stand-ins/aws-api.ts";
import type { Change, Registered } from "./stand-ins/engine-state.ts";

/** What the stand-in for Pulumi wrote about its last run. */
export interface Report {
  readonly operation: string;
  readonly changes: readonly Change[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** An app that the real SST command line is run in. */
export interface SstApp {
  readonly folder: string;
  /** Runs `sst` with some arguments, in a stage. */
  sst(stage: string, ...args: string[]): Promise<CommandResult>;
  /** What the last run that reached Pulumi did. */
  report(): Promise<Report>;
  /** Removes everything that was created outside the app's own folder. */
  remove(): Promise<void>;
}

const PULUMI = resolve(import.meta.dirname, "stand-ins", "pulumi-cli.ts");

/**
 * Gives an app the environment of the rehearsal: the real SST command line, the stand-ins for Pulumi's and for AWS.
 *
 * Nothing of the developer's own is read, neither AWS credentials nor SST's settings, and all requests to anywhere but
 * 127.0.0.1 are sent to the stand-in for AWS, which refuses them.
 *
 * @param options.binaries  folder with the `sst` and the `node` to use; default: those of the app
 */
export async function createSstApp(options: {
  readonly folder: string;
  readonly aws: AwsApi;
  readonly binaries?: string;
}): Promise<SstApp> {
  const home = await mkdtemp(join(tmpdir(), "presign-once-rehearsal-"));
  const pulumi = join(home, "pulumi");
  const reportFile = join(home, "report.json");
  await writeFile(pulumi, `#!/bin/sh\nexec "${process.execPath}" "${PULUMI}" "$@"\n`);
  await chmod(pulumi, 0o755);
  await mkdir(join(home, "sst", "bin"), { recursive: true });
  await symlink(pulumi, join(home, "sst", "bin", "pulumi")); // where `stack init` looks, whatever SST_PULUMI_PATH says

  const binaries = options.binaries ?? join(options.folder, "node_modules", ".bin");
  const env = {
    ...withoutOwnSettings(),
    PATH: [binaries, process.env["PATH"]].join(delimiter),
    HOME: home,
    XDG_CONFIG_HOME: home,
    npm_config_cache: process.env["npm_config_cache"] ?? join(homedir(), ".npm"),
    npm_config_userconfig: process.env["npm_config_userconfig"] ?? join(homedir(), ".npmrc"), // names the registry
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "SECRETEXAMPLE",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL: options.aws.url,
    SST_TELEMETRY_DISABLED: "1",
    SST_SKIP_DEPENDENCY_CHECK: "1", // or every command would download Pulumi's command line first
    SST_NO_BUN: "1", // npm installs what SST needs
    SST_PULUMI_PATH: pulumi,
    REHEARSAL_REPORT: reportFile,
  };
  const offline = { HTTP_PROXY: options.aws.url, HTTPS_PROXY: options.aws.url, NO_PROXY: "127.0.0.1,localhost" };

  return {
    folder: options.folder,
    sst: (stage, ...args) =>
      runCommand("sst", [...args, "--stage", stage], {
        cwd: options.folder,
        env: args[0] === "install" ? env : { ...env, ...offline },
      }),
    report: async () => JSON.parse(await readFile(reportFile, "utf8")) as Report,
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

/** The one registered resource of a type and name. */
export function registered({ changes }: Report, type: string, name: string): Registered {
  const found = changes.filter(({ resource }) => resource.urn.endsWith(`::${type}::${name}`));
  if (found[0] === undefined) throw new Error(`no ${type} called ${name} was registered`);
  return found[0].resource;
}

/** `runCommand` adds to this process's variables, so what must not be seen is emptied. */
function withoutOwnSettings(): Record<string, string> {
  const own = Object.keys(process.env).filter((name) => /^(?:AWS|SST|PULUMI)_/.test(name));
  return Object.fromEntries(own.filter((name) => name !== "AWS_CA_BUNDLE").map((name) => [name, ""]));
}
