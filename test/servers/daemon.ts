import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** A server program that was started. */
export interface Daemon {
  /** Ends it with a signal and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a server program in the foreground and waits until it answers. It ends with the process that started it, however that
 * ends.
 *
 * @param isAnswering  resolves to true when the server serves
 * @param options.user  to run as, if this process is root's; default: the same user
 * @throws when the program ends, or does not answer within 30 s: with the last of what it wrote
 */
export async function startDaemon(
  [program, ...args]: readonly [string, ...string[]],
  isAnswering: () => Promise<boolean>,
  { user }: { readonly user?: string } = {},
): Promise<Daemon> {
  const asUser = user === undefined ? [] : [`--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const child = spawn("setpriv", [...asUser, "--pdeathsig=KILL", program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000)));
  const deadline = Date.now() + 30_000;
  while (!(await isAnswering().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${output}`);
    if (Date.now() > deadline) {
      await end(child, "SIGKILL");
      throw new Error(`${program} did not answer within 30 s:\n${output}`);
    }
    await sleep(50);
  }
  return { end: (signal) => end(child, signal) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}
