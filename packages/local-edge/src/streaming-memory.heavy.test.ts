import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

import { expect, onTestFinished, test } from "vitest";

import { startServer } from "../test/start-edge.ts";
import { PASS_THROUGH, writeFunction } from "../test/write-function.ts";

const GIB = 1024 ** 3;
const CHUNK = Buffer.alloc(256 * 1024, "x");

/** An edge in its own process, to measure its memory alone. */
async function startEdgeProcess(originUrl: string): Promise<{ child: ChildProcess; port: number }> {
  const program = fileURLToPath(new URL("../test/pass-through-edge.ts", import.meta.url));
  const child = fork(program, [originUrl, await writeFunction(PASS_THROUGH)], {
    execArgv: ["--conditions=source"],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  onTestFinished(async () => {
    child.disconnect();
    await once(child, "exit");
  });
  const [line] = await once(child.stdout!, "data");
  return { child, port: Number(String(line)) };
}

async function peakMegabytes(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

function put(port: number, bytes: number) {
  const upload = request({ port, host: "127.0.0.1", method: "PUT", headers: { "Content-Length": String(bytes) } });
  const response = once(upload, "response");
  function* body(): Generator<Buffer> {
    for (let sent = 0; sent < bytes; sent += CHUNK.length) yield CHUNK;
  }
  const sent = pipeline(Readable.from(body(), { highWaterMark: 1 }), upload);
  return { upload, response, sent };
}

test.runIf(process.platform === "linux")(
  "a PUT of 1 GiB keeps the edge below 200 MB",
  { timeout: 120_000 },
  async () => {
    let received = 0;
    const { url } = await startServer((req, res) => {
      req.on("data", (chunk: Buffer) => (received += chunk.length));
      req.on("end", () => res.end("stored"));
    });
    const { child, port } = await startEdgeProcess(url);

    const { response, sent } = put(port, GIB);
    await sent;
    const [answer] = await response;
    expect([answer.statusCode, received]).toEqual([200, GIB]);
    const peak = await peakMegabytes(child);
    console.log(`edge process, 1 GiB PUT: peak ${Math.round(peak)} MB resident`);
    expect(peak).toBeLessThan(200);
  },
);

test.runIf(process.platform === "linux")(
  "an origin that does not read slows the viewer down, and the edge's memory stays small",
  { timeout: 60_000 },
  async () => {
    const { url } = await startServer((req) => void req.pause());
    const { child, port } = await startEdgeProcess(url);

    const { upload, sent, response } = put(port, GIB);
    response.catch(() => {});
    sent.catch(() => {});
    const socketBytes = (): number => upload.socket?.bytesWritten ?? 0;
    await expect.poll(socketBytes, { timeout: 10_000 }).toBeGreaterThan(0);
    let before = -1;
    while (socketBytes() !== before) {
      before = socketBytes();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(before).toBeLessThan(64 * 1024 * 1024);
    expect(await peakMegabytes(child)).toBeLessThan(200);
    upload.destroy();
  },
);
