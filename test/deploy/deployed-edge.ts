import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createS3Client } from "@presign-once/adapter-s3";
import { createLocalEdge, startR2 } from "@presign-once/local-edge";
import { unzipSync, zipSync } from "fflate";

import type { Policy } from "./policy-evaluator.ts";
import { registered, type Report } from "./sst-app.ts";
import type { Registered } from "./stand-ins/engine-state.ts";
import { createR2Store } from "./stand-ins/r2-store.ts";
import { type Role, startS3Front } from "./stand-ins/s3-front.ts";

/** What a deployment has registered, served on this machine. */
export interface DeployedEdge {
  readonly url: string;
  /** Where S3 is reached without the edge, under the name of the origin. */
  readonly originUrl: string;
  /** Size of each function's archive. */
  readonly zippedBytes: { readonly issue: number; readonly verify: number };
  /** What the functions printed. */
  readonly log: readonly string[];
  /** The requests to S3, their signers, and whether the registered policies allowed them. */
  readonly accesses: readonly string[];
  stop(): Promise<void>;
}

type FunctionName = "issue" | "verify";

/**
 * Runs what a stack has registered: the functions' archives, packed as the AWS provider does and unpacked as Lambda does,
 * with the `config.json` in them; the distribution's origin; and the policies of the functions' roles.
 *
 * The functions call S3 by its real host names. A module that is loaded before them takes these calls to a front of S3
 * on this machine, which knows the names, checks every signature, evaluates the registered policies, and keeps objects in
 * R2; it also gives each function the credentials of its role, as Lambda does. Nothing else differs.
 */
export async function serveDeployed(report: Report, name: string): Promise<DeployedEdge> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-deployed-"));
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const archives = { issue: await pack(report, `${name}Issue`), verify: await pack(report, `${name}Verify`) };
    const { uploads, index } = readConfig(archives.verify);
    const r2 = await startR2({ buckets: [...new Set([uploads.bucket, index.bucket])] });
    undo.push(() => r2.stop());
    const roles = { issue: roleOf(report, name, "Issue"), verify: roleOf(report, name, "Verify") };
    const s3 = createS3Client({ ...r2, forcePathStyle: true });
    const front = await startS3Front({ store: createR2Store(s3), roles: Object.values(roles) });
    undo.push(() => front.stop());
    const originUrl = `http://127.0.0.1:${await front.listenAs(originOf(report, name))}`;

    const log: string[] = [];
    const dirs = {} as Record<FunctionName, string>;
    for (const fn of ["issue", "verify"] as const)
      dirs[fn] = await unpack(archives[fn], join(folder, fn), roles[fn], front.port);
    const edge = await createLocalEdge({
      bundles: { issueDir: dirs.issue, verifyDir: dirs.verify },
      origin: { url: originUrl },
      identity: { region: "us-east-1", accessKeyId: "replaced", secretAccessKey: "replaced" },
      onLog: (line) => log.push(line),
    });
    undo.push(() => edge.close());
    const zippedBytes = { issue: archives.issue.byteLength, verify: archives.verify.byteLength };
    return { url: edge.url, originUrl, zippedBytes, log, accesses: front.log, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

/** Makes the archive that is sent to Lambda. */
async function pack(report: Report, name: string): Promise<Uint8Array> {
  const { inputs } = registered(report, "aws:lambda/function:Function", name);
  const { archive } = inputs["code"] as { archive: Record<string, { path?: string; text?: string }> };
  const files: Record<string, Uint8Array> = {};
  for (const [file, { path, text }] of Object.entries(archive)) {
    files[file] = path === undefined ? Buffer.from(text ?? "") : await readFile(path);
  }
  return zipSync(files);
}

/** Unpacks an archive unchanged, and adds the module that is loaded first. */
async function unpack(archive: Uint8Array, folder: string, role: Role, s3Port: number): Promise<string> {
  const task = join(folder, "task");
  await mkdir(task, { recursive: true });
  for (const [file, content] of Object.entries(unzipSync(archive))) await writeFile(join(task, file), content);
  const first = `import { Agent } from "node:https";
import { connect } from "node:net";
Agent.prototype.createConnection = () => connect(${s3Port}, "127.0.0.1");
process.env.AWS_ACCESS_KEY_ID = ${JSON.stringify(role.accessKeyId)};
process.env.AWS_SECRET_ACCESS_KEY = ${JSON.stringify(role.secretAccessKey)};
export const { handler } = await import("./task/index.mjs");
`;
  await writeFile(join(folder, "index.mjs"), first);
  await writeFile(join(folder, "config.json"), "{}"); // local-edge looks for one; the functions read that of the archive
  return folder;
}

function readConfig(archive: Uint8Array) {
  const text = Buffer.from(unzipSync(archive)["config.json"] ?? []).toString();
  return JSON.parse(text) as { uploads: { bucket: string }; index: { bucket: string } };
}

/** A function's role, with the policies that were registered for it. */
function roleOf(report: Report, name: string, fn: "Issue" | "Verify"): Role {
  const { inputs } = registered(report, "aws:iam/rolePolicy:RolePolicy", `${name}${fn}Policy`);
  const policies = [JSON.parse(String(inputs["policy"])) as Policy];
  return { accessKeyId: `AKID${fn.toUpperCase()}`, secretAccessKey: `${fn.toLowerCase()}-secret`, policies };
}

/** The host name that CloudFront would send uploads to. */
function originOf(report: Report, name: string): string {
  const { inputs } = registered(report, "aws:cloudfront/distribution:Distribution", `${name}Distribution`);
  const distribution = inputs as unknown as {
    defaultCacheBehavior: { targetOriginId: string };
    origins: readonly { originId: string; domainName: string }[];
  } & Pick<Registered, never>;
  const origin = distribution.origins.find(
    ({ originId }) => originId === distribution.defaultCacheBehavior.targetOriginId,
  );
  if (origin === undefined) throw new Error("the default behaviour has no origin");
  return origin.domainName;
}
