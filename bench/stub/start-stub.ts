import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { exampleCredentials, type S3Server } from "@presign-once/test/servers/s3-server";

import type { ServedRequest } from "./round-trips.ts";
import type { StubReport, StubTask } from "./stub-process.ts";

/** A stub of S3 in its own process, so that its CPU time is not measured. */
export interface Stub extends S3Server {
  /** From now on, requests are answered this much later, and a new connection costs as much twice more. */
  setRoundTrip(milliseconds: number): Promise<void>;
  /** Closes every connection, so that the next request needs a new one. */
  dropConnections(): Promise<void>;
  /** What was served since this was asked last, in order of the answers. */
  takeLog(): Promise<readonly ServedRequest[]>;
}

/** Long enough for a client to hear that its connections were closed, in milliseconds. */
const HEARSAY_MS = 10;

/** Starts a {@link Stub} on a free port of 127.0.0.1; it ends with this process, whatever happens. */
export async function startStub(): Promise<Stub> {
  const stub = fork(fileURLToPath(new URL("stub-process.ts", import.meta.url)), [], {
    execArgv: ["--conditions=source"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(stub, "exit");
  const first = await heard();
  if (first.status !== "listening") throw new Error(`the stub said ${first.status} instead of where it listens`);

  async function heard(): Promise<StubReport> {
    const ended = exited.then(([code]) => {
      throw new Error(`the stub ended with ${String(code)}`);
    });
    const [report] = (await Promise.race([once(stub, "message"), ended])) as [StubReport];
    return report;
  }

  async function tell(task: StubTask): Promise<readonly ServedRequest[]> {
    const answered = heard();
    stub.send(task);
    const report = await answered;
    return report.status === "done" ? report.log : [];
  }

  return {
    endpoint: `http://127.0.0.1:${first.port}`,
    region: "us-east-1",
    credentials: exampleCredentials,
    forcePathStyle: true,
    async setRoundTrip(milliseconds) {
      await tell({ task: "set-round-trip", milliseconds });
    },
    async dropConnections() {
      await tell({ task: "drop-connections" });
      await sleep(HEARSAY_MS);
    },
    takeLog: () => tell({ task: "take-log" }),
    async stop() {
      if (stub.connected) stub.disconnect();
      await exited;
    },
  };
}
