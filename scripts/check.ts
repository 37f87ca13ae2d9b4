/**
 * `pnpm check [GATE...]`: every gate of the workspace, or those named. Each is a script of the root `package.json`. Two
 * lanes run side by side; within a lane the order matters, since the exports and the sizes are those of the build.
 */
import { runCommand } from "./run-command.ts";

const lanes = [
  ["build", "exports", "size"],
  ["format:check", "lint", "typecheck", "dead-code"],
] as const;

const gates: readonly string[] = lanes.flat();
const named = process.argv.slice(2);
const unknown = named.find((name) => !gates.includes(name));
if (unknown !== undefined) {
  console.error(`${unknown} is not a gate: expected ${gates.join(", ")}`);
  process.exit(2);
}

const startedAt = performance.now();
const chosen = lanes.map((lane) => lane.filter((name) => named.length === 0 || named.includes(name)));
const results = await Promise.all(chosen.map(runLane));
const failed = results.flat().filter((name) => name !== undefined);
const total = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
if (failed.length === 0) {
  console.log(`${named.length === 0 ? "all " : ""}${chosen.flat().length} gates passed in ${total}`);
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
