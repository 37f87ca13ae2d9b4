import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { startBrowser } from "../browser/start-browser.ts";
import { listen } from "../servers/loopback.ts";
import { type Client, type Job, readSeen, type Seen } from "./client.ts";

const PAGE = '<!doctype html><meta charset="utf-8"><title>client</title><script type="module" src="/page.js"></script>';
/** Longest that a browser may take to start, or for a job, in milliseconds. */
const LIMIT_MS = 60_000;

/**
 * A browser with one page, `drivers/page.js`, which asks a server of this process for jobs.
 *
 * @param command  starts the browser, given its profile's folder and the page's address
 * @param options  the drivers' folder, and the file to send
 */
export async function browserClient(
  command: (profile: string, url: string) => readonly string[],
  options: { folder: string; file: string },
): Promise<Client> {
  let nextJob = Promise.withResolvers<Job>();
  let seen = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    void serve(request.url ?? "", () => text(request), response);
  });

  async function serve(path: string, body: () => Promise<string>, response: ServerResponse): Promise<void> {
    if (path === "/") response.setHeader("content-type", "text/html").end(PAGE);
    else if (path === "/page.js")
      response.setHeader("content-type", "text/javascript").end(await readFile(join(options.folder, "page.js")));
    else if (path === "/file") createReadStream(options.file).pipe(response);
    else if (path === "/next-job") {
      seen.resolve(await body());
      response.end(JSON.stringify(await nextJob.promise));
      nextJob = Promise.withResolvers();
    } else response.writeHead(404).end();
  }

  const url = `http://127.0.0.1:${await listen(server)}/`;
  const browser = await startBrowser((profile) => command(profile, url), { cwd: options.folder, stdio: "ignore" });
  const failed = browser.ended.then((why) => `error ${why}`);

  const client: Client = {
    async run(job): Promise<Seen> {
      seen = Promise.withResolvers();
      nextJob.resolve(job);
      return readSeen(await within(seen.promise));
    },
    async stop() {
      await browser.stop();
      server.close();
      server.closeAllConnections();
    },
  };
  const first = await within(seen.promise);
  if (first === "") return client;
  await client.stop();
  throw new Error(first.replace("error ", ""));

  async function within(answer: Promise<string>): Promise<string> {
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(() => late.resolve(`error no end within ${LIMIT_MS / 1000} s`), LIMIT_MS);
    return Promise.race([answer, failed, late.promise]).finally(() => clearTimeout(timer));
  }
}
