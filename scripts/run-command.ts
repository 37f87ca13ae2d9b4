import { spawn } from "node:child_process";

/** How a command ended. */
export interface CommandResult {
  readonly exitCode: number;
  /** Standard output and standard error, interleaved as they came. */
  readonly output: string;
  readonly seconds: number;
}

/**
 * Run a command to its end and keep what it printed.
 *
 * A command that cannot be started, or that a signal ends, counts as failed; nothing is thrown.
 *
 * @param command  an executable, looked up in the workspace's `node_modules/.bin` first when a package script runs this
 * @param args     its arguments; no shell is involved
 * @param options  `cwd`, by default the current directory; `env`, added to this process's own
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: "1", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const end = (exitCode: number) => resolve({ exitCode, output, seconds: (performance.now() - startedAt) / 1000 });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    }
    child.once("error", (error) => {
      output += `${command}: ${error.message}\n`;
      end(1);
    });
    child.once("close", (code) => end(code ?? 1));
  });
}
