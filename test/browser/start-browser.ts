import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A browser with a profile of its own. */
export interface BrowserProcess {
  readonly child: ChildProcess;
  /** Why it ended, when it has; never rejects. */
  readonly ended: Promise<string>;
  /** Ends it with all its children, and removes its profile. */
  stop(): Promise<void>;
}

/** Starts a browser. @param command  given the folder of its profile */
export async function startBrowser(
  command: (profile: string) => readonly string[],
  options: Pick<SpawnOptions, "cwd" | "stdio">,
): Promise<BrowserProcess> {
  const profile = await mkdtemp(join(tmpdir(), "presign-once-browser-"));
  const [program = "", ...args] = command(profile);
  // A process group of its own: browsers and xvfb-run start children, which would outlive them.
  const child = spawn(program, args, { ...options, env: { ...process.env, TMPDIR: profile }, detached: true });
  const kill = (): void => void (child.pid !== undefined && child.exitCode === null && process.kill(-child.pid));
  process.once("exit", kill);
  const ended = once(child, "exit").then(
    () => "the browser ended",
    (error: unknown) => String(error),
  );
  return {
    child,
    ended,
    async stop() {
      process.off("exit", kill);
      kill();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
