import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, onTestFinished, test } from "vitest";

import { startEdge, startServer } from "../test/start-edge.ts";
import { answering, PASS_THROUGH } from "../test/write-function.ts";

const run = promisify(execFile);
const REFUSAL = answering('{ status: "403", body: "<Error><Code>UrlAlreadyUsed</Code></Error>" }');
const NOWHERE = { origin: { url: "http://127.0.0.1:9" } };

/** A file of `megabytes` zeros that takes no room on the disk. */
async function sparseFile(megabytes: number): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "local-edge-upload-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, "upload.bin");
  const handle = await open(file, "w");
  await handle.truncate(megabytes * 1024 * 1024);
  await handle.close();
  return file;
}

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await run("curl", ["-sS", "--max-time", "20", "-w", "\n%{http_code}", ...args]);
  return stdout;
}

test("curl -T of 50 MB prints the refusal", async () => {
  const edge = await startEdge(REFUSAL, NOWHERE);
  expect(await curl("-T", await sparseFile(50), edge.url)).toBe("<Error><Code>UrlAlreadyUsed</Code></Error>\n403");
});

test("curl -T of 50 MB prints the refusal without Expect: 100-continue too", async () => {
  const edge = await startEdge(REFUSAL, NOWHERE);
  const file = await sparseFile(50);
  for (let round = 0; round < 5; round += 1) {
    expect(await curl("-H", "Expect:", "-T", file, edge.url)).toBe("<Error><Code>UrlAlreadyUsed</Code></Error>\n403");
  }
});

test("curl -T of 50 MB to an origin that is down prints the 502", async () => {
  const { server, url } = await startServer(() => {});
  await new Promise((resolve) => server.close(resolve));
  const edge = await startEdge(PASS_THROUGH, { origin: { url } });
  expect(await curl("-H", "Expect:", "-T", await sparseFile(50), edge.url)).toMatch(/502 Bad Gateway[^]*\n502$/);
});

test("curl -T of 50 MB prints the answer of an origin that reads nothing, and the origin connection is closed", async () => {
  const { url, server } = await startServer((_, res) => void res.writeHead(400).end("<Code>BadDigest</Code>"));
  let connections = 0;
  server.on("connection", (socket) => {
    connections += 1;
    socket.on("close", () => (connections -= 1));
  });
  const edge = await startEdge(PASS_THROUGH, { origin: { url } });
  expect(await curl("-H", "Expect:", "-T", await sparseFile(50), edge.url)).toBe("<Code>BadDigest</Code>\n400");
  await expect.poll(() => connections, { timeout: 5_000 }).toBe(0);
});

test("a client that sends its whole body before it reads gets the refusal, then the connection closes", async () => {
  const edge = await startEdge(REFUSAL, NOWHERE);
  const length = 20 * 1024 * 1024;
  const answer = await new Promise<string>((resolve, reject) => {
    let received = "";
    const socket = connect(edge.port, "127.0.0.1");
    socket.pause();
    socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
    socket.on("end", () => resolve(received));
    socket.on("error", reject);
    socket.write(`PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\n\r\n`);
    socket.write(Buffer.alloc(length), () => socket.resume());
  });
  expect(answer).toMatch(/^HTTP\/1\.1 403 [^]*Connection: close[^]*UrlAlreadyUsed/);
});

test("a refused client that never stops sending is disconnected", async () => {
  const edge = await startEdge(REFUSAL, { ...NOWHERE, limits: { drainMs: 200 } });
  const socket = connect(edge.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  const trickle = setInterval(() => socket.write("x"), 20);
  onTestFinished(() => clearInterval(trickle));
  const closed = await new Promise((resolve) => socket.on("close", () => resolve("closed")).resume());
  expect(closed).toBe("closed");
});

test("a connection stays open after a refusal without a body", async () => {
  const edge = await startEdge(REFUSAL, NOWHERE);
  const output = await run("curl", [
    "-sS",
    "-o",
    "/dev/null",
    "-o",
    "/dev/null",
    "-w",
    "%{num_connects} ",
    edge.url,
    `${edge.url}/2`,
  ]);
  expect(output.stdout.trim()).toBe("1 0");
});
