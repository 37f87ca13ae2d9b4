import { createS3Client } from "@presign-once/adapter-s3";
import { beforeAll, describe, expect, inject, test } from "vitest";

import { newBucket } from "../servers/new-bucket.ts";
import { overlapOutcomes } from "./one-object-suite.ts";
import { bindSinkLaws, overwriteAsNew } from "./sink-harness.ts";

describe.each([false, true])("the S3 sink on Ceph, versions %s", (versioned) => {
  let bucket: string;
  beforeAll(async () => {
    const s3 = createS3Client(inject("ceph"));
    bucket = await newBucket(s3, { versioned });
    s3.destroy();
  });
  bindSinkLaws(() => ({ access: inject("ceph"), bucket, heedsNewKeys: false }));

  test("Ceph applies If-None-Match to a PUT without versioning, and never to completed parts", async () => {
    const put = versioned ? "stored" : "occupied";
    expect(await overwriteAsNew(inject("ceph"), bucket)).toEqual({ put, parts: "stored" });
  });

  test("Ceph keeps one object of overlapping PUTs without versioning, and never of completed parts", async () => {
    const broken = expect.stringContaining("in spite of If-None-Match: *");
    expect(await overlapOutcomes(inject("ceph"), bucket)).toEqual({
      puts: versioned ? broken : "proven",
      parts: broken,
    });
  });
});
