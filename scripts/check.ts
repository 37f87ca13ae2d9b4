/**
 * Every gate of the workspace, each a script of the root `package.json`. Two lanes run side by side; within a lane the
 * order matters, since the exports and the sizes are those of the build.
 */
import { runCommand } from "./run-command.ts";

const lanes = [
  ["build", "exports", "size"],
  ["format:check", "lint", "typecheck", "dead-code"],
] as const;

const startedAt = performance.now();
const results = await Promise.all(lanes.map(runLane));
const failed = results.flat().filter((name) => name !== undefined);
const total = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
if (failed.length === 0) {
  console.log(`all ${lanes.flat().length} gates passed in ${total}`);
} else {
  console.error(`failed: ${failed.join(", ")} (${total})`);
  process.exitCode = 1;
}

async function runLane(scripts: readonly string[]): Promise<(string | undefined)[]> {
  const failures: (string | undefined)[] = [];
  for (const script of scripts) {
    const { exitCode, output, seconds } = await runCommand("node", ["--run", script]);
    if (exitCode !== 0) failures.push(script);
    const verdict = exitCode === 0 ? "ok    " : "FAILED";
    console.log(`${verdict} ${script.padEnd(12)} ${seconds.toFixed(1).padStart(5)} s  ${lastLine(output)}`);
    if (exitCode !== 0) console.log(`\n${output.trimEnd()}\n`);
    if (exitCode !== 0 && script === "build") break;
  }
  return failures;
}

function lastLine(output: string): string {
  return output.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
