import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a monitor, an OSD, a gateway and their tools come in; no manager daemon, which nothing here needs. */
const packages = ["radosgw", "ceph-mon", "ceph-osd", "ceph-common"];

/**
 * Installs the Ceph of the Debian or Ubuntu release, unless `radosgw` is there already; takes about a minute and 300 MB.
 *
 * @param announce  gets one line before something is installed
 * @throws when it is missing and cannot be installed: not Debian or Ubuntu, not root, or apt-get failed
 */
export async function installCeph(announce: (line: string) => void): Promise<void> {
  if (await isThere("radosgw")) return;
  const byHand = `install these packages yourself: ${packages.join(" ")}`;
  if (!(await isThere("apt-get")))
    throw new Error(`Ceph is missing, and there is no apt-get to fetch it with; ${byHand}`);
  if (process.getuid?.() !== 0) throw new Error(`Ceph is missing, and only root may install it; ${byHand}`);

  announce(`installing Ceph (${packages.join(", ")}): about a minute`);
  await aptGet("update");
  await aptGet("install", "--yes", "--no-install-recommends", ...packages);
}

async function isThere(program: string): Promise<boolean> {
  return run(program, ["--version"]).then(
    () => true,
    () => false,
  );
}

async function aptGet(...args: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["--quiet", ...args], { env, maxBuffer: 64 * 1024 ** 2 });
}
