import { PresignOnceError, type Presigner } from "@presign-once/core";

import { encodePath, addressOf, requireOriginPath } from "../s3/s3-address.ts";
import { credentialsFrom } from "./environment-credentials.ts";
import type { LeanAccess } from "./lean-index-s3.ts";
import { createSigner, type S3Credentials } from "./sigv4.ts";

/**
 * Creates a presigner for the objects of one bucket that makes the very URLs of `createS3Presigner`, without the AWS SDK.
 *
 * @param access      where S3 is and who signs
 * @param bucket      where uploads go
 * @param originPath  path that the edge puts in front of every request on its way to the origin, taken off here; with
 *                    path-style addressing the endpoint's path and the bucket; default none
 * @throws {PresignOnceError} `CONFIG_INVALID`: a region that needs an endpoint named, or another origin path than what
 *                            stands before the key
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function createLeanPresigner({
  access: { credentials, ...location },
  bucket,
  originPath = "",
}: {
  readonly access: LeanAccess;
  readonly bucket: string;
  readonly originPath?: string;
}): Presigner {
  const { host, basePath } = addressOf(location, bucket);
  const signer = createSigner(location.region);
  const signedBy = credentialsFrom(credentials);

  return {
    async presign({ method, key, signingDate, expiresInSeconds, headers, query }) {
      const path = `${basePath}/${encodePath(key)}`;
      requireOriginPath(originPath, path, key);
      let by: S3Credentials;
      try {
        by = await signedBy();
      } catch (cause) {
        throw new PresignOnceError("PRESIGN_FAILED", "The URL could not be signed: are there AWS credentials?", {
          cause,
        });
      }
      const request = {
        method,
        path,
        query: [...query, ["x-id", method === "PUT" ? "PutObject" : "GetObject"] as const],
        headers: { host, ...Object.fromEntries(headers) },
      };
      return {
        path: path.slice(originPath.length),
        query: signer.presign(request, expiresInSeconds, by, signingDate),
        ...(by.expiration === undefined ? {} : { credentialsExpireAt: by.expiration }),
      };
    },
  };
}
