/** `pnpm ceph [port]`: a Ceph to play with, until Ctrl-C; installs it first if it is missing. */
import { once } from "node:events";

import { installCeph } from "./ceph-install.ts";
import { startCeph } from "./ceph.ts";

const [port, ...more] = process.argv.slice(2);
if (more.length > 0 || (port !== undefined && !/^\d{1,5}$/.test(port))) {
  console.error("usage: pnpm ceph [port of the S3 API; default: any free one]");
  process.exit(2);
}

try {
  await installCeph(console.log);
  const { endpoint, region, credentials, stop } = await startCeph(port === undefined ? {} : { port: Number(port) });
  console.log(`endpoint  ${endpoint}   (path style)`);
  console.log(`region    ${region}`);
  console.log(`keys      ${credentials.accessKeyId} ${credentials.secretAccessKey}`);
  console.log("Ctrl-C stops it and throws everything in it away.");
  const waiting = setInterval(() => {}, 1 << 30); // the server itself does not keep this process alive
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  clearInterval(waiting);
  await stop();
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exit(1);
}
