/** `pnpm s3 SERVER [PORT]`: an S3 server to play with, until Ctrl-C; installs it first if it is missing. */
import { once } from "node:events";

import { type CataloguedServer, type ServerName, serverNames, servers } from "./catalogue.ts";

const [name = "", port, ...more] = process.argv.slice(2);
if (!serverNames.includes(name as ServerName) || more.length > 0 || (port !== undefined && !/^\d{1,5}$/.test(port))) {
  console.error(`usage: pnpm s3 ${serverNames.join("|")} [port; default: any free one]`);
  process.exit(2);
}
const server: CataloguedServer = servers[name as ServerName];

try {
  await server.install(console.log);
  const running = await server.start(port === undefined ? {} : { port: Number(port) });
  const { accessKeyId, secretAccessKey } = running.credentials;
  console.log(`${server.title}
endpoint  ${running.endpoint}   (path style)
region    ${running.region}
keys      ${accessKeyId} ${secretAccessKey}
Ctrl-C stops it and throws everything in it away.`);
  const waiting = setInterval(() => {}, 1 << 30); // the server itself does not keep this process alive
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  clearInterval(waiting);
  await running.stop();
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exit(1);
}
