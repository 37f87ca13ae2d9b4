import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readR2Leftovers } from "../servers/r2-disk.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { startStrictR2 } from "../support/fronts/s3/strict-r2.ts";
import { overlapOutcomes } from "./one-object-suite.ts";
import { bindSinkLaws, overwriteAsNew } from "./sink-harness.ts";

let r2: S3Server;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "presign-once-r2-"));
  r2 = await startStrictR2({ buckets: ["uploads"], persistTo: folder });
}, 60_000);
afterAll(async () => {
  await r2?.stop();
  await rm(folder, { recursive: true });
});

describe("the S3 sink on R2", () => {
  bindSinkLaws(() => ({
    access: r2,
    bucket: "uploads",
    heedsNewKeys: false, // only where an object is made by one PUT
    async leftovers(key) {
      const { uploads, parts } = await readR2Leftovers(folder, key);
      return uploads + parts;
    },
  }));

  test("R2 applies If-None-Match to a PUT, and not to completed parts", async () => {
    expect(await overwriteAsNew(r2, "uploads")).toEqual({ put: "occupied", parts: "stored" });
  });

  test("R2 keeps one object of overlapping PUTs, and not of completed parts", async () => {
    expect(await overlapOutcomes(r2, "uploads")).toEqual({
      puts: "proven",
      parts: expect.stringContaining("in spite of If-None-Match: *"),
    });
  });
});
