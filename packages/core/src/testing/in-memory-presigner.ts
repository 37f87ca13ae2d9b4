import type { Presigner } from "../ports/presigner.ts";
import { hashCanonicalRequest } from "../ports/signature-hash.ts";
import { formatAmzDate } from "../url/amz-date.ts";
import { canonicalQuery, canonicalRequest, percentEncode } from "../url/canonical-request.ts";

/**
 * Creates a presigner whose URLs have every part of a SigV4 one, signed by a plain hash: good for tests of what happens
 * around S3, refused by any real S3.
 */
export function createInMemoryPresigner(): Presigner {
  return {
    async presign({ method, key, signingDate, expiresInSeconds, headers, query }) {
      const date = formatAmzDate(signingDate);
      const unsigned = canonicalQuery([
        ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
        ["X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"],
        ["X-Amz-Credential", `AKIAIOSFODNN7EXAMPLE/${date.slice(0, 8)}/us-east-1/s3/aws4_request`],
        ["X-Amz-Date", date],
        ["X-Amz-Expires", String(expiresInSeconds)],
        ["X-Amz-SignedHeaders", ["host", ...headers.map(([name]) => name)].sort().join(";")],
        ...query,
      ]);
      const path = `/${key.split("/").map(percentEncode).join("/")}`;
      const signature = await hashCanonicalRequest(canonicalRequest(method, path, unsigned));
      return { path, query: `${unsigned}&X-Amz-Signature=${signature}` };
    },
  };
}
