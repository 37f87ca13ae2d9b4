#!/usr/bin/env node
import { describeError } from "./describe-error.ts";
import { HELP, readLocalArguments } from "./local-arguments.ts";
import type { Local, LocalOptions } from "./start-local.ts";

const PROGRESS_AFTER_MS = 1_000;

try {
  const command = readLocalArguments(process.argv.slice(2), process.env);
  if (command.command === "help") process.stdout.write(HELP);
  else await run(command.options);
} catch (error) {
  // Errors with a code are written for people; others are faults of this program, and their stack would not help either.
  const expected = error instanceof Error && "code" in error && typeof error.code === "string";
  process.stderr.write(`presign-once-local: ${expected ? error.message : describeError(error)}\n`);
  process.exitCode = 1;
}

async function run(options: LocalOptions): Promise<void> {
  // Until all is up, and while it is stopped, a signal ends the process at once; `exit` handlers then clean up.
  const quit = (): void => process.exit(130);
  let interrupt = quit;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupt());

  const slow = reportSlowSteps();
  // Here and not above: it brings the AWS SDK along, for which --help and a mistyped flag need not wait.
  const { startLocal } = await import("./start-local.ts");
  const local = await startLocal({ ...options, onProgress: slow.begin }).finally(slow.end);
  process.stdout.write(describe(local));
  await new Promise<void>((resolve) => (interrupt = resolve));
  interrupt = quit;
  await local.stop();
}

function describe({ edgeUrl, originUrl, bucket }: Local): string {
  return [
    `edge    ${edgeUrl}`,
    `origin  ${originUrl}`,
    `bucket  ${bucket}`,
    `page    ${edgeUrl}/`,
    `try     url=$(curl -s ${edgeUrl}/url); curl -T README.md "$url"; curl -T README.md "$url"`,
    "",
  ].join("\n");
}

function reportSlowSteps(): { begin: (step: string) => void; end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => clearTimeout(timer);
  const begin = (step: string): void => {
    end();
    timer = setTimeout(() => process.stderr.write(`${step} ...\n`), PROGRESS_AFTER_MS);
  };
  return { begin, end };
}
