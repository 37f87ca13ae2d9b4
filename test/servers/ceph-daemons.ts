import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { type CephPlace, cephConfig } from "./ceph-config.ts";
import { exampleCredentials } from "./s3-server.ts";

const run = promisify(execFile);
const commandTimeoutMs = 60_000;

/**
 * Makes a cluster in an empty directory and starts its daemons, one after another, as children of this process.
 *
 * Resolves when the S3 API answers. What was started before a failure keeps running until `signal` aborts.
 *
 * @param options.onStart  told of each daemon as soon as it exists
 * @param options.signal   kills whatever runs then, and lets nothing more start; SIGKILL, since nothing is worth
 *                         flushing: the objects are in memory
 * @throws the first command that failed; why stands in its message and in the logs below `directory`
 */
export async function startDaemons(
  place: CephPlace,
  { onStart, signal }: { onStart: (daemon: ChildProcess) => void; signal: AbortSignal },
): Promise<void> {
  const { directory, clusterId, monitorPort, s3Port } = place;
  const below = (name: string) => join(directory, name);
  const config = ["-c", below("ceph.conf")];
  const until = { signal, killSignal: "SIGKILL" } as const;
  const command = (name: string, ...args: string[]) => run(name, args, { ...until, timeout: commandTimeoutMs });
  const daemon = async (name: string, ...args: string[]) => {
    const log = await open(below(`log/${name}.out`), "a");
    onStart(spawn(name, [...config, ...args, "-f"], { ...until, stdio: ["ignore", log.fd, log.fd] }));
    await log.close();
  };

  for (const name of ["log", "run", "mon", "osd", "rgw"]) await mkdir(below(name));
  await writeFile(below("ceph.conf"), cephConfig(place));
  await writeFile(below("keyring"), await keyring(["mon.", "client.admin", "client.rgw", "osd.0"]));

  const map = below("monmap");
  await command("monmaptool", "--create", "--fsid", clusterId, "--addv", "a", `[v2:127.0.0.1:${monitorPort}]`, map);
  await command("ceph-mon", ...config, "--mkfs", "-i", "a", "--monmap", map, "--keyring", below("keyring"));
  await daemon("ceph-mon", "-i", "a");

  const osdId = randomUUID();
  await command("ceph", ...config, "osd", "new", osdId);
  await command("ceph-osd", ...config, "-i", "0", "--mkfs", "--osd-uuid", osdId);
  await daemon("ceph-osd", "-i", "0");

  const { accessKeyId, secretAccessKey } = exampleCredentials;
  const user = ["--uid=test", "--display-name=test", `--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
  await command("radosgw-admin", ...config, "-n", "client.rgw", "user", "create", ...user);
  await daemon("radosgw", "-n", "client.rgw");
  await untilAnswering(`http://127.0.0.1:${s3Port}/`, signal);
}

/** One file for all: the monitor takes the keys in it into its new store, and each daemon finds its own. */
async function keyring(names: readonly string[]): Promise<string> {
  const sections = names.map(async (name) => {
    const { stdout: key } = await run("ceph-authtool", ["--gen-print-key"]);
    return `[${name}]\n\tkey = ${key.trim()}\n\tcaps mon = "allow *"\n\tcaps osd = "allow *"\n`;
  });
  return (await Promise.all(sections)).join("");
}

async function untilAnswering(url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + commandTimeoutMs;
  while (Date.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await sleep(50, undefined, { signal });
  }
  throw new Error(`radosgw did not answer on ${url} within ${commandTimeoutMs / 1000} s`);
}
