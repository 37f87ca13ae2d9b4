import type { TestProject } from "vitest/node";

import { installCeph } from "./ceph-install.ts";
import { startCeph } from "./ceph.ts";
import type { S3Server } from "./s3-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The Ceph that all tests of a run share; each makes buckets of its own in it. */
    ceph: Omit<S3Server, "stop">;
  }
}

/** Gives a test run one Ceph, `inject("ceph")`; installs Ceph first if it is missing. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installCeph((line) => console.log(line));
  const { stop, ...server } = await startCeph();
  project.provide("ceph", server);
  return stop;
}
