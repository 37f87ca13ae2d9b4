import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { runCommand } from "../../scripts/run-command.ts";
import type { Runtime, RuntimeReport } from "./runtime.ts";

/**
 * A runtime that is started from the command line.
 *
 * @param command  found on the PATH
 * @param args     what stands before the file that it is to run
 */
export function commandLine(
  command: string,
  args: readonly string[],
  { name, userAgent }: Pick<Runtime, "name" | "userAgent">,
): Runtime {
  return {
    name,
    userAgent,
    async run(program) {
      const folder = await mkdtemp(join(tmpdir(), "presign-once-runtime-"));
      try {
        const main = join(folder, "main.mjs");
        await writeFile(join(folder, "program.mjs"), program);
        await writeFile(main, 'import { run } from "./program.mjs";\nconsole.log(JSON.stringify(await run()));\n');
        const { exitCode, output } = await runCommand(command, [...args, main]);
        if (exitCode !== 0) throw new Error(`${name} failed: ${output.slice(0, 2_000)}`);
        return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as RuntimeReport;
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}
