import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Report } from "./meddled-deployment.ts";

const CLI = fileURLToPath(new URL("../../packages/cli/src/cli.ts", import.meta.url));

/**
 * Runs the smoke test in a process of its own, as a user does.
 *
 * @param ca  certificate to trust besides Node's, PEM
 */
export async function runInProcess(endpoint: string, ca?: string): Promise<{ readonly report: Report }> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-smoke-"));
  try {
    const file = join(folder, "ca.pem");
    if (ca !== undefined) await writeFile(file, ca);
    const env = { ...process.env, NODE_OPTIONS: "", ...(ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: file }) };
    const args = ["--conditions=source", CLI, "smoke-test", endpoint, "--json", "--wait", "0"];
    const stdout = await new Promise<string>((resolve) =>
      execFile(process.execPath, args, { env }, (_, printed) => resolve(printed)),
    );
    return { report: JSON.parse(stdout) as Report };
  } finally {
    await rm(folder, { recursive: true });
  }
}
