import { PutObjectCommand, type PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import type { S3Server } from "./s3-server.ts";

/** An SDK client of a server, or of a proxy in front of it; it sends each request once, so that faults are seen. */
export function s3Client(server: Omit<S3Server, "stop">): S3Client {
  return new S3Client({
    endpoint: server.endpoint,
    region: server.region,
    credentials: server.credentials,
    forcePathStyle: server.forcePathStyle,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED", // else a URL signs the checksum of an empty body
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

/** A presigned PUT URL of an object, as the SDK makes it: good for a minute, with nothing signed but the Host. */
export async function presignedPut(server: Omit<S3Server, "stop">, object: PutObjectCommandInput): Promise<string> {
  const s3 = s3Client(server);
  try {
    return await getSignedUrl(s3, new PutObjectCommand(object), { expiresIn: 60 });
  } finally {
    s3.destroy();
  }
}
