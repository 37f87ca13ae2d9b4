/** `pnpm test [SUITE] [ARGUMENTS]`: the unit tests, or one of the other suites. */
import { spawn } from "node:child_process";

import { programs, suites } from "./test-suites.ts";

const HELP = `usage: pnpm test [SUITE] [ARGUMENTS]

Without SUITE: the unit tests; \`pnpm test packages/core\` for some of them.

${[...Object.entries(suites), ...Object.entries(programs)]
  .map(([name, { help }]) => `  ${name.padEnd(14)} ${help}`)
  .join("\n")}

ARGUMENTS of the suites up to gates are Vitest's: parts of file names, or -t and part of a test's name. The others tell theirs by
\`pnpm test faults --help\`.
`;

const [name = "", ...rest] = process.argv.slice(2);
if (name === "--help") {
  process.stdout.write(HELP);
} else if (Object.hasOwn(programs, name)) {
  run(process.execPath, ["--conditions=source", programs[name]?.file ?? "", ...rest], {});
} else if (Object.hasOwn(suites, name)) {
  const { args, env } = takeOptions(rest, suites[name]?.options ?? {});
  run("vitest", ["run", ...args], { TEST_SUITE: name, ...env });
} else {
  run("vitest", ["run", ...process.argv.slice(2)], {});
}

/** Takes the options that a suite has for itself from those for Vitest. */
function takeOptions(given: readonly string[], options: Readonly<Record<string, string>>) {
  const args: string[] = [];
  const env: Record<string, string> = {};
  for (let i = 0; i < given.length; i++) {
    const [option = "", ...value] = (given[i] ?? "").split("=");
    const variable = Object.hasOwn(options, option) ? options[option] : undefined;
    if (variable === undefined) args.push(given[i] ?? "");
    else env[variable] = value.length > 0 ? value.join("=") : (given[++i] ?? "");
  }
  return { args, env };
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): void {
  const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => {
    process.stderr.write(`${command}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once("close", (code) => (process.exitCode = code ?? 1));
}
