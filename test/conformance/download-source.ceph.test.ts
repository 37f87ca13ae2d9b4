import { createS3Client } from "@presign-once/adapter-s3";
import { beforeAll, describe, inject } from "vitest";

import { newBucket } from "../servers/new-bucket.ts";
import { bindSourceLaws } from "./source-harness.ts";

describe.each([false, true])("the S3 source on Ceph, versions %s", (versioned) => {
  let bucket: string;
  beforeAll(async () => {
    const s3 = createS3Client(inject("ceph"));
    bucket = await newBucket(s3, { versioned });
    s3.destroy();
  });
  bindSourceLaws(() => ({ access: inject("ceph"), bucket }));
});
