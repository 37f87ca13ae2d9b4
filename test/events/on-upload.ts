import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type CommandResult, runCommand } from "../../scripts/run-command.ts";
import type { S3Server } from "../servers/s3-server.ts";

const PAGE = resolve(import.meta.dirname, "../../docs/upload-events.md");

/** The handler of docs/upload-events.md, unchanged, in its own process. */
export interface OnUpload {
  /** The example, alone in a folder. */
  readonly file: string;
  /** Calls it with an event, as Lambda would; its log lines, or what it threw. */
  handle(event: object, env?: Record<string, string>): Promise<CommandResult & { readonly lines: unknown[] }>;
  remove(): Promise<void>;
}

/**
 * Takes the example out of the page.
 *
 * @param receipts  name of the bucket that it writes receipts to
 */
export async function takeOnUpload({ endpoint, region, credentials }: S3Server, receipts: string): Promise<OnUpload> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-events-"));
  await symlink(resolve(import.meta.dirname, "../node_modules"), join(folder, "node_modules"), "junction");
  const [, example] = /```ts\n(\/\/ on-upload\.ts\n.*?)```/s.exec(await readFile(PAGE, "utf8")) ?? [];
  if (example === undefined) throw new Error("docs/upload-events.md has no on-upload.ts");
  const file = join(folder, "on-upload.ts");
  await writeFile(file, example);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  const main = join(folder, "main.mjs");
  await writeFile(
    main,
    'const { handler } = await import("./on-upload.ts");\nawait handler(JSON.parse(process.argv[2]));\n',
  );
  const environment = {
    RECEIPTS_BUCKET: receipts,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  return {
    file,
    async handle(event, env = {}) {
      const result = await runCommand(process.execPath, ["--conditions=source", main, JSON.stringify(event)], {
        env: { ...environment, ...env },
      });
      const lines = result.output.split("\n").filter((line) => line.startsWith("{"));
      return { ...result, lines: lines.map((line) => JSON.parse(line) as unknown) };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
