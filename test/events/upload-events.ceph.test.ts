import { createS3Client } from "@presign-once/adapter-s3";

import { makeCephPlace } from "../e2e/ceph-place.ts";
import { newBucket } from "../servers/new-bucket.ts";
import { describeUploadEvents } from "./upload-events-suite.ts";

describeUploadEvents("Ceph with versions", () => makeCephPlace("versioning", true), {
  versioned: true,
  async receiptsOf({ server }) {
    const s3 = createS3Client(server);
    const bucket = await newBucket(s3, { versioned: false });
    s3.destroy();
    return bucket;
  },
});
