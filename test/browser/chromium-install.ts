import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where Debian's package puts it. */
export const CHROMIUM = "/usr/bin/chromium";

/**
 * Installs Debian's Chromium, unless it is there already; takes about a minute and 300 MB.
 *
 * @param announce  gets one line before something is installed
 * @throws when it is missing and cannot be installed: not Debian, not root, or apt-get failed
 */
export async function installChromium(announce: (line: string) => void): Promise<void> {
  if (await isThere(CHROMIUM)) return;
  const byHand = `install it yourself, as ${CHROMIUM}`;
  if (!(await isThere("apt-get")))
    throw new Error(`Chromium is missing, and there is no apt-get to fetch it; ${byHand}`);
  if (process.getuid?.() !== 0) throw new Error(`Chromium is missing, and only root may install it; ${byHand}`);

  announce("installing Chromium: about a minute");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"]])
    await run("apt-get", ["--quiet", ...args], { env, maxBuffer: 64 * 1024 ** 2 });
}

async function isThere(program: string): Promise<boolean> {
  return run(program, ["--version"]).then(
    () => true,
    () => false,
  );
}
