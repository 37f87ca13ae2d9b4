import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { PresignOnceError, type Presigner, type PresignRequest } from "@presign-once/core";

import { requireOriginPath } from "../s3/s3-address.ts";

/**
 * Creates a presigner for the objects of one bucket.
 *
 * Signs with the client's own credentials and endpoint; no request leaves the process.
 *
 * @param s3          from {@link createS3Client}, or with `requestChecksumCalculation: "WHEN_REQUIRED"`
 * @param bucket      where uploads go
 * @param originPath  path that the edge puts in front of every request on its way to the origin, taken off here; with
 *                    path-style addressing the endpoint's path and the bucket; default none
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function createS3Presigner({
  s3,
  bucket,
  originPath = "",
}: {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly originPath?: string;
}): Presigner {
  return {
    async presign(request) {
      const { signed, expiration } = await sign(s3, bucket, request);
      const expected = ["host", ...request.headers.map(([name]) => name)].sort().join(";");
      if (signed.searchParams.get("X-Amz-SignedHeaders") !== expected)
        throw new PresignOnceError("PRESIGN_FAILED", "The SDK signed other headers than it was asked to");
      requireOriginPath(originPath, signed.pathname, request.key);
      return {
        path: signed.pathname.slice(originPath.length),
        query: signed.search.slice(1),
        ...(expiration === undefined ? {} : { credentialsExpireAt: expiration }),
      };
    },
  };
}

/** The two commands differ in their types, and not in what the signing does with them: one type stands for both. */
function commandFor(method: PresignRequest["method"], object: { Bucket: string; Key: string }): PutObjectCommand {
  if (method === "PUT") return new PutObjectCommand(object);
  const get: unknown = new GetObjectCommand(object);
  return get as PutObjectCommand;
}

async function sign(
  s3: S3Client,
  bucket: string,
  request: PresignRequest,
): Promise<{ readonly signed: URL; readonly expiration: Date | undefined }> {
  const object = { Bucket: bucket, Key: request.key };
  const command = commandFor(request.method, object);
  // The command's own parameters cannot express arbitrary headers and query parameters; the request it builds can.
  command.middlewareStack.add(
    (next) => (args) => {
      const built = args.request as { headers: Record<string, string>; query: Record<string, string> };
      Object.assign(built.headers, Object.fromEntries(request.headers));
      Object.assign(built.query, Object.fromEntries(request.query));
      return next(args);
    },
    { step: "build", name: "addSignedFields" },
  );
  const names = request.headers.map(([name]) => name);
  try {
    // Looked at before the signing: credentials that are renewed in between end later than is said, never earlier.
    const { expiration } = await s3.config.credentials();
    const url = await getSignedUrl(s3, command, {
      signingDate: request.signingDate,
      expiresIn: request.expiresInSeconds,
      signableHeaders: new Set(["host", ...names]), // without it content-type is silently left out
      unhoistableHeaders: new Set(names), // without it x-amz-* headers move into the query
    });
    return { signed: new URL(url), expiration };
  } catch (cause) {
    throw new PresignOnceError("PRESIGN_FAILED", "The URL could not be signed: are there AWS credentials?", { cause });
  }
}
